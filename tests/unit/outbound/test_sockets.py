"""What comes before the first byte of an answer ends in time too: name, addresses, TLS, writing."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest

from agenturclient.outbound import deadline
from agenturclient.outbound.client import Clients, ConnectionPolicy
from agenturclient.outbound.messages import NoAnswer, NotSent, Reason, Request
from agenturclient.outbound.resolver import Resolver
from tests.unit.outbound.certificates import trusting_context, write_certificate
from tests.unit.outbound.servers import Server, answer, serving
from tests.unit.outbound.wires import transport_over

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import httpx

    from agenturclient.outbound.messages import Response
    from agenturclient.outbound.resolver import Found

SOON = 0.4
NAME = "distributor.test"


def clients(
    look_up: Callable[[str, int], Found] | None = None, *, connect: float = 2.0, **options: Any
) -> Clients:
    """Clients whose names are looked up by the test."""

    def transport(keep: bool, context: ssl.SSLContext) -> httpx.BaseTransport:  # noqa: FBT001 - the factory's signature
        del keep
        return transport_over(context, look_up=look_up, **options)

    return Clients(ConnectionPolicy(connect_seconds=connect), transport)


def known(*addresses: str) -> Callable[[str, int], Found]:
    """A resolver that knows these addresses for every name."""
    return lambda _host, port: [
        (
            socket.AF_INET6 if ":" in address else socket.AF_INET,
            socket.SOCK_STREAM,
            6,
            "",
            (address, port),
        )
        for address in addresses
    ]


def ask(own: Clients, port: int, seconds: float = 5.0) -> Response:
    """A read of the name at this port."""
    with deadline.within(seconds):
        return own.attempt(Request("GET", f"http://{NAME}:{port}/"), fresh=True)


def not_sent(own: Clients, port: int, seconds: float = 5.0) -> float:
    """How long it took to find out that it cannot be reached."""
    started = time.monotonic()
    with pytest.raises(NotSent) as caught:
        ask(own, port, seconds)
    assert caught.value.reason is Reason.UNREACHABLE
    return time.monotonic() - started


@contextmanager
def black_hole(address: str, port: int) -> Iterator[None]:
    """An address that takes no connection and refuses none: its queue is full."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server((address, port), backlog=0))
        for _ in range(4):
            caller = stack.enter_context(socket.socket())
            caller.settimeout(0)
            with suppress(BlockingIOError):
                caller.connect(listener.getsockname())
        yield


def test_a_resolver_that_hangs_ends_with_the_time_to_connect() -> None:
    leave = threading.Event()

    def hang(_host: str, _port: int) -> Found:
        leave.wait(5)
        return []

    try:
        assert SOON <= not_sent(clients(hang, connect=SOON), 1) < SOON + 1
    finally:
        leave.set()


def test_a_resolver_that_hangs_ends_with_the_deadline_when_that_is_nearer() -> None:
    leave = threading.Event()

    def hang(_host: str, _port: int) -> Found:
        leave.wait(5)
        return []

    try:
        assert SOON <= not_sent(clients(hang), 1, seconds=SOON) < SOON + 1
    finally:
        leave.set()


def test_hanging_look_ups_take_no_more_than_their_threads() -> None:
    leave, asked = threading.Event(), threading.Semaphore(0)

    def hang(_host: str, _port: int) -> Found:
        asked.release()
        leave.wait(5)
        return []

    own = clients(hang, connect=0.1, look_ups=2)
    try:
        for _ in range(5):
            assert not_sent(own, 1) < 1
        found = [thread for thread in threading.enumerate() if thread.name == "resolver"]
        assert len(found) == 2
    finally:
        leave.set()
    assert [asked.acquire(blocking=False) for _ in range(3)] == [True, True, False]


def test_a_resolver_that_recovers_is_asked_again() -> None:
    leave = threading.Event()

    def hang_at_first(_host: str, port: int) -> Found:
        leave.wait(5)
        return known("127.0.0.1")("", port)

    with serving(answer) as server:
        own = clients(hang_at_first, connect=0.2, look_ups=1)
        not_sent(own, server.port)
        leave.set()
        assert ask(own, server.port).status == 200


