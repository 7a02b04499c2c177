"""What goes out, what comes back, and the two ways of getting nothing back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

# Nobody waits longer than a day: what asks for more is a mistake of the other side.
_LONGEST_WAIT: Final = 86_400.0


@dataclass(frozen=True)
class Operation:
    """A kind of call: its name in logs and metrics, its lane (None: none), its total deadline.

    `deadline` is in seconds and covers everything: waiting, attempts and pauses between them.
    `writes`: it changes something over there, so that it is repeated only when certainly not sent.
    """

    name: str
    lane: str | None
    deadline: float
    writes: bool = False


@dataclass(frozen=True)
class Request:
    """An HTTP request. Headers and body may hold secrets and names: neither is ever shown."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Response:
    """Any complete HTTP answer, whatever its status. Header names are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait that the other side asks for, never negative, at most a day.

        It may say seconds or a date (RFC 9110, 10.2.3). A date is read by the other side's own
        clock where the answer tells it.
        """
        text = self.headers.get("retry-after", "").strip()
        if text.isdecimal():
            return min(float(text), _LONGEST_WAIT)
        until = _date(text)
        if until is None:
            return None
        now = _date(self.headers.get("date", "")) or datetime.now(UTC)
        return min(max(0.0, (until - now).total_seconds()), _LONGEST_WAIT)


def _date(text: str) -> datetime | None:
    """An HTTP date; None when it is none."""
    try:
        read = parsedate_to_datetime(text)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


class Reason(StrEnum):
    """Why there is no answer."""

    UNREACHABLE = "unreachable"
    BUSY = "busy"
    BREAKER_OPEN = "breaker-open"
    NOT_LET_IN = "not-let-in"
    DEADLINE = "deadline"
    BROKEN = "broken"
    TOO_LARGE = "too-large"


class NoResponse(Exception):
    """There is no complete answer."""

    def __init__(
        self, reason: Reason, detail: str = "", *, retry_after: float | None = None
    ) -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason.value)
        self.reason = reason
        self.retry_after = retry_after


class NotSent(NoResponse):
    """The request certainly never reached the other side."""


class NoAnswer(NoResponse):
    """The request was, or may have been, sent and no complete answer came back."""
