"""The connections worth offering, in order of departure, from any moment onwards or backwards.

For each number of changes there is a set of ways such that nobody can leave later, arrive earlier
and change no more often. These sets do not depend on the moment asked for, so pages before and
after fit together without a gap or a repeat. Of them we leave out what no traveller would take:
see ``Connections.is_sensible``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress, pairwise

from sandbox.network.graph import Graph, graph, node_of_station
from sandbox.network.parts import Part
from sandbox.network.scan import NEVER, Leg, Scan
from sandbox.network.timetable import runs

# Each further change must bring the traveller there by at least so many minutes earlier.
GAIN_OF_A_CHANGE = 8
# A way with fewer changes may take this much longer than the fastest one.
PATIENCE_FACTOR, PATIENCE_MINUTES = 1.5, 25
# Nobody waits longer than this for the next train: the day's travelling ends at night.
LONGEST_WAIT = 120
# How far from the moment asked for we look, in minutes.
HORIZON = 36 * 60


@dataclass(frozen=True, slots=True)
class Connection:
    """A way from the first departure to the last arrival (minutes since 1970).

    ``asked`` is the moment from which on it was searched for.
    """

    departure: int
    arrival: int
    parts: tuple[Part, ...]
    asked: int = field(compare=False)

    @property
    def changes(self) -> int:
        """How often one changes trains."""
        return len(self.parts) - 1

    @property
    def order(self) -> tuple[int, int, int]:
        """What connections are sorted by; no two different ones that we offer share it."""
        return self.departure, self.arrival, self.changes

    @property
    def longest_wait(self) -> int:
        """The longest wait between two trains, in minutes."""
        return max((b.departure - a.arrival for a, b in pairwise(self.parts)), default=0)


class Connections:
    """The connections from one station to another (UIC numbers), over all days."""

    def __init__(
        self, origin: int, destination: int, *, via: tuple[int, ...], max_changes: int
    ) -> None:
        """Raises KeyError for a station that no train serves."""
        node, size = node_of_station(), len(node_of_station())
        # Most changes first: what is searched for them serves the levels with fewer as well.
        self._levels = range(max_changes, -1, -1)
        self._graphs: dict[bool, Graph] = {
            turn: graph(via, mirrored=turn) for turn in (False, True)
        }
        passed = 0
        while passed < len(via) and via[passed] == origin:
            passed += 1
        self._origin = node[origin] + passed * size
        self._destination = node[destination] + len(via) * size
        self._scans: dict[tuple[bool, int], Scan] = {}

    def leaving_from(self, moment: int) -> Iterator[list[Connection]]:
        """Those that leave at ``moment`` or later, the first to leave first."""
        return self._offered([self._onwards(level, moment) for level in self._levels])

    def leaving_before(self, moment: int) -> Iterator[list[Connection]]:
        """Those that leave before ``moment``, the last to leave first."""
        ways = []
        for level in self._levels:
            next_arrival = self._earliest_arrival(level, moment)
            limit = moment + HORIZON if next_arrival is None else next_arrival - 1
            ways.append(self._backwards(level, limit))
        return self._offered(ways, backwards=True)

    def arriving_by(self, moment: int) -> Iterator[list[Connection]]:
        """Those that arrive at ``moment`` or before, the last to leave first."""
        ways = [self._backwards(level, moment) for level in self._levels]
        return self._offered(ways, backwards=True)

    def arriving_after(self, moment: int) -> Iterator[list[Connection]]:
        """Those that arrive after ``moment``, the first to leave first."""
        ways = []
        for level in self._levels:
            departure = self._latest_departure(level, moment)
            ways.append(self._onwards(level, moment if departure is None else departure + 1))
        return self._offered(ways)

    def is_sensible(self, way: Connection) -> bool:
        """Whether somebody would take it.

        Nobody waits for hours at night, changes once more to be there a few minutes earlier, or
        stays in a train that takes far longer than the others.
        """
        if way.longest_wait > LONGEST_WAIT:
            return False
        trains, latest = len(self._levels), way.arrival + GAIN_OF_A_CHANGE * way.changes
        if self._is_known_to_be_best(way, trains, latest):
            return True
        arrivals = self._scan(trains, way.departure, latest=latest, mirrored=False).arrivals
        if _is_hasty(way, arrivals):
            return False
        fastest = self._connection_after(self._levels[0], way.departure, arrivals[-1])
        patience = PATIENCE_FACTOR * (fastest.arrival - fastest.departure) + PATIENCE_MINUTES
        return way.arrival - way.departure <= patience

    def _is_known_to_be_best(self, way: Connection, trains: int, latest: int) -> bool:
        """Whether the searches that found it show that it is the fastest, and worth its changes.

        Nearly always they do, and save a search from the very minute of the departure.
        """
        onwards = self._scans.get((False, way.asked))
        back = self._scans.get((True, -way.arrival))
        if onwards is None or back is None or onwards.latest < latest:
            return False
        if onwards.trains < trains or back.trains < trains:
            return False
        fastest = (-back.arrivals[trains], onwards.arrivals[trains])
        return fastest == (way.departure, way.arrival) and not _is_hasty(way, onwards.arrivals)

    def _offered(
        self, rows: list[Iterator[Connection]], *, backwards: bool = False
    ) -> Iterator[list[Connection]]:
        """The sensible ones of several rows, those of the same minute together, each once.

        Within a row no two leave in the same minute, so those that do are at the heads of the rows.
        """
        heads = [next(row, None) for row in rows]
        while departures := {head.departure for head in heads if head is not None}:
            minute = max(departures) if backwards else min(departures)
            now = [head is not None and head.departure == minute for head in heads]
            together = {head.order: head for head in compress(heads, now) if head is not None}
            sensible = [way for _, way in sorted(together.items()) if self.is_sensible(way)]
            if sensible:
                yield sensible
            heads = [
                next(row, None) if used else head
                for row, head, used in zip(rows, heads, now, strict=True)
            ]

    def _onwards(self, level: int, moment: int) -> Iterator[Connection]:
        end = moment + HORIZON
        while moment <= end:
            arrival = self._earliest_arrival(level, moment)
            if arrival is None:
                return
            way = self._connection_after(level, moment, arrival)
            yield way
            moment = way.departure + 1

    def _backwards(self, level: int, limit: int) -> Iterator[Connection]:
        end = limit - HORIZON
        while limit >= end:
            departure = self._latest_departure(level, limit)
            if departure is None:
                return
            arrival = self._earliest_arrival(level, departure)
            if arrival is None:
                return
            yield self._connection_after(level, departure, arrival)
            limit = arrival - 1

    def _earliest_arrival(self, level: int, departure: int) -> int | None:
        scan = self._scan(level + 1, departure, latest=departure + HORIZON, mirrored=False)
        arrival = scan.arrivals[level + 1]
        return None if arrival == NEVER else arrival

    def _latest_departure(self, level: int, arrival: int) -> int | None:
        scan = self._scan(level + 1, -arrival, latest=HORIZON - arrival, mirrored=True)
        departure = scan.arrivals[level + 1]
        return None if departure == NEVER else -departure

    def _connection_after(self, level: int, moment: int, arrival: int) -> Connection:
        """The one that leaves last of those after ``moment`` that are there at ``arrival``."""
        scan = self._scan(level + 1, -arrival, latest=-moment, mirrored=True)
        parts = tuple(self._part(leg) for leg in reversed(scan.legs(level + 1)))
        return Connection(parts[0].departure, parts[-1].arrival, parts, asked=moment)

    def _scan(self, trains: int, start: int, *, latest: int, mirrored: bool) -> Scan:
        """A search, unless one was made before that looked at least as far."""
        known = self._scans.get((mirrored, start))
        if known is not None and known.trains >= trains and known.latest >= latest:
            return known
        ends = (self._origin, self._destination)
        source, target = reversed(ends) if mirrored else ends
        scan = Scan(self._graphs[mirrored], source, target, trains, latest=latest).run(start)
        self._scans[mirrored, start] = scan
        return scan

    def _part(self, leg: Leg) -> Part:
        """A leg of the mirrored graph as it is ridden."""
        run = self._graphs[True].routes[leg.route].run
        last = len(runs()[run].stops) - 1
        start = -leg.start - runs()[run].stops[last].arrival
        return Part(run, start, board=last - leg.alight, alight=last - leg.board)


def _is_hasty(way: Connection, arrivals: Sequence[int]) -> bool:
    """Whether with fewer changes one is there hardly later (``arrivals`` by number of trains)."""
    return any(
        arrivals[fewer + 1] < way.arrival + GAIN_OF_A_CHANGE * (way.changes - fewer)
        for fewer in range(way.changes)
    )
