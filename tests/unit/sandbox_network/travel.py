"""Short ways to ask the network things, for the tests beside this module."""

import random
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from sandbox.network.journeys import Journey, Request, plan
from sandbox.network.stations import all_stations, find_stations

ZONE = ZoneInfo("Europe/Zurich")


def at(text: str) -> datetime:
    """Local time: ``at("2026-12-10 08:00")``."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def uic(name: str) -> int:
    """The UIC number of the likeliest station of this name."""
    return find_stations(name, limit=1)[0].uic


def ask(origin: str, destination: str, when: datetime, *, via: tuple[str, ...] = ()) -> Request:
    """A request to leave at ``when``."""
    return Request(uic(origin), uic(destination), when, via=tuple(uic(one) for one in via))


def some_stations(count: int, *, seed: int | str) -> list[int]:
    """UIC numbers drawn by lot, the same ones for the same seed."""
    lot = random.Random(seed)  # noqa: S311 - a repeatable sample, not a secret
    return [one.uic for one in lot.sample(all_stations(), count)]


def travel(origin: str, destination: str, when: datetime, *, after: int = 5) -> list[Journey]:
    """The journeys that leave at ``when`` or later."""
    return list(plan(ask(origin, destination, when), after=after))


def times(journey: Journey) -> str:
    """Departure and arrival as a person reads them: ``08:02-08:58``."""
    return f"{journey.departure:%H:%M}-{journey.arrival:%H:%M}"


def waits(journey: Journey) -> list[float]:
    """The true minutes between the trains."""
    found = []
    for first, second in pairwise(journey.rides):
        arrival, departure = first.calls[-1].arrival, second.calls[0].departure
        assert arrival is not None
        assert departure is not None
        found.append((departure.timestamp() - arrival.timestamp()) / 60)
    return found
