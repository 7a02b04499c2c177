"""Parts of a journey, each on one train, and the short text they can be rebuilt from.

The text names for every part the service day, the train and the two stations, for example
``20261210-902-8507000-8503000``; parts are separated by a dot.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from sandbox.network.graph import change_minutes
from sandbox.network.servicedays import day_start, service_day
from sandbox.network.stations import station
from sandbox.network.timetable import Run, run_of_train, runs

_PART = re.compile(r"(\d{4})(\d{2})(\d{2})-(\d{1,6})-(\d{7})-(\d{7})", re.ASCII)
_LONGEST_KEY = 400


@dataclass(frozen=True, slots=True)
class Part:
    """A train from one of its stops to a later one.

    ``start`` is when the train starts (minutes since 1970), ``board`` and ``alight`` count the
    stops of the run ``runs()[place]``.
    """

    place: int
    start: int
    board: int
    alight: int

    @property
    def run(self) -> Run:
        """The run that the train belongs to."""
        return runs()[self.place]

    @property
    def departure(self) -> int:
        """When the train leaves where it is boarded, in minutes since 1970."""
        return self.start + self.run.stops[self.board].departure

    @property
    def arrival(self) -> int:
        """When the train is where it is left, in minutes since 1970."""
        return self.start + self.run.stops[self.alight].arrival

    @property
    def origin(self) -> int:
        """UIC number of the station where the train is boarded."""
        return self.run.stops[self.board].uic

    @property
    def destination(self) -> int:
        """UIC number of the station where the train is left."""
        return self.run.stops[self.alight].uic

    @property
    def train(self) -> tuple[date, int]:
        """The service day and the number of the train."""
        day = service_day(self.start)
        if self.start - day_start(day) not in self.run.starts:
            day -= timedelta(days=1)
        place = self.run.starts.index(self.start - day_start(day))
        return day, self.run.numbers[place]


def key_of(parts: tuple[Part, ...]) -> str:
    """The text that ``parts_from_key`` rebuilds the same parts from."""
    return ".".join(_text(part) for part in parts)


def parts_from_key(key: str) -> tuple[Part, ...] | None:
    """The parts that a key stands for, or None when there is no such journey."""
    if len(key) > _LONGEST_KEY:
        return None
    parts: list[Part] = []
    for text in key.split("."):
        part = _part(text)
        if part is None:
            return None
        parts.append(part)
    return tuple(parts) if all(_connects(a, b) for a, b in pairwise(parts)) else None


def _text(part: Part) -> str:
    day, number = part.train
    return f"{day:%Y%m%d}-{number}-{part.origin}-{part.destination}"


def _part(text: str) -> Part | None:
    found = _PART.fullmatch(text)
    if found is None:
        return None
    year, month, day_of_month, number, origin, destination = (int(one) for one in found.groups())
    try:
        day = date(year, month, day_of_month)
        place = run_of_train()[number]
        calls = [stop.uic for stop in runs()[place].stops]
        board, alight = calls.index(origin), calls.index(destination)
    except (KeyError, ValueError):
        return None
    run = runs()[place]
    if board >= alight or not run.runs_on(day):
        return None
    return Part(place, day_start(day) + run.starts[run.numbers.index(number)], board, alight)


def _connects(first: Part, second: Part) -> bool:
    ready = first.arrival + change_minutes(station(first.destination))
    return first.destination == second.origin and ready <= second.departure
