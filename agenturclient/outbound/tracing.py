"""Headers by which both sides find the same call in their logs (W3C Trace Context)."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_TRACE: ContextVar[str | None] = ContextVar("outbound_trace", default=None)
_TRACE_BYTES, _SPAN_BYTES = 16, 8
TRACE_DIGITS = 2 * _TRACE_BYTES


@contextmanager
def trace(trace_id: str | None = None) -> Iterator[str]:
    """All calls inside belong together; `trace_id` has 32 hexadecimal digits, made up when missing.

    A trace that is already there goes on unless another is named.
    """
    chosen = trace_id or _TRACE.get() or secrets.token_hex(_TRACE_BYTES)
    token = _TRACE.set(chosen)
    try:
        yield chosen
    finally:
        _TRACE.reset(token)


def headers() -> dict[str, str]:
    """`traceparent` with a new span for each attempt, and the trace as conversation id."""
    trace_id = _TRACE.get() or secrets.token_hex(_TRACE_BYTES)
    span = secrets.token_hex(_SPAN_BYTES)
    return {"traceparent": f"00-{trace_id}-{span}-01", "x-conversation-id": trace_id}
