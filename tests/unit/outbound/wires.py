"""A wire in memory: what a guard sends, and what comes back."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING

import httpx

from agenturclient.outbound import sockets
from agenturclient.outbound.client import Clients
from agenturclient.outbound.guard import Guard, GuardConfig, Lane
from agenturclient.outbound.messages import Operation, Request
from agenturclient.outbound.resolver import Found, Resolver
from agenturclient.outbound.retry import RetryPolicy

if TYPE_CHECKING:
    import ssl

READ = Operation("read", "lane", 5.0)
WRITE = Operation("write", "lane", 5.0, writes=True)
GET = Request("GET", "http://there/")
POST = Request("POST", "http://there/", body=b"{}")

Step = int | httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class Wire:
    """Answers with its steps in turn, then with 200; remembers what was sent."""

    def __init__(self, *steps: Step) -> None:
        self.steps = list(steps)
        self.sent: list[httpx.Request] = []
        self._lock = Lock()

    def answer(self, request: httpx.Request) -> httpx.Response:
        """The next step."""
        with self._lock:
            self.sent.append(request)
            step = self.steps.pop(0) if self.steps else 200
        if isinstance(step, Exception):
            raise step
        if callable(step):
            return step(request)
        return step if isinstance(step, httpx.Response) else httpx.Response(step)


def guard_over(
    wire: Wire,
    *,
    lane: Lane | None = None,
    policy: RetryPolicy | None = None,
    before_call: Callable[[], None] = lambda: None,
) -> Guard:
    """A guard with one lane that sends over this wire."""
    config = GuardConfig(
        lanes={"lane": lane or Lane(places=2)},
        retry=policy or RetryPolicy(),
        before_call=before_call,
        patient_places=1,
    )
    clients = Clients(transport=lambda _keep, _context: httpx.MockTransport(wire.answer))
    return Guard(config, clients=clients)


def transport_over(
    context: ssl.SSLContext,
    *,
    look_up: Callable[[str, int], Found] | None = None,
    look_ups: int = 4,
    most_addresses: int = 4,
) -> httpx.HTTPTransport:
    """The real transport, with a resolver of the test's own."""
    return sockets.transport(
        verify=context,
        limits=httpx.Limits(max_keepalive_connections=0),
        resolver=Resolver(look_ups, look_up),
        most_addresses=most_addresses,
    )
