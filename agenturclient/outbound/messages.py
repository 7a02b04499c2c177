"""What goes out, what comes back, and the two ways of getting nothing back."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


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
        """Seconds to wait that the other side asks for; a date in the header is not read."""
        text = self.headers.get("retry-after", "").strip()
        return float(text) if text.isdecimal() else None


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
