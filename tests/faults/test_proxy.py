"""The proxy breaks what it is told to break, as its names say, and counts it."""

import http.client
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import create_connection, create_server

import pytest

from tests.faults.proxy import HOST, Fault, FaultProxy

pytestmark = pytest.mark.faults

_BODY = b'{"answer": "0123456789"}'


class Upstream(ThreadingHTTPServer):
    """Answers each POST with the same body, and remembers that it was asked."""

    def __init__(self) -> None:
        super().__init__((HOST, 0), _Handler)
        self.asked = 0


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Upstream

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked += 1
        self.send_response(200)
        self.send_header("Content-Length", str(len(_BODY)))
        self.end_headers()
        self.wfile.write(_BODY)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Nothing."""


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def proxy(upstream: Upstream) -> Iterator[FaultProxy]:
    with create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    made = FaultProxy(port, upstream.server_port, seed=1, patience=5.0)
    made.start()
    yield made
    made.stop()


def posted(proxy: FaultProxy, times: int = 1) -> bytes:
    """The body of the last of so many calls on one connection, each given a second."""
    connection = http.client.HTTPConnection(HOST, proxy.port, timeout=1)
    try:
        body = b""
        for _ in range(times):
            connection.request("POST", "/bookings/B-1/fulfillments", b'{"externalRef":"AC-1"}')
            body = connection.getresponse().read()
        return body
    finally:
        connection.close()


def test_calls_pass_and_are_counted(proxy: FaultProxy, upstream: Upstream) -> None:
    assert posted(proxy, times=3) == _BODY
    assert (proxy.calls, proxy.tally(), upstream.asked) == (3, {}, 3)


@pytest.mark.parametrize(
    ("fault", "seen", "asked"),
    [
        (Fault.RESET_BEFORE, ConnectionResetError, 0),
        (Fault.BLACK_HOLE, TimeoutError, 0),
        (Fault.CUT_REQUEST, ConnectionResetError, 0),
        (Fault.RESET_AFTER, ConnectionResetError, 1),
        (Fault.SWALLOW, TimeoutError, 1),
        (Fault.CUT, http.client.IncompleteRead, 1),
        (Fault.HALF_CLOSE, http.client.RemoteDisconnected, 1),
    ],
)
def test_a_fault_is_what_its_name_says(
    proxy: FaultProxy, upstream: Upstream, fault: Fault, seen: type[Exception], asked: int
) -> None:
    proxy.share, proxy.faults = 1.0, (fault,)
    with pytest.raises(seen):
        posted(proxy)
    assert upstream.asked == asked
    assert proxy.calls == 1
    proxy.share = 0.0
    assert posted(proxy) == _BODY
    assert proxy.tally() == {fault.value: 1}
    assert b"/bookings/B-1/" in proxy.broken[0].about


def test_a_dripping_answer_comes_byte_by_byte(proxy: FaultProxy, upstream: Upstream) -> None:
    proxy.share, proxy.faults = 1.0, (Fault.DRIP,)
    with create_connection((HOST, proxy.port), timeout=5) as caller:
        caller.sendall(b"POST /bookings HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
        parts = [caller.recv(100) for _ in range(4)]
    assert b"".join(parts) == b"HTTP"
    assert upstream.asked == 1


def test_a_closed_port_refuses_and_opens_again(proxy: FaultProxy) -> None:
    proxy.refuse()
    with pytest.raises(ConnectionRefusedError):
        posted(proxy)
    proxy.accept()
    assert posted(proxy) == _BODY


def test_a_distributor_that_is_gone_counts_as_a_broken_call(
    proxy: FaultProxy, upstream: Upstream
) -> None:
    upstream.server_close()
    with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
        posted(proxy)
    assert proxy.tally() == {"distributor gone": 1}
