"""The only door out: bulkhead, breaker, retry within the deadline, then the wire."""

from __future__ import annotations

import logging
import time
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from agenturclient.outbound import deadline, tracing
from agenturclient.outbound.breaker import ConcurrentBreaker
from agenturclient.outbound.bulkhead import Bulkhead
from agenturclient.outbound.client import Clients
from agenturclient.outbound.messages import (
    NoResponse,
    Operation,
    Request,
    Response,
)
from agenturclient.outbound.metrics import Metrics
from agenturclient.outbound.retry import Retry, RetryPolicy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

logger = logging.getLogger(__name__)

_UNAUTHORIZED = 401
_TOO_MANY_REQUESTS = 429
_SERVER_FAULTS = 500
_NOT_IMPLEMENTED = 501  # a definite answer of a healthy server


@dataclass(frozen=True)
class Lane:
    """A class of operations that share a fate: `places` at once, and a breaker or none."""

    places: int
    breaker: bool = True


@dataclass(frozen=True)
class GuardConfig:
    """Settings of the way out; seconds throughout.

    `patient_places`: how many patient calls at once. `before_call` runs before each call, in its
    thread: whoever holds something scarce gives it back there.
    """

    lanes: Mapping[str, Lane]
    connect_seconds: float = 2.0
    patient_places: int = 2
    fail_max: int = 5
    reset_seconds: float = 15.0
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    before_call: Callable[[], None] = field(default=lambda: None)


class Credentials(Protocol):
    """What lets us in. Both methods may themselves call out, and raise NotSent when that fails."""

    def headers(self) -> Mapping[str, str]:
        """The headers that let us in."""
        ...

    def renewed(self, refused: Mapping[str, str]) -> Mapping[str, str]:
        """Other headers than those that were turned away."""
        ...


class Guard:
    """Sends requests to one other system.

    Thread-safe; make one per process and other system. Nothing is opened before the first call.
    """

    def __init__(
        self, config: GuardConfig, *, metrics: Metrics | None = None, clients: Clients | None = None
    ) -> None:
        self._config = config
        self.metrics = metrics or Metrics()
        self._clients = clients or Clients(config.connect_seconds)
        self._retry = Retry(config.retry)
        self._patient = Bulkhead(config.patient_places)
        self._bulkheads = {name: Bulkhead(lane.places) for name, lane in config.lanes.items()}
        self._breakers = {
            name: ConcurrentBreaker(
                name,
                fail_max=config.fail_max,
                reset_seconds=config.reset_seconds,
                metrics=self.metrics,
            )
            for name, lane in config.lanes.items()
            if lane.breaker
        }

    def send(
        self,
        operation: Operation,
        request: Request,
        *,
        credentials: Credentials | None = None,
        patient: bool = False,
    ) -> Response:
        """Send within the operation's deadline; any complete answer is returned.

        `patient` passes by the breaker and the lane's bulkhead, with few places of its own.
        Raises NotSent (certainly) or NoAnswer (perhaps sent).
        """
        self._config.before_call()
        started = time.monotonic()
        outcome, tries = "failed", 0
        lane = None if patient else operation.lane
        try:
            with deadline.within(operation.deadline), tracing.trace(), ExitStack() as stack:
                if operation.lane is not None:
                    stack.enter_context(self._bulkhead(lane).place())
                response, tries = self._let_in(operation, lane, request, credentials)
                outcome = str(response.status)
                return response
        except NoResponse as failure:
            outcome = failure.reason.value
            raise
        finally:
            self._report(operation, outcome, tries, time.monotonic() - started)

    def _bulkhead(self, lane: str | None) -> Bulkhead:
        return self._patient if lane is None else self._bulkheads[lane]

    def _let_in(
        self,
        operation: Operation,
        lane: str | None,
        request: Request,
        credentials: Credentials | None,
    ) -> tuple[Response, int]:
        """One renewal after a 401: whoever was not let in was not heard either."""
        if credentials is None:
            return self._watched(operation, lane, request)
        headers = credentials.headers()
        response, tries = self._watched(operation, lane, _with_headers(request, headers))
        if response.status != _UNAUTHORIZED:
            return response, tries
        headers = credentials.renewed(headers)
        response, more = self._watched(operation, lane, _with_headers(request, headers))
        return response, tries + more

    def _watched(
        self, operation: Operation, lane: str | None, request: Request
    ) -> tuple[Response, int]:
        breaker = None if lane is None else self._breakers.get(lane)
        if breaker is None:
            return self._repeated(operation, request)
        with breaker.watch() as judge:
            response, tries = self._repeated(operation, request)
            judge.good = not _counts_against(response)
            return response, tries

    def _repeated(self, operation: Operation, request: Request) -> tuple[Response, int]:
        def attempt() -> Response:
            traced = _with_headers(request, tracing.headers())
            return self._clients.attempt(traced, fresh=operation.writes)

        return self._retry.run(attempt, writes=operation.writes)

    def _report(self, operation: Operation, outcome: str, tries: int, seconds: float) -> None:
        name = operation.name
        self.metrics.add("outbound_calls_total", operation=name, outcome=outcome)
        self.metrics.add("outbound_seconds_total", seconds, operation=name)
        if tries > 1:
            self.metrics.add("outbound_repetitions_total", tries - 1, operation=name)
        logger.info("%s: %s after %.0f ms, %d tries", name, outcome, seconds * 1000, tries)


def _with_headers(request: Request, more: Mapping[str, str]) -> Request:
    return replace(request, headers={**request.headers, **more})


def _counts_against(response: Response) -> bool:
    if response.status == _NOT_IMPLEMENTED:
        return False
    return response.status >= _SERVER_FAULTS or response.status == _TOO_MANY_REQUESTS
