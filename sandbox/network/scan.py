"""The search in rounds: round k finds what can be reached with k trains, so with k - 1 changes.

Each round takes the nodes that the last round improved, rides every route that stops there from
the first train that can be caught, and notes each node that this improves. What cannot lead to the
target in time, or with the trains that are left, is dropped at once: a lower bound for the rest
of the way (riding times alone) and the least number of trains for it are known beforehand. Who
rides on never gains on that bound, so a train is left for good where it fails.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from sandbox.network.graph import Graph, timetable_around
from sandbox.network.guide import MOST_TRAINS, approach

NEVER = 1 << 40


class Leg(NamedTuple):
    """A part of the way on one train: its route, the start of the train, the places on the route.

    ``start`` is in the minutes of the graph (mirrored: minutes with the sign changed).
    """

    route: int
    start: int
    board: int
    alight: int


class Scan:
    """One search; afterwards ``arrivals[k]`` is the arrival with at most k trains, or NEVER."""

    def __init__(self, graph: Graph, source: int, target: int, trains: int, *, latest: int) -> None:
        """Prepare a search: at most ``trains`` trains, no arrival after the moment ``latest``.

        Raises ValueError for more trains than ``guide.MOST_TRAINS``.
        """
        if trains > MOST_TRAINS:
            raise ValueError(f"at most {MOST_TRAINS} trains")
        self.trains = trains
        self.latest = latest
        self.arrivals = [NEVER]
        self._graph = graph
        self._source = source
        self._target = target
        self._guide, self._ends = approach(graph, target)
        self._best = [NEVER] * len(graph.changes)
        self._timetable: Sequence[Sequence[int]] = ()
        self._rounds: list[dict[int, tuple[int, int, int, int]]] = []

    def run(self, start: int) -> "Scan":
        """Search from the moment ``start``."""
        self._timetable = timetable_around(start, mirrored=self._graph.mirrored)
        self._best[self._source] = start
        # Nobody changes trains at the start: the change that every boarding counts is given back.
        ready = {self._source: start - self._graph.changes[self._source]}
        for left in range(self.trains - 1, -1, -1):
            came = self._ride(ready, left)
            self._rounds.append(came)
            self.arrivals.append(self._best[self._target])
            ready = self._still_hopeful(came)
        return self

    def legs(self, trains: int) -> tuple[Leg, ...]:
        """The way that reaches the target at ``arrivals[trains]``, with the fewest trains."""
        while self.arrivals[trains - 1] == self.arrivals[trains]:
            trains -= 1
        node, way = self._target, []
        for came in reversed(self._rounds[:trains]):
            leg = Leg(*came[node])
            way.append(leg)
            node = self._graph.routes[leg.route].nodes[leg.board]
        return tuple(reversed(way))

    def _still_hopeful(self, came: Iterable[int]) -> dict[int, int]:
        """The nodes of a round that may improve on what is known of the target, with the time."""
        best, minutes = self._best, self._guide.minutes
        latest = min(self.latest, best[self._target] - 1)
        return {node: best[node] for node in came if best[node] + minutes[node] <= latest}

    def _boardable(self, ready: Iterable[int], left: int) -> Iterator[tuple[int, list[int]]]:
        """Each route that is worth boarding where we are, with those places on it, rising, and last
        the place up to which riding on may help with ``left`` trains to go.

        Not the route that brought us: its next train is no better than the one that we left.
        """
        found: dict[int, list[int]] = {}
        calls, ends = self._graph.calls, self._ends
        came = self._rounds[-1] if self._rounds else {self._source: (NEVER,)}
        for node in ready:
            brought = came[node][0]
            for route, place in calls[node]:
                if route == brought:
                    continue
                if route in found:
                    found[route].append(place)
                else:
                    found[route] = [place]
        for route in sorted(found):
            if route not in ends:
                ends[route] = self._guide.ends(self._graph.routes[route].nodes)
            end = ends[route][left]
            places = [place for place in found[route] if place < end]
            if places:
                places.sort()
                places.append(end)
                yield route, places

    def _ride(self, ready: Mapping[int, int], left: int) -> dict[int, tuple[int, int, int, int]]:
        """One round: what it improves, each with the fields of a ``Leg``.

        On each route from the first place where we are, changing to an earlier train of it on the
        way; afterwards there are ``left`` trains to go.
        """
        came: dict[int, tuple[int, int, int, int]] = {}
        best, changes, target = self._best, self._graph.changes, self._target
        minutes, trains = self._guide
        for route, places in self._boardable(ready, left):
            way = self._graph.routes[route]
            nodes, arrivals, departures = way.nodes, way.arrivals, way.departures
            starts = self._timetable[way.run]
            latest = min(self.latest, best[target] - 1)
            train = board = NEVER
            for here, there in pairwise(places):
                node = nodes[here]
                caught = bisect_left(starts, ready[node] + changes[node] - departures[here])
                if caught < len(starts) and starts[caught] < train:
                    train, board = starts[caught], here
                if train == NEVER:
                    continue
                for place in range(here + 1, there + 1):
                    node = nodes[place]
                    arrival = train + arrivals[place]
                    if arrival + minutes[node] > latest:
                        train = NEVER
                        break
                    if arrival < best[node] and trains[node] <= left:
                        best[node] = arrival
                        came[node] = route, train, board, place
        return came
