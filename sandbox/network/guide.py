"""What is known of the way to a target before any search: it keeps searches from straying."""

import heapq
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from sandbox.network.graph import Graph, node_of_station, runs_at
from sandbox.network.stations import all_stations
from sandbox.network.timetable import Run, runs

# More than any search allows, so that what cannot reach the target is never followed.
OUT_OF_REACH = 1 << 30
# No search allows more.
MOST_TRAINS = 5


class Guide(NamedTuple):
    """For every node the fewest minutes that trains need to the target, and the fewest trains.

    Waiting and changing are left out of the minutes, so no real way is ever shorter.
    """

    minutes: tuple[int, ...]
    trains: tuple[int, ...]

    def ends(self, nodes: Sequence[int]) -> tuple[int, ...]:
        """The last place on a route from where so many trains more (0, 1, …) are enough.

        There is no reason to stay on the route any longer; 0 when there is no such place.
        """
        found = [0] * MOST_TRAINS
        for place, node in enumerate(nodes):
            if self.trains[node] < MOST_TRAINS:
                found[self.trains[node]] = place
        return tuple(accumulate(found, max))


class Approach(NamedTuple):
    """The guide in one network, and its ``ends`` for the routes that searches have met so far."""

    guide: Guide
    ends: dict[int, tuple[int, ...]]


def approach(network: Graph, target: int) -> Approach:
    """The approach to one target, kept for the next search; the network is not kept alive."""
    return _approach(network.via, target, mirrored=network.mirrored)


@lru_cache(maxsize=128)
def _approach(via: tuple[int, ...], target: int, *, mirrored: bool) -> Approach:
    return Approach(_guide(via, target, mirrored=mirrored), {})


def _guide(via: tuple[int, ...], target: int, *, mirrored: bool) -> Guide:
    """Copy by copy of the network: to the via that leads to the next one, and on from there."""
    copy, end = divmod(target, len(all_stations()))
    vias = [node_of_station()[uic] for uic in via]
    out_of_reach = (OUT_OF_REACH,) * len(all_stations())
    copies = [Guide(out_of_reach, out_of_reach) for _ in range(len(via) + 1)]
    onwards = [_straight(end, mirrored=mirrored)]
    copies[copy] = onwards[0]
    places: list[int] = []
    # Mirrored, the way leads down to the target's copy from those above it; else up to it.
    for other in range(copy + 1, len(via) + 1) if mirrored else range(copy - 1, -1, -1):
        places.insert(0, vias[other - 1] if mirrored else vias[other])
        copies[other] = _past(places, onwards, mirrored=mirrored)
        onwards.insert(0, copies[other])
    return Guide(
        tuple([minutes for one in copies for minutes in one.minutes]),
        tuple([trains for one in copies for trains in one.trains]),
    )


@lru_cache(maxsize=512)
def _straight(target: int, *, mirrored: bool) -> Guide:
    """The guide in a network of one copy."""
    trains = _trains_to({0: {target}}, mirrored=mirrored)
    return Guide(_minutes_to(target, mirrored=mirrored), trains)


def _past(places: Sequence[int], onwards: Sequence[Guide], *, mirrored: bool) -> Guide:
    """The guide for a way to the first of these places and on from there, perhaps without a change.

    ``onwards`` are the guides behind each of the places: one train may lead past several.
    """
    place = places[0]
    minutes = onwards[0].minutes[place]
    # By number of trains, who gets so far without a change in front of the place.
    starts: dict[int, set[int]] = {}
    for run in runs_at()[place]:
        nodes = _nodes(runs()[run], mirrored=mirrored)
        trains = 1 + _fewest_on(nodes, places, onwards)
        starts.setdefault(trains, set()).update(nodes[: nodes.index(place) + 1])
    return Guide(
        tuple([minutes + each for each in _straight(place, mirrored=mirrored).minutes]),
        _trains_to(starts, mirrored=mirrored),
    )


def _fewest_on(nodes: Sequence[int], places: Sequence[int], onwards: Sequence[Guide]) -> int:
    """The fewest trains after this one, whose stops are ``nodes``: it calls at the first place."""
    fewest, passed = OUT_OF_REACH, 0
    for place, guide in zip(places, onwards, strict=True):
        if place not in nodes[passed:]:
            break
        passed = nodes.index(place, passed)
        fewest = min(fewest, *(guide.trains[node] for node in nodes[passed:]))
    return fewest


def _nodes(run: Run, *, mirrored: bool) -> list[int]:
    nodes = [node_of_station()[stop.uic] for stop in run.stops]
    return nodes[::-1] if mirrored else nodes


@cache
def _ways_in(*, mirrored: bool) -> tuple[tuple[tuple[int, int], ...], ...]:
    """For every node the nodes before it on some route, each with the shortest riding time."""
    node = node_of_station()
    ways: list[dict[int, int]] = [{} for _ in node]
    for run in runs():
        for here, there in pairwise(run.stops):
            before, after = node[here.uic], node[there.uic]
            if mirrored:
                before, after = after, before
            minutes = there.arrival - here.departure
            ways[after][before] = min(minutes, ways[after].get(before, OUT_OF_REACH))
    return tuple(tuple(each.items()) for each in ways)


@cache
def _rides_in(*, mirrored: bool) -> tuple[frozenset[int], ...]:
    """For every node those from which a train leads there."""
    rides: list[set[int]] = [set() for _ in all_stations()]
    for run in runs():
        nodes = _nodes(run, mirrored=mirrored)
        for place, node in enumerate(nodes):
            rides[node].update(nodes[:place])
    return tuple(frozenset(each) for each in rides)


def _minutes_to(target: int, *, mirrored: bool) -> tuple[int, ...]:
    ways = _ways_in(mirrored=mirrored)
    found = [OUT_OF_REACH] * len(ways)
    found[target] = 0
    queue = [(0, target)]
    while queue:
        minutes, node = heapq.heappop(queue)
        if minutes > found[node]:
            continue
        for before, riding in ways[node]:
            if minutes + riding < found[before]:
                found[before] = minutes + riding
                heapq.heappush(queue, (minutes + riding, before))
    return tuple(found)


def _trains_to(starts: Mapping[int, AbstractSet[int]], *, mirrored: bool) -> tuple[int, ...]:
    """The fewest trains, given by number those that are known already."""
    rides = _rides_in(mirrored=mirrored)
    found = [OUT_OF_REACH] * len(rides)
    known: set[int] = set()
    reached: set[int] = set()
    trains, most = 0, max(starts)
    while reached or trains <= most:
        reached = set().union(starts.get(trains, ()), *[rides[node] for node in reached]) - known
        known |= reached
        for node in reached:
            found[node] = trains
        trains += 1
    return tuple(found)