def test_a_name_that_does_not_exist_was_certainly_not_reached() -> None:
    def unknown(_host: str, _port: int) -> Found:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    assert not_sent(clients(unknown), 1) < 1
    assert not_sent(clients(known()), 1) < 1


def test_an_address_is_not_looked_up() -> None:
    def never(_host: str, _port: int) -> Found:
        raise AssertionError

    assert Resolver(1, never).addresses("127.0.0.1", 80, 1.0) == ["127.0.0.1"]
    assert Resolver(1, never).addresses("::1", 80, 1.0) == ["::1"]


def test_the_system_resolves_names() -> None:
    assert "127.0.0.1" in Resolver(1).addresses("localhost", 80, 2.0)


def test_families_take_turns() -> None:
    found = Resolver(1, known("::1", "::2", "::3", "127.0.0.1")).addresses(NAME, 80, 1.0)
    assert found == ["::1", "127.0.0.1", "::2", "::3"]


def test_an_address_that_refuses_is_followed_by_the_next() -> None:
    with serving(answer) as server:
        own = clients(known("127.0.0.2", "127.0.0.3", "127.0.0.1"))
        assert ask(own, server.port).status == 200


def test_an_address_that_stays_silent_leaves_the_others_their_share() -> None:
    with serving(answer) as server, black_hole("127.0.0.2", server.port):
        started = time.monotonic()
        own = clients(known("127.0.0.2", "127.0.0.1"), connect=2.0)
        assert ask(own, server.port).status == 200
    assert 1 <= time.monotonic() - started < 2


def test_all_addresses_together_have_the_time_to_connect() -> None:
    with ExitStack() as stack:
        port = stack.enter_context(serving(answer)).port
        silent = [f"127.0.0.{number}" for number in range(2, 6)]
        for address in silent:
            stack.enter_context(black_hole(address, port))
        assert 0.6 <= not_sent(clients(known(*silent), connect=0.6), port) < 1.8


def test_no_more_addresses_are_tried_than_allowed() -> None:
    with serving(answer) as server:
        own = clients(known("127.0.0.2", "127.0.0.3", "127.0.0.1"), most_addresses=2)
        assert not_sent(own, server.port) < 1


def drip_handshake(line: socket.socket, server: Server) -> None:
    """Begins a TLS record and goes on, a byte every tenth of a second."""
    line.recv(4096)
    line.sendall(b"\x16\x03\x03\x0f\xff")
    for _ in range(50):
        if server.stopping.wait(0.1):
            return
        line.sendall(b"\x02")


def test_a_dripping_tls_handshake_ends_and_nothing_was_sent(tmp_path: Path) -> None:
    certificate = tmp_path / "localhost.pem"
    write_certificate(certificate)

    def transport(keep: bool, context: ssl.SSLContext) -> httpx.BaseTransport:  # noqa: FBT001 - the factory's signature
        del keep, context
        return transport_over(trusting_context(certificate))

    started = time.monotonic()
    with serving(drip_handshake) as server, deadline.within(SOON):
        request = Request("POST", f"https://localhost:{server.port}/", body=b"{}")
        with pytest.raises(NotSent) as caught:
            Clients(transport=transport).attempt(request, fresh=True)
    assert SOON <= time.monotonic() - started < SOON + 1
    assert caught.value.reason is Reason.UNREACHABLE


def sip(line: socket.socket, server: Server) -> None:
    """Takes what is sent in sips, so that every write goes on a little."""
    while not server.stopping.wait(0.005) and line.recv(65536):
        pass


def test_a_request_that_is_taken_in_sips_ends_too() -> None:
    started = time.monotonic()
    with serving(sip) as server, deadline.within(SOON):
        request = Request("POST", server.url, body=b"x" * 32_000_000)
        with pytest.raises(NoAnswer) as caught:
            Clients().attempt(request, fresh=True)
    assert SOON <= time.monotonic() - started < SOON + 1
    assert caught.value.reason is Reason.DEADLINE
