"""A circuit breaker that does not serialise the calls it watches.

pybreaker's own `call` holds a lock while the call runs, so that ten calls take ten times as long,
and its `calling` lets every thread through when half-open. This subclass locks only the way in and
the record, lets one probe through when half-open, and drops results that started before a change.
"""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pybreaker import (
    STATE_CLOSED,
    STATE_HALF_OPEN,
    STATE_OPEN,
    CircuitBreaker,
    CircuitBreakerListener,
)

from agenturclient.outbound import metrics
from agenturclient.outbound.messages import NotSent, Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pybreaker import CircuitBreakerState

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class BreakerPolicy:
    """When a breaker opens and closes.

    `fail_max` failures in a row open it; after `reset_seconds` it lets one call at a time try, and
    `good_probes` good ones in a row close it again (one may be luck).
    """

    fail_max: int = 5
    reset_seconds: float = 15.0
    good_probes: int = 2


@dataclass
class Verdict:
    """What the caller thinks of the answer."""

    good: bool = True


class _BadAnswer(Exception):
    """There was an answer, and it counts against the other side."""


class ConcurrentBreaker(CircuitBreaker):
    """The breaker of one lane to one other system, in one process."""

    def __init__(
        self,
        policy: BreakerPolicy,
        *,
        system: str,
        lane: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(
            fail_max=policy.fail_max,
            reset_timeout=policy.reset_seconds,
            success_threshold=policy.good_probes,
            listeners=[_Reporter(system, lane)],
            name=f"{system} {lane}",
            # Its own error in place of the call's would say "not sent" about a call that was sent.
            throw_new_error_on_trip=False,
        )
        self._clock = clock
        self._generation = 0
        self._probing = False
        self._opened = 0.0

    @contextmanager
    def watch(self) -> Iterator[Verdict]:
        """Watch what happens inside. Raises NotSent(BREAKER_OPEN) instead of letting it happen.

        A failure is any exception but a `NotSent` for a reason of our own, and a verdict that is
        not good.
        """
        generation = self._enter()
        verdict = Verdict()
        try:
            yield verdict
        except NotSent as failure:
            if failure.reason is Reason.UNREACHABLE:
                self._record(generation, failure)
            else:
                self._abandon(generation)
            raise
        except Exception as failure:
            self._record(generation, failure)
            raise
        except BaseException:
            self._abandon(generation)
            raise
        self._record(generation, None if verdict.good else _BadAnswer())

    def open(self) -> bool:
        """Open it now."""
        with self._lock:
            self._opened = self._clock()
            return super().open()

    def _enter(self) -> int:
        with self._lock:
            if self.current_state == STATE_OPEN:
                wait = self._opened + self.reset_timeout - self._clock()
                if wait > 0:
                    raise NotSent(Reason.BREAKER_OPEN, str(self.name), retry_after=wait)
                self.half_open()
                self._generation += 1
                self._probing = False
            if self.current_state == STATE_HALF_OPEN:
                if self._probing:
                    wait = float(self.reset_timeout)
                    raise NotSent(Reason.BREAKER_OPEN, str(self.name), retry_after=wait)
                self._probing = True
            return self._generation

    def _record(self, generation: int, failure: Exception | None) -> None:
        with self._lock:
            if generation != self._generation:
                return
            before = self.current_state
            self._probing = False
            if failure is None:
                self.state._handle_success()  # noqa: SLF001 - the state's own bookkeeping
            else:
                self._count(failure)
            if self.current_state != before:
                self._generation += 1

    def _count(self, failure: Exception) -> None:
        try:
            self.state._handle_error(failure, reraise=False)  # noqa: SLF001 - as above
        except Exception as again:
            if again is not failure:  # the call that trips it raises its own error once more
                raise

    def _abandon(self, generation: int) -> None:
        with self._lock:
            if generation == self._generation:
                self._probing = False


class _Reporter(CircuitBreakerListener):
    """Counts and logs changes of state. Runs under the breaker's lock: it must not wait."""

    def __init__(self, system: str, lane: str) -> None:
        self._labels = (system, lane)
        metrics.BREAKERS_OPEN.labels(*self._labels).set(0)

    def state_change(
        self,
        cb: CircuitBreaker,
        old_state: CircuitBreakerState | None,
        new_state: CircuitBreakerState,
    ) -> None:
        """Called by pybreaker."""
        old = "" if old_state is None else old_state.name
        logger.warning("breaker %s: %s -> %s", cb.name, old, new_state.name)
        metrics.BREAKER_CHANGES.labels(*self._labels, new_state.name).inc()
        metrics.BREAKERS_OPEN.labels(*self._labels).set(new_state.name != STATE_CLOSED)
