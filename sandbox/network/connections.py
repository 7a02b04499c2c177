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
from sandbox.network.guide import approach
from sandbox.network.parts import Part
from sandbox.network.scan import Leg, Scan
from sandbox.network.timetable import runs
from sandbox.network.traveldays import days_from, days_until

# Each further change must bring the traveller there by at least so many minutes earlier.
GAIN_OF_A_CHANGE = 8
# A way with fewer changes may take this much longer than the fastest one.
PATIENCE_FACTOR, PATIENCE_MINUTES = 1.5, 25
# Nobody waits longer than this for the next train: the day's travelling ends at night.
LONGEST_WAIT = 120
# A search looks nearby first: within so many times the riding time, later by so many minutes more
# than the last one found anything.
NEAR_FACTOR, NEAR_MINUTES, FURTHER = 1.5, 90, 60
# How far from the moment asked for we look, in minutes.
HORIZON = 48 * 60


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
        self._scans: dict[tuple[bool, int], list[Scan]] = {}
        riding = approach(self._graphs[False], self._destination).guide.minutes[self._origin]
        self._near = [int(NEAR_FACTOR * riding) + NEAR_MINUTES] * (max_changes + 2)

    def leaving_from(self, moment: int) -> Iterator[list[Connection]]:
        """Those that leave at ``moment`` or later, the first to leave first."""
        return self._offered([self._onwards(level, moment) for level in self._levels])

    def leaving_before(self, moment: int) -> Iterator[list[Connection]]:
        """Those that leave before ``moment``, the last to leave first."""
        ways = []
        for level in self._levels:
            day = next(days_until(moment))
            next_arrival = self._earliest_arrival(level, moment, until=day.last)
            limit = day.last if next_arrival is None else next_arrival - 1
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
            day = next(days_from(moment))
            departure = self._latest_departure(level, moment, since=day.first)
            ways.append(self._onwards(level, day.first if departure is None else departure + 1))
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
        onwards = self._known(trains, way.asked, latest=latest, mirrored=False)
        back = self._known(trains, -way.arrival, latest=-way.departure, mirrored=True)
        if onwards is None or back is None:
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
        for day in days_from(moment):
            moment = max(moment, day.first)
            if moment > end:
                return
            while moment <= end:
                arrival = self._earliest_arrival(level, moment, until=day.last)
                if arrival is None:
                    break
                way = self._connection_after(level, moment, arrival)
                yield way
                moment = way.departure + 1

    def _backwards(self, level: int, limit: int) -> Iterator[Connection]:
        end = limit - HORIZON
        for day in days_until(limit):
            limit = min(limit, day.last)
            if limit < end:
                return
            while limit >= end:
                departure = self._latest_departure(level, limit, since=day.first)
                if departure is None:
                    break
                # Who leaves then is there in time; with a change more, perhaps before.
                latest = limit + GAIN_OF_A_CHANGE * level
                scan = self._scan(level + 1, departure, latest=latest, mirrored=False)
                way = self._connection_after(level, departure, scan.arrivals[level + 1])
                yield way
                limit = way.arrival - 1

    def _earliest_arrival(self, level: int, departure: int, *, until: int) -> int | None:
        return self._first(level + 1, departure, end=until, mirrored=False)

    def _latest_departure(self, level: int, arrival: int, *, since: int) -> int | None:
        moment = self._first(level + 1, -arrival, end=-since, mirrored=True)
        return None if moment is None else -moment

    def _first(self, trains: int, start: int, *, end: int, mirrored: bool) -> int | None:
        """The first arrival in the minutes of the graph, looked for where the last one was."""
        for latest in (min(start + self._near[trains], end), end):
            scan = self._scan(trains, start, latest=latest, mirrored=mirrored)
            if scan.arrivals[trains] <= end:
                arrival = scan.arrivals[trains]
                self._near[trains] = arrival - start + FURTHER
                return arrival
        return None

    def _connection_after(self, level: int, moment: int, arrival: int) -> Connection:
        """The one that leaves last of those after ``moment`` that are there at ``arrival``."""
        scan = self._scan(level + 1, -arrival, latest=-moment, mirrored=True)
        parts = tuple(self._part(leg) for leg in reversed(scan.legs(level + 1)))
        return Connection(parts[0].departure, parts[-1].arrival, parts, asked=moment)

    def _scan(self, trains: int, start: int, *, latest: int, mirrored: bool) -> Scan:
        """A search, unless one was made before that looked at least as far."""
        known = self._known(trains, start, latest=latest, mirrored=mirrored)
        if known is not None:
            return known
        ends = (self._origin, self._destination)
        source, target = reversed(ends) if mirrored else ends
        scan = Scan(self._graphs[mirrored], source, target, trains, latest=latest).run(start)
        self._scans.setdefault((mirrored, start), []).append(scan)
        return scan

    def _known(self, trains: int, start: int, *, latest: int, mirrored: bool) -> Scan | None:
        for scan in self._scans.get((mirrored, start), ()):
            if scan.trains >= trains and scan.latest >= latest:
                return scan
        return None

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
