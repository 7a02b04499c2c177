"""The search in rounds: round k finds what can be reached with k trains, so with k - 1 changes.

Each round takes the nodes that the last round improved, rides every route that stops there from
the first train that can be caught, and notes each node that this improves. What cannot lead to the
target in time, or with the trains that are left, is dropped at once: a lower bound for the rest
of the way (riding times alone) and the least number of trains for it are known beforehand.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sandbox.network.graph import Graph, timetable_around
from sandbox.network.guide import guide

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
        """Prepare a search: at most ``trains`` trains, no arrival after the moment ``latest``."""
        self.trains = trains
        self.latest = latest
        self.arrivals = [NEVER]
        self._graph = graph
        self._source = source
        self._target = target
        self._guide = guide(graph, target)
        self._best = [NEVER] * len(graph.calls)
        self._timetable: Sequence[Sequence[int]] = ()
        self._rounds: list[dict[int, Leg]] = []

    def run(self, start: int) -> "Scan":
        """Search from the moment ``start``."""
        self._timetable = timetable_around(start, mirrored=self._graph.mirrored)
        self._best[self._source] = start
        # Nobody changes trains at the start: the change that every boarding counts is given back.
        ready = {self._source: start - self._graph.changes[self._source]}
        for left in range(self.trains - 1, -1, -1):
            came: dict[int, Leg] = {}
            for route, place in sorted(self._boardable(ready).items()):
                self._ride(route, place, ready, came, left)
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
            way.append(came[node])
            node = self._graph.routes[came[node].route].nodes[came[node].board]
        return tuple(reversed(way))

    def _still_hopeful(self, came: Mapping[int, Leg]) -> dict[int, int]:
        """The nodes of a round that may improve on what is known of the target, with the time."""
        best, minutes = self._best, self._guide.minutes
        latest = min(self.latest, best[self._target] - 1)
        return {node: best[node] for node in came if best[node] + minutes[node] <= latest}

    def _boardable(self, ready: Mapping[int, int]) -> dict[int, int]:
        """Each route that stops where we are, with the first such place on it."""
        found: dict[int, int] = {}
        for node in ready:
            for route, place in self._graph.calls[node]:
                if place < found.get(route, NEVER):
                    found[route] = place
        return found

    def _ride(
        self, route: int, first: int, ready: Mapping[int, int], came: dict[int, Leg], left: int
    ) -> None:
        """Ride one route from place ``first`` on, changing to an earlier train of it on the way."""
        best, changes, way = self._best, self._graph.changes, self._graph.routes[route]
        nodes, arrivals, departures = way.nodes, way.arrivals, way.departures
        minutes, trains = self._guide
        starts = self._timetable[way.run]
        latest = min(self.latest, best[self._target] - 1)
        train, board = NEVER, first
        for place in range(first, len(nodes)):
            node = nodes[place]
            arrival = train + arrivals[place]
            if arrival < best[node] and arrival + minutes[node] <= latest and trains[node] <= left:
                best[node] = arrival
                came[node] = Leg(route, train, board, place)
            if node in ready:
                caught = bisect_left(starts, ready[node] + changes[node] - departures[place])
                if caught < len(starts) and starts[caught] < train:
                    train, board = starts[caught], place
