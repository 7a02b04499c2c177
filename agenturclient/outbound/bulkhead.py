"""A bulkhead: so many calls of a lane at once, and no queue."""

from __future__ import annotations

from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from agenturclient.outbound.messages import NotSent, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

# A place becomes free when a call ends: soon.
_TRY_AGAIN_SECONDS = 1.0


class Bulkhead:
    """Lets `places` callers in at once and turns the others away at once.

    The places of all lanes together are fewer than the threads of the process, so that a stalled
    system on the other side never takes the threads that serve everything else.
    """

    def __init__(self, places: int) -> None:
        self._places = BoundedSemaphore(places)

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place, given back at the end. Raises NotSent(BUSY) when there is none."""
        if not self._places.acquire(blocking=False):
            raise NotSent(Reason.BUSY, retry_after=_TRY_AGAIN_SECONDS)
        try:
            yield
        finally:
            self._places.release()
