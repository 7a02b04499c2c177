"""What a traveller sees of the network: journeys made of rides, and the search for them.

Journeys are rebuilt from their ``key``, so nobody has to remember what was once offered.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zlib import crc32

from sandbox.network.connections import Connection, Connections
from sandbox.network.parts import Part, key_of, parts_from_key
from sandbox.network.servicedays import minutes_of, moment_of
from sandbox.network.stations import Station, station
from sandbox.network.timetable import Run

# How many tracks a station with so many passengers a day has, in our simulated network.
_TRACKS = ((100_000, 18), (40_000, 12), (10_000, 6), (2_000, 3), (0, 2))


@dataclass(frozen=True)
class Call:
    """A stop of a ride, in local time (Europe/Zurich).

    Only where the train is boarded there is no ``arrival``, where it is left no ``departure``.
    """

    station: Station
    arrival: datetime | None
    departure: datetime | None
    platform: str


@dataclass(frozen=True)
class Ride:
    """A part of a journey on one train, from ``calls[0]`` to ``calls[-1]``.

    ``line`` is what the board shows ("IC 1"), ``category`` its kind, ``number`` the train's number
    (once a day), ``operator`` a company code, ``direction`` the train's last station,
    ``kilometres`` those that the tariff counts.
    """

    line: str
    category: str
    number: int
    operator: str
    direction: str
    calls: tuple[Call, ...]
    kilometres: float


@dataclass(frozen=True)
class Journey:
    """A way from a station to another one; ``key`` is a short text it can be rebuilt from."""

    rides: tuple[Ride, ...]
    departure: datetime
    arrival: datetime
    key: str

    @property
    def changes(self) -> int:
        """How often one changes trains."""
        return len(self.rides) - 1

    @property
    def kilometres(self) -> float:
        """The kilometres that the tariff counts."""
        return round(sum(ride.kilometres for ride in self.rides), 1)

    @property
    def duration(self) -> timedelta:
        """The time it truly takes, also when the clocks change on the way."""
        return self.arrival.astimezone(UTC) - self.departure.astimezone(UTC)


@dataclass(frozen=True)
class Request:
    """What is asked for: stations by UIC number, ``via`` in the order they are passed.

    ``when`` (with a time zone) is the departure, or with ``arrive_by`` the arrival at the latest.
    ``max_changes`` is 0 to 4.
    """

    origin: int
    destination: int
    when: datetime
    arrive_by: bool = False
    via: tuple[int, ...] = ()
    max_changes: int = 4


def plan(request: Request, *, before: int = 0, after: int = 5) -> tuple[Journey, ...]:
    """Journeys around the moment asked for, sorted by departure.

    ``before`` of them leave before it (with ``arrive_by``: arrive by it), ``after`` of them leave
    at it or later (arrive after it). Journeys that leave in the same minute stay together, so there
    can be one or two more. To go on, ask again from the minute after the last departure, or for
    journeys before the first one. Raises KeyError for an unknown station and ValueError for a
    moment without a time zone or too many changes.
    """
    if request.origin == request.destination and not request.via:
        return ()
    ways = Connections(
        request.origin, request.destination, via=request.via, max_changes=request.max_changes
    )
    minute = minutes_of(request.when)
    if request.arrive_by:
        earlier, later = ways.arriving_by(minute), ways.arriving_after(minute)
    else:
        # Trains leave on the full minute: a second past it, the train is gone.
        minute += request.when > moment_of(minute)
        earlier, later = ways.leaving_before(minute), ways.leaving_from(minute)
    found = [*_page(earlier, before), *_page(later, after)]
    return tuple(_journey(way.parts) for way in sorted(found, key=lambda way: way.order))


def journey_from_key(key: str) -> Journey | None:
    """The journey with this key, or None when no such trains run or they do not connect."""
    parts = parts_from_key(key)
    return None if parts is None else _journey(parts)


def _page(ways: Iterator[list[Connection]], size: int) -> list[Connection]:
    """The first ``size`` connections, and those that leave in the same minute as the last one."""
    page: list[Connection] = []
    while len(page) < size and (together := next(ways, None)):
        page += together
    return page


def _journey(parts: tuple[Part, ...]) -> Journey:
    return Journey(
        rides=tuple(_ride(part) for part in parts),
        departure=moment_of(parts[0].departure),
        arrival=moment_of(parts[-1].arrival),
        key=key_of(parts),
    )


def _ride(part: Part) -> Ride:
    run = part.run
    stops = run.stops[part.board : part.alight + 1]
    last = len(stops) - 1
    direction = station(run.stops[-1].uic)
    _, number = part.train
    return Ride(
        line=run.line,
        category=run.category,
        number=number,
        operator=run.operator,
        direction=direction.name,
        calls=tuple(
            Call(
                station=station(stop.uic),
                arrival=moment_of(part.start + stop.arrival) if place > 0 else None,
                departure=moment_of(part.start + stop.departure) if place < last else None,
                platform=_platform(station(stop.uic), run, direction),
            )
            for place, stop in enumerate(stops)
        ),
        kilometres=round(stops[-1].kilometre - stops[0].kilometre, 1),
    )


def _platform(here: Station, run: Run, direction: Station) -> str:
    """A platform that is always the same for a line and a direction, and within the station."""
    tracks = next(count for passengers, count in _TRACKS if here.passengers >= passengers)
    return str(1 + crc32(f"{here.uic} {run.line} {direction.uic}".encode()) % tracks)
