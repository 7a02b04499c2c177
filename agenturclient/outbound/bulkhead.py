"""A bulkhead: so many calls of a lane at once, and no queue."""

from __future__ import annotations

from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from agenturclient.outbound import metrics
from agenturclient.outbound.messages import NotSent, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator


class Bulkhead:
    """Lets `places` callers in at once and turns the others away at once.

    The places of all lanes together are fewer than the threads of the process, so that a stalled
    system on the other side never takes the threads that serve everything else. Whoever is turned
    away is asked to come back in `retry_after` seconds: a place becomes free when a call ends.
    """

    def __init__(self, places: int, *, system: str, lane: str, retry_after: float) -> None:
        self._places = BoundedSemaphore(places)
        self._retry_after = retry_after
        self._in_use = metrics.PLACES_TAKEN.labels(system, lane)
        self._full = metrics.BULKHEAD_FULL.labels(system, lane)
        metrics.PLACES.labels(system, lane).set(places)

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place, given back at the end. Raises NotSent(BUSY) when there is none."""
        if not self._places.acquire(blocking=False):
            self._full.inc()
            raise NotSent(Reason.BUSY, retry_after=self._retry_after)
        self._in_use.inc()
        try:
            yield
        finally:
            self._in_use.dec()
            self._places.release()
