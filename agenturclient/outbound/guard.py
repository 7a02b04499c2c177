"""The only door out: bulkhead, breaker, retry within the deadline, then the wire."""

from __future__ import annotations

import logging
import time
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from agenturclient.outbound import deadline, metrics, tracing
from agenturclient.outbound.breaker import BreakerPolicy, ConcurrentBreaker
from agenturclient.outbound.bulkhead import Bulkhead
from agenturclient.outbound.client import Clients, ConnectionPolicy
from agenturclient.outbound.messages import (
    NoResponse,
    Operation,
    Request,
    Response,
)
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
    breaker: BreakerPolicy | None = field(default_factory=BreakerPolicy)


@dataclass(frozen=True)
class GuardConfig:
    """Settings of the way out to one other system; seconds throughout.

    `system` names it in logs and metrics. `patient_places`: how many patient calls at once.
    `busy_retry_seconds`: when whoever finds a lane full is asked to come back. `before_call` runs
    before each call, in its thread: whoever holds something scarce gives it back there.
    """

    lanes: Mapping[str, Lane]
    system: str = "distributor"
    patient_places: int = 2
    busy_retry_seconds: float = 2.0
    connections: ConnectionPolicy = field(default_factory=ConnectionPolicy)
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

    def __init__(self, config: GuardConfig, *, clients: Clients | None = None) -> None:
        self._config = config
        self._clients = clients or Clients(config.connections)
        self._retry = Retry(config.retry)
        self._patient = self._made_bulkhead("patient", config.patient_places)
        self._bulkheads = {
            name: self._made_bulkhead(name, lane.places) for name, lane in config.lanes.items()
        }
        self._breakers = {
            name: ConcurrentBreaker(lane.breaker, system=config.system, lane=name)
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
        call = _Call(operation, None if patient else operation.lane, request, credentials)
        started = time.monotonic()
        outcome = "failed"
        try:
            with deadline.within(operation.deadline), tracing.trace(), ExitStack() as stack:
                if operation.lane is not None:
                    stack.enter_context(self._bulkhead(call.lane).place())
                response = self._watched(call)
                outcome = str(response.status)
                return response
        except NoResponse as failure:
            outcome = failure.reason.value
            raise
        finally:
            self._report(call, outcome, time.monotonic() - started)

    def _made_bulkhead(self, lane: str, places: int) -> Bulkhead:
        config = self._config
        retry_after = config.busy_retry_seconds
        return Bulkhead(places, system=config.system, lane=lane, retry_after=retry_after)

    def _bulkhead(self, lane: str | None) -> Bulkhead:
        return self._patient if lane is None else self._bulkheads[lane]

    def _watched(self, call: _Call) -> Response:
        breaker = None if call.lane is None else self._breakers.get(call.lane)
        if breaker is None:
            return self._let_in(call)
        with breaker.watch() as judge:
            response = self._let_in(call)
            judge.good = not _counts_against(response)
            return response

    def _let_in(self, call: _Call) -> Response:
        """One renewal after a 401: whoever was not let in was not heard either."""
        if call.credentials is None:
            return self._repeated(call, {})
        headers = call.credentials.headers()
        response = self._repeated(call, headers)
        if response.status != _UNAUTHORIZED:
            return response
        return self._repeated(call, call.credentials.renewed(headers))

    def _repeated(self, call: _Call, credentials: Mapping[str, str]) -> Response:
        writes = call.operation.writes
        labels = (self._config.system, call.operation.name)

        def attempt() -> Response:
            call.attempts += 1
            headers = {**call.request.headers, **credentials, **tracing.headers()}
            outcome = "failed"
            try:
                response = self._clients.attempt(
                    replace(call.request, headers=headers), fresh=writes
                )
                outcome = str(response.status)
            except NoResponse as failure:
                outcome = failure.reason.value
                raise
            finally:
                metrics.ATTEMPTS.labels(*labels, outcome).inc()
            return response

        return self._retry.run(
            attempt,
            writes=writes,
            repeating=metrics.RETRIES.labels(*labels).inc,
            exhausted=metrics.BUDGET_EXHAUSTED.labels(*labels).inc,
        )

    def _report(self, call: _Call, outcome: str, seconds: float) -> None:
        name = call.operation.name
        metrics.CALLS.labels(self._config.system, name, outcome).inc()
        metrics.CALL_SECONDS.labels(self._config.system, name).observe(seconds)
        logger.info("%s: %s after %.0f ms, %d tries", name, outcome, seconds * 1000, call.attempts)


@dataclass
class _Call:
    """A call under way; `lane` is None when it is patient or needs none."""

    operation: Operation
    lane: str | None
    request: Request
    credentials: Credentials | None
    attempts: int = 0


def _counts_against(response: Response) -> bool:
    if response.status == _NOT_IMPLEMENTED:
        return False
    return response.status >= _SERVER_FAULTS or response.status == _TOO_MANY_REQUESTS
