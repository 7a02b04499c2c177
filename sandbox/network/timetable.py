"""The timetable: which lines there are, where they stop and which trains run on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType

from sandbox.network.tables import rows

_WEEKDAYS: Mapping[str, frozenset[int]] = MappingProxyType(
    {
        "daily": frozenset(range(7)),
        "mon-fri": frozenset(range(5)),
        "sat-sun": frozenset({5, 6}),
    }
)


@dataclass(frozen=True)
class Stop:
    """Where and when a train of a run stops: minutes and kilometres from the run's first stop."""

    uic: int
    arrival: int
    departure: int
    kilometre: float


@dataclass(frozen=True)
class Run:
    """The trains that stop at the same places at the same interval, in one direction.

    ``starts`` are the departures at the first stop in minutes of the service day, rising; train
    ``starts[i]`` has the number ``first_number + 2 * i``. ``weekdays`` counts from Monday (0).
    """

    line: str
    category: str
    operator: str
    stops: tuple[Stop, ...]
    starts: tuple[int, ...]
    first_number: int
    weekdays: frozenset[int]

    @property
    def numbers(self) -> range:
        """The train numbers, in the order of ``starts``."""
        return range(self.first_number, self.first_number + 2 * len(self.starts), 2)

    def runs_on(self, day: date) -> bool:
        """Whether the trains run on this service day."""
        return day.weekday() in self.weekdays


@cache
def runs() -> tuple[Run, ...]:
    """Every run of the timetable."""
    lines = {row["line"]: row for row in rows("lines")}
    stops = _stops_by_line()
    return tuple(_run(row, lines[row["line"]], stops[row["line"]]) for row in rows("runs"))


@cache
def run_of_train() -> Mapping[int, int]:
    """Train number to the place of its run in ``runs()``."""
    return MappingProxyType(
        {number: place for place, run in enumerate(runs()) for number in run.numbers}
    )


@cache
def operator_names() -> Mapping[str, str]:
    """Company code to the company's short name."""
    return MappingProxyType({row["operator"]: row["name"] for row in rows("operators")})


def _stops_by_line() -> dict[str, list[Stop]]:
    found: dict[str, list[Stop]] = {}
    for row in rows("stops"):
        stop = Stop(int(row["uic"]), int(row["arrival"]), int(row["departure"]), float(row["km"]))
        found.setdefault(row["line"], []).append(stop)
    return found


def _run(row: Mapping[str, str], line: Mapping[str, str], stops: list[Stop]) -> Run:
    first, last = _minutes(row["first"]), _minutes(row["last"])
    return Run(
        line=line["name"],
        category=line["category"],
        operator=line["operator"],
        stops=_section(stops, int(row["from"]), int(row["to"])),
        starts=tuple(range(first, last + 1, int(row["interval"]))),
        first_number=int(row["number"]),
        weekdays=_WEEKDAYS[row["days"]],
    )


def _section(stops: list[Stop], first: int, last: int) -> tuple[Stop, ...]:
    """The stops from ``first`` to ``last``, turned round when the line lists them the other way."""
    places = [stop.uic for stop in stops]
    start, end = places.index(first), places.index(last)
    if start < end:
        part, zero = stops[start : end + 1], stops[start].departure
        times = [(stop.arrival - zero, stop.departure - zero) for stop in part]
    else:
        part, zero = stops[end : start + 1][::-1], stops[start].arrival
        times = [(zero - stop.departure, zero - stop.arrival) for stop in part]
    return tuple(
        Stop(
            stop.uic,
            max(arrival, 0),
            min(departure, times[-1][0]),
            round(abs(stop.kilometre - part[0].kilometre), 1),
        )
        for stop, (arrival, departure) in zip(part, times, strict=True)
    )


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
