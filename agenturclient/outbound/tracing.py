"""Headers by which both sides find the same call in their logs (W3C Trace Context)."""

from __future__ import annotations

import re
import secrets
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_TRACE_BYTES, _SPAN_BYTES = 16, 8
# Version, trace, parent, flags; a later version than ours may say more behind them.
_TRACEPARENT: Final = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(?:-.*)?"
)
_SAMPLED: Final = 1


@dataclass(frozen=True)
class Trace:
    """What belongs together: 32 hexadecimal digits, and whether whoever began it records it."""

    id: str
    sampled: bool = True


_TRACE: ContextVar[Trace | None] = ContextVar("outbound_trace", default=None)


def begun_by(traceparent: str, request_id: str) -> Trace:
    """The trace that a request came with, else one that its id stands for.

    The same id always makes the same trace: whoever knows the one finds the other.
    """
    told = _TRACEPARENT.fullmatch(traceparent.strip())
    if told:
        return Trace(told[1], sampled=bool(int(told[2], 16) & _SAMPLED))
    digits = request_id.replace("-", "").lower()
    if re.fullmatch(r"(?!0{32})[0-9a-f]{32}", digits):
        return Trace(digits)
    return Trace(blake2b(request_id.encode(), digest_size=_TRACE_BYTES).hexdigest())


@contextmanager
def trace(begun: Trace | None = None) -> Iterator[Trace]:
    """All calls inside belong together, to a new trace when none is named.

    A trace that is already there goes on unless another is named.
    """
    chosen = begun or _TRACE.get() or Trace(secrets.token_hex(_TRACE_BYTES))
    token = _TRACE.set(chosen)
    try:
        yield chosen
    finally:
        _TRACE.reset(token)


def current_id() -> str:
    """The id of the trace around this; empty when there is none."""
    found = _TRACE.get()
    return found.id if found else ""


def headers() -> dict[str, str]:
    """`traceparent` with a new span for each attempt, and the trace as conversation id."""
    found = _TRACE.get() or Trace(secrets.token_hex(_TRACE_BYTES))
    span = secrets.token_hex(_SPAN_BYTES)
    flags = f"{int(found.sampled):02x}"
    return {
        "traceparent": f"00-{found.id}-{span}-{flags}",
        "x-conversation-id": found.id,
    }
