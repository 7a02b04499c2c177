"""A hard end for everything that a call does, a dripping answer included.

httpx's timeouts are per socket operation: an answer that drips a byte a second never meets one. So
the time left caps every single socket operation, in the network backend of `sockets`.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_END: ContextVar[float | None] = ContextVar("outbound_deadline", default=None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Everything inside ends within so many seconds; a deadline around it that is nearer stays."""
    end = time.monotonic() + seconds
    outer = _END.get()
    token = _END.set(end if outer is None else min(outer, end))
    try:
        yield
    finally:
        _END.reset(token)


def left() -> float:
    """Seconds left, never negative; infinite without a deadline."""
    end = _END.get()
    return float("inf") if end is None else max(0.0, end - time.monotonic())
