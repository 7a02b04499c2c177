"""The timetable as the search reads it: numbered nodes, routes between them, forwards or mirrored.

In the *mirrored* graph time runs backwards (a moment t is written -t) and every route is turned
round, so that the one search answers both "when can I be there?" and "when must I leave?".

A journey *via* other stations is a journey through several copies of the network, one above the
other: the lowest is for travellers who have not yet been at the first via, and a train that calls
there takes them up to the next copy. The search needs no rule of its own for it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache

from sandbox.network.servicedays import day_start, service_day
from sandbox.network.stations import Station, all_stations
from sandbox.network.timetable import Run, runs

# Minutes to change trains: walking from platform to platform, with the time to find it.
CHANGE_MINUTES = 4
CHANGE_MINUTES_IN_BIG_STATIONS = 6
_BIG_STATION_PASSENGERS = 45_000


@dataclass(frozen=True, eq=False, slots=True)
class Route:
    """The nodes of one run with the minutes (arrival, departure) after the start of its trains."""

    run: int
    nodes: tuple[int, ...]
    arrivals: tuple[int, ...]
    departures: tuple[int, ...]


class Graph:
    """The network for a way ``via`` these stations, one copy of the network above the other.

    ``calls[node]`` says which routes can be boarded at a node, each as (route, place on it). What
    is looked up there for the first time is made then: a search sees only a part of all copies.
    ``routes`` are those in ``calls`` so far. ``changes[node]`` is the time to change there in
    minutes.
    """

    def __init__(self, via: tuple[int, ...], *, mirrored: bool) -> None:
        """For a way via these stations (UIC numbers). Raises KeyError for an unknown one."""
        self.via = via
        self.mirrored = mirrored
        self.routes: dict[int, Route] = {}
        self.calls = _Calls(self.routes, [node_of_station()[uic] for uic in via], mirrored=mirrored)
        self.changes = _changes() * (len(via) + 1)


class _Calls(dict[int, tuple[tuple[int, int], ...]]):
    """``Graph.calls``. Two threads that make the same entry at once make it alike."""

    def __init__(self, routes: dict[int, Route], via: list[int], *, mirrored: bool) -> None:
        super().__init__()
        self._routes = routes
        self._via = via
        self._mirrored = mirrored
        self._of_run: dict[int, tuple[tuple[int, Route], ...]] = {}

    def __missing__(self, node: int) -> tuple[tuple[int, int], ...]:
        found = tuple(
            (number, route.nodes.index(node))
            for run in runs_at()[node % len(all_stations())]
            for number, route in self._of_run.get(run) or self._make(run)
            if node in route.nodes[:-1]
        )
        self[node] = found
        return found

    def _make(self, run: int) -> tuple[tuple[int, Route], ...]:
        """The routes of a run in all copies, numbered so that those of other runs have room."""
        ways = _ways(runs()[run], self._via, len(all_stations()))
        first = run * 2 * (len(self._via) + 1)
        made = tuple(
            (number, _route(run, runs()[run], nodes, mirrored=self._mirrored))
            for number, nodes in enumerate(ways, start=first)
        )
        self._routes.update(made)
        self._of_run[run] = made
        return made


def change_minutes(one: Station) -> int:
    """The time it takes to change trains at a station."""
    if one.passengers >= _BIG_STATION_PASSENGERS:
        return CHANGE_MINUTES_IN_BIG_STATIONS
    return CHANGE_MINUTES


@cache
def node_of_station() -> dict[int, int]:
    """UIC number to node, in the lowest copy of the network."""
    return {one.uic: node for node, one in enumerate(all_stations())}


@cache
def runs_at() -> tuple[tuple[int, ...], ...]:
    """For every node of the lowest copy the runs (places in ``runs()``) that stop there, rising."""
    found: list[dict[int, None]] = [{} for _ in all_stations()]
    for number, run in enumerate(runs()):
        for stop in run.stops:
            found[node_of_station()[stop.uic]][number] = None
    return tuple(map(tuple, found))


@lru_cache(maxsize=8)
def graph(via: tuple[int, ...], *, mirrored: bool) -> Graph:
    """The network in as many copies as the way via these stations (UIC numbers) needs."""
    return Graph(via, mirrored=mirrored)


@cache
def _changes() -> tuple[int, ...]:
    return tuple(change_minutes(one) for one in all_stations())


def timetable_around(minutes: int, *, mirrored: bool) -> tuple[Sequence[int], ...]:
    """For each run the starts of its trains from the day before to the day after, rising.

    In minutes since 1970, or mirrored: then of the run's last arrival.
    """
    return _three_days(service_day(-minutes if mirrored else minutes), mirrored=mirrored)


@lru_cache(maxsize=32)
def _three_days(today: date, *, mirrored: bool) -> tuple[Sequence[int], ...]:
    days = [today + timedelta(days=shift) for shift in (-1, 0, 1)]
    in_order = reversed(days) if mirrored else days
    starts = [_starts(day, mirrored=mirrored) for day in in_order]
    return tuple(first + second + third for first, second, third in zip(*starts, strict=True))


@lru_cache(maxsize=64)
def _starts(day: date, *, mirrored: bool) -> tuple[tuple[int, ...], ...]:
    zero = day_start(day)
    return tuple(
        _moments(run, zero, mirrored=mirrored) if run.runs_on(day) else () for run in runs()
    )


def _moments(run: Run, zero: int, *, mirrored: bool) -> tuple[int, ...]:
    if mirrored:
        last = -zero - run.stops[-1].arrival
        return tuple([last - start for start in reversed(run.starts)])
    return tuple([zero + start for start in run.starts])


def _ways(run: Run, via: list[int], size: int) -> Iterator[list[int]]:
    """The run's stops as nodes, once for each manner of riding it.

    In each copy a train that calls at the next via goes up there, and so do those in it; but who
    boards behind the via has missed it and stays in the copy.
    """
    stations = [node_of_station()[stop.uic] for stop in run.stops]
    for copy in range(len(via) + 1):
        nodes, level = [], copy
        for place in stations:
            while level < len(via) and place == via[level]:
                level += 1
            nodes.append(place + level * size)
        yield nodes
        if level > copy:
            missed = stations[stations.index(via[copy]) + 1 :]
            yield [place + copy * size for place in missed]


def _route(number: int, run: Run, nodes: list[int], *, mirrored: bool) -> Route:
    stops = run.stops[len(run.stops) - len(nodes) :]
    if not mirrored:
        return Route(
            number,
            tuple(nodes),
            tuple(stop.arrival for stop in stops),
            tuple(stop.departure for stop in stops),
        )
    duration = run.stops[-1].arrival
    return Route(
        number,
        tuple(reversed(nodes)),
        tuple(duration - stop.departure for stop in reversed(stops)),
        tuple(duration - stop.arrival for stop in reversed(stops)),
    )
