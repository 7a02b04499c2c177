"""The one place that repeats a call: in time, on a budget, never what may have happened."""

from __future__ import annotations

import random
from dataclasses import dataclass
from threading import Event, Lock
from typing import TYPE_CHECKING

from agenturclient.outbound import deadline
from agenturclient.outbound.messages import NoResponse, NotSent, Reason, Response

if TYPE_CHECKING:
    from collections.abc import Callable

_REPEATABLE = frozenset({502, 503, 504})
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 1.0


@dataclass(frozen=True)
class RetryPolicy:
    """How often and how long.

    `attempts` in all; no further one when fewer than `least_seconds` are left. Repetitions are at
    most `share` of all calls and `burst` at once, so that they never become the load.
    """

    attempts: int = 3
    least_seconds: float = 1.5
    share: float = 0.1
    burst: int = 3


class Budget:
    """A token bucket: a call puts a share of a token in, a repetition takes one out."""

    def __init__(self, *, share: float, burst: int) -> None:
        self._share = share
        self._burst = float(burst)
        self._tokens = float(burst)
        self._lock = Lock()

    def earn(self) -> None:
        """A call was made."""
        with self._lock:
            self._tokens = min(self._burst, self._tokens + self._share)

    def spend(self) -> bool:
        """Whether a repetition is allowed, which then is paid for."""
        with self._lock:
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True


class Retry:
    """Repeats reads after network errors, 502, 503 and 504, writes only when certainly not sent."""

    def __init__(
        self, policy: RetryPolicy, *, pause: Callable[[float], object] | None = None
    ) -> None:
        self._policy = policy
        self._budget = Budget(share=policy.share, burst=policy.burst)
        self._pause = pause or Event().wait

    def run(self, attempt: Callable[[], Response], *, writes: bool) -> tuple[Response, int]:
        """The answer and the number of attempts it took. Raises what the last attempt raised."""
        self._budget.earn()
        tries = 1
        while True:
            outcome = _attempt(attempt)
            if not _repeatable(outcome, writes=writes) or not self._again(tries, outcome):
                if isinstance(outcome, NoResponse):
                    raise outcome
                return outcome, tries
            tries += 1

    def _again(self, tries: int, outcome: Response | NoResponse) -> bool:
        """Wait and say True, or say that it is enough."""
        # Full jitter: callers that failed together do not come back together.
        longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**tries)
        pause = max(random.uniform(0, longest), outcome.retry_after or 0.0)  # noqa: S311 - no secret
        room = deadline.left() - pause >= self._policy.least_seconds
        if tries >= self._policy.attempts or not room or not self._budget.spend():
            return False
        self._pause(pause)
        return True


def _attempt(attempt: Callable[[], Response]) -> Response | NoResponse:
    try:
        return attempt()
    except NoResponse as failure:
        return failure


def _repeatable(outcome: Response | NoResponse, *, writes: bool) -> bool:
    if isinstance(outcome, Response):
        return not writes and outcome.status in _REPEATABLE
    if outcome.reason not in (Reason.UNREACHABLE, Reason.BUSY, Reason.BROKEN):
        return False
    return isinstance(outcome, NotSent) or not writes
