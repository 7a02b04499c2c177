"""What is known of the way to a target before any search: it keeps searches from straying."""

import heapq
from functools import lru_cache
from typing import NamedTuple

from sandbox.network.graph import Graph, graph

# More than any search allows, so that what cannot reach the target is never followed.
OUT_OF_REACH = 1 << 30


class Guide(NamedTuple):
    """For every node the fewest minutes that trains need to the target, and the fewest trains.

    Waiting and changing are left out of the minutes, so no real way is ever shorter.
    """

    minutes: tuple[int, ...]
    trains: tuple[int, ...]


def guide(network: Graph, target: int) -> Guide:
    """The guide to one target, kept for the next search; the graph itself is not kept alive."""
    return _guide(network.via, target, mirrored=network.mirrored)


@lru_cache(maxsize=512)
def _guide(via: tuple[int, ...], target: int, *, mirrored: bool) -> Guide:
    network = graph(via, mirrored=mirrored)
    return Guide(_minutes_to(network, target), _trains_to(network, target))


@lru_cache(maxsize=4)
def _ways_in(network: Graph) -> tuple[dict[int, int], ...]:
    """For every node the nodes before it on some route, with the shortest riding time."""
    ways: list[dict[int, int]] = [{} for _ in network.calls]
    for route in network.routes:
        for place in range(1, len(route.nodes)):
            before, here = route.nodes[place - 1], route.nodes[place]
            minutes = route.arrivals[place] - route.departures[place - 1]
            ways[here][before] = min(minutes, ways[here].get(before, OUT_OF_REACH))
    return tuple(ways)


def _minutes_to(network: Graph, target: int) -> tuple[int, ...]:
    ways = _ways_in(network)
    found = [OUT_OF_REACH] * len(ways)
    found[target] = 0
    queue = [(0, target)]
    while queue:
        minutes, node = heapq.heappop(queue)
        if minutes > found[node]:
            continue
        for before, riding in ways[node].items():
            if minutes + riding < found[before]:
                found[before] = minutes + riding
                heapq.heappush(queue, (minutes + riding, before))
    return tuple(found)


def _trains_to(network: Graph, target: int) -> tuple[int, ...]:
    found = [OUT_OF_REACH] * len(network.calls)
    found[target] = 0
    reached, trains = {target}, 0
    # A route counts up to its last place from which the target was reached with fewer trains.
    until: dict[int, int] = {}
    while reached:
        trains += 1
        coming: set[int] = set()
        for node in reached:
            for route, place in network.calls[node]:
                for earlier in network.routes[route].nodes[until.get(route, 0) : place]:
                    if found[earlier] == OUT_OF_REACH:
                        found[earlier] = trains
                        coming.add(earlier)
                until[route] = max(place, until.get(route, 0))
        reached = coming
    return tuple(found)
