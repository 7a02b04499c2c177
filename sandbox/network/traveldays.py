"""Days from the first departure to the last arrival, which lies after midnight.

In between no train runs for longer than anybody waits, so that nobody travels over the night: every
connection that we offer lies within one such day, and no search has to look beyond it.
"""

from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from typing import NamedTuple

from sandbox.network.servicedays import day_start, service_day
from sandbox.network.timetable import runs

_ONE = timedelta(days=1)


class TravelDay(NamedTuple):
    """The first departure and the last arrival of a day's trains (minutes since 1970)."""

    first: int
    last: int


def days_from(moment: int) -> Iterator[TravelDay]:
    """The day of this moment, or the one after this night, and all that follow."""
    day = service_day(moment) - _ONE
    while True:
        travel = _travel_day(day_start(day))
        if travel.last >= moment:
            yield travel
        day += _ONE


def days_until(moment: int) -> Iterator[TravelDay]:
    """The day of this moment, or the one before this night, and all that went before."""
    day = service_day(moment)
    while True:
        travel = _travel_day(day_start(day))
        if travel.first <= moment:
            yield travel
        day -= _ONE


def _travel_day(zero: int) -> TravelDay:
    first, last = _hours()
    return TravelDay(zero + first, zero + last)


@cache
def _hours() -> tuple[int, int]:
    """The first departure and the last arrival in minutes of the service day."""
    return (
        min(run.starts[0] for run in runs()),
        max(run.starts[-1] + run.stops[-1].arrival for run in runs()),
    )
