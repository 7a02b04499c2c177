"""A distributor that is busy, paused or slow, seen from the browser through the real adapter and
the real way out: each has a code of its own that says what to do and when.
"""

from __future__ import annotations

import io
import json
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx

from agenturclient.distributors.osdm.config import Access, Deadlines, Modules, OsdmConfig
from agenturclient.distributors.osdm.distributor import OsdmDistributor
from agenturclient.ops.logs import JsonLines
from agenturclient.outbound.client import Clients
from agenturclient.outbound.guard import Guard, GuardConfig, Lane
from agenturclient.outbound.messages import Operation, Request
from tests.unit.outbound.servers import Server, read_request, serving

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from tests.api.browser import Browser
    from tests.api.conftest import Shop

HOST = "https://osdm.example"
TOKEN = {"access_token": "t1", "expires_in": 300}
TRACE = "0af7651916cd43dd8448eb211c80319c"


class Wire:
    """Lets everybody in and answers what a test says; remembers what was asked."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self.asked: list[httpx.Request] = []
        self._answer = answer

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """The answer to a request."""
        if request.url.path == "/token":
            return httpx.Response(200, json=TOKEN)
        self.asked.append(request)
        return self._answer(request)

    def guard(self, *, places: int = 4) -> Guard:
        """The way out that ends in this wire."""
        clients = Clients(transport=lambda _keep, _context: httpx.MockTransport(self))
        lanes = {name: Lane(places) for name in ("search", "hold", "issue", "after-sales")}
        return Guard(GuardConfig(lanes), clients=clients)


def distributor(guard: Guard, host: str = HOST, seconds: float = 8.0) -> OsdmDistributor:
    """The adapter over it; a search may take so long."""
    config = OsdmConfig(
        name="osdm",
        modules=Modules(host, host, host, host),
        access=Access(f"{host}/token", "client", "secret"),
        deadlines=Deadlines(search=seconds),
    )
    return OsdmDistributor(config, guard)


def test_a_full_bulkhead_says_try_again_in_two_seconds(shop: Shop, counter: Browser) -> None:
    wire = Wire(lambda _request: httpx.Response(200, json={"places": []}))
    guard = wire.guard(places=1)
    shop.wire(distributor(guard))
    with occupied(guard, wire):
        answer = counter.get("places", q="Bern")
    assert answer.problem == (503, "distributor-busy", {"retry_after": 2})
    assert answer.headers["Retry-After"] == "2"
    assert len(wire.asked) == 1
    assert counter.get("places", q="Bern").status == 200


@contextmanager
def occupied(guard: Guard, wire: Wire) -> Iterator[None]:
    """Another call is in the lane of searches."""
    inside, leave = threading.Event(), threading.Event()
    usual = wire._answer

    def wait(_request: httpx.Request) -> httpx.Response:
        inside.set()
        leave.wait(10)
        return httpx.Response(200)

    wire._answer = wait
    with ThreadPoolExecutor(1) as pool:
        operation = Operation("another", "search", 10.0)
        other = pool.submit(guard.send, operation, Request("GET", f"{HOST}/elsewhere"))
        inside.wait(10)
        wire._answer = usual
        try:
            yield
        finally:
            leave.set()
        other.result()


def test_an_open_breaker_says_when_it_lets_a_call_try_again(shop: Shop, counter: Browser) -> None:
    wire = Wire(lambda _request: httpx.Response(500))
    shop.wire(distributor(wire.guard()))
    told = [counter.get("places", q="Bern").problem for _ in range(5)]
    assert told == [(503, "distributor-unavailable", {})] * 5
    answer = counter.get("places", q="Bern")
    assert answer.problem == (503, "distributor-paused", {"retry_after": 15})
    assert answer.headers["Retry-After"] == "15"
    assert len(wire.asked) == 5


def stall(line: socket.socket, server: Server) -> None:
    """A token at once, and then nothing."""
    while request := read_request(line):
        if b"/token" not in request:
            server.stopping.wait(10)
            return
        body = json.dumps(TOKEN).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        line.sendall(head.encode() + b"\r\n\r\n" + body)


def test_a_reached_deadline_says_that_it_took_too_long(shop: Shop, counter: Browser) -> None:
    with serving(stall) as server:
        guard = Guard(GuardConfig({"search": Lane(4)}))
        shop.wire(distributor(guard, server.url.rstrip("/"), seconds=0.5))
        answer = counter.get("places", q="Bern")
    assert answer.problem == (503, "distributor-slow", {})


def test_too_many_requests_says_when_the_distributor_wants_to_be_asked_again(
    shop: Shop, counter: Browser
) -> None:
    wire = Wire(lambda _request: httpx.Response(429, headers={"Retry-After": "40"}))
    shop.wire(distributor(wire.guard()))
    answer = counter.get("places", q="Bern")
    assert answer.problem == (503, "distributor-busy", {"retry_after": 40})
    assert len(wire.asked) == 1


def test_a_distributor_that_is_down_says_until_when(shop: Shop, counter: Browser) -> None:
    wire = Wire(lambda _request: httpx.Response(503, headers={"Retry-After": "40"}))
    shop.wire(distributor(wire.guard()))
    answer = counter.get("places", q="Bern")
    assert answer.problem == (503, "distributor-unavailable", {"retry_after": 40})


def test_a_call_goes_on_in_the_trace_of_its_request_and_so_do_the_log_lines(
    shop: Shop, counter: Browser
) -> None:
    wire = Wire(lambda _request: httpx.Response(200, json={"places": []}))
    shop.wire(distributor(wire.guard()))
    headers = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-00", "X-Request-ID": "edge-0123456789"}
    with log_lines() as lines:
        counter.client.get("/api/v1/places?q=Bern", headers=headers)
    (call,) = wire.asked
    version, trace, span, flags = call.headers["traceparent"].split("-")
    assert (version, trace, flags) == ("00", TRACE, "00")
    assert span != "b7ad6b7169203331"
    assert call.headers["x-conversation-id"] == TRACE
    told = {(line["logger"], line["trace_id"], line["request_id"]) for line in lines}
    assert told == {
        ("agenturclient.outbound.guard", TRACE, "edge-0123456789"),
        ("agenturclient.access", TRACE, "edge-0123456789"),
    }


@contextmanager
def log_lines() -> Iterator[list[dict[str, str]]]:
    """What is logged meanwhile, as the program writes it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("agenturclient")
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    lines: list[dict[str, str]] = []
    try:
        yield lines
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
        lines += map(json.loads, stream.getvalue().splitlines())


def test_a_request_without_a_trace_hands_its_own_id_over(shop: Shop, counter: Browser) -> None:
    wire = Wire(lambda _request: httpx.Response(200, json={"places": []}))
    shop.wire(distributor(wire.guard()))
    given = "0af76519-16cd-43dd-8448-eb211c80319c"
    counter.client.get("/api/v1/places?q=Bern", headers={"X-Request-ID": given})
    (call,) = wire.asked
    assert call.headers["x-conversation-id"] == TRACE
