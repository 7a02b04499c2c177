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

_PASSING_FAULTS = frozenset({502, 503, 504})
_TOO_MANY_REQUESTS = 429


@dataclass(frozen=True)
class RetryPolicy:
    """How often and how long.

    `attempts` in all; no further one when fewer than `least_seconds` are left. Before the n-th
    repetition there is a random pause of up to `first_pause` * 2**n seconds, `longest_pause` at
    most. Repetitions are at most `share` of all calls and `burst` at once, so that they never
    become the load.
    """

    attempts: int = 3
    least_seconds: float = 1.5
    share: float = 0.1
    burst: int = 3
    first_pause: float = 0.1
    longest_pause: float = 1.0


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
    """Repeats reads after network errors, 502, 503, 504 and a 429 that says when; writes only when
    certainly not sent.
    """

    def __init__(
        self, policy: RetryPolicy, *, pause: Callable[[float], object] | None = None
    ) -> None:
        self._policy = policy
        self._budget = Budget(share=policy.share, burst=policy.burst)
        self._pause = pause or Event().wait

    def run(
        self,
        attempt: Callable[[], Response],
        *,
        writes: bool,
        repeating: Callable[[], object] = lambda: None,
        exhausted: Callable[[], object] = lambda: None,
    ) -> Response:
        """The answer of the last attempt. Raises what the last attempt raised.

        `repeating` is called at each repetition, `exhausted` where one was due and the budget did
        not allow it.
        """
        self._budget.earn()
        tries = 1
        while True:
            outcome = _attempt(attempt)
            pause = self._pause_after(outcome, tries, writes=writes)
            if pause is not None and not self._budget.spend():
                exhausted()
                pause = None
            if pause is None:
                if isinstance(outcome, NoResponse):
                    raise outcome
                return outcome
            repeating()
            self._pause(pause)
            tries += 1

    def _pause_after(
        self, outcome: Response | NoResponse, tries: int, *, writes: bool
    ) -> float | None:
        """Seconds until it should be repeated; None when it should not."""
        if tries >= self._policy.attempts or not _repeatable(outcome, writes=writes):
            return None
        # Full jitter: callers that failed together do not come back together.
        longest = min(self._policy.longest_pause, self._policy.first_pause * 2**tries)
        pause = max(random.uniform(0, longest), outcome.retry_after or 0.0)  # noqa: S311 - no secret
        room = deadline.left() - pause >= self._policy.least_seconds
        return pause if room else None


def _attempt(attempt: Callable[[], Response]) -> Response | NoResponse:
    try:
        return attempt()
    except NoResponse as failure:
        return failure


def _repeatable(outcome: Response | NoResponse, *, writes: bool) -> bool:
    if isinstance(outcome, Response):
        told_when = outcome.status == _TOO_MANY_REQUESTS and outcome.retry_after is not None
        return not writes and (told_when or outcome.status in _PASSING_FAULTS)
    if outcome.reason not in (Reason.UNREACHABLE, Reason.BUSY, Reason.BROKEN):
        return False
    return isinstance(outcome, NotSent) or not writes
