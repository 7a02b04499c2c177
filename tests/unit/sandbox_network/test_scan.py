"""The search against a slow and simple one that looks at every hop of every train in order."""

from datetime import date, timedelta

import pytest

from sandbox.network.graph import change_minutes, graph, node_of_station
from sandbox.network.scan import NEVER, Scan
from sandbox.network.servicedays import day_start, minutes_of
from sandbox.network.stations import all_stations, station
from sandbox.network.timetable import runs
from tests.unit.sandbox_network.travel import at, some_stations, uic

TRAINS = 5
Hop = tuple[int, int, tuple[int, int], int, int]


def hops_of(day: date) -> list[Hop]:
    """(departure, arrival, train, from, to) for each hop of each train of a service day."""
    zero = day_start(day)
    return [
        (zero + start + here.departure, zero + start + there.arrival, (place, zero + start), *ends)
        for place, run in enumerate(runs())
        if run.runs_on(day)
        for start in run.starts
        for here, there in zip(run.stops, run.stops[1:], strict=False)
        for ends in [(here.uic, there.uic)]
    ]


def arrivals_the_slow_way(origin: int, moment: int, hours: int) -> list[dict[int, int]]:
    """By number of trains: the earliest arrival at each station."""
    today = at("2026-12-10 12:00").date()
    days = [today + timedelta(days=shift) for shift in (-1, 0, 1)]
    end = moment + hours * 60
    hops = sorted(hop for day in days for hop in hops_of(day) if moment <= hop[0] <= end)
    reached: list[dict[int, int]] = [{origin: moment}] + [{} for _ in range(TRAINS)]
    aboard: list[set[tuple[int, int]]] = [set() for _ in range(TRAINS + 1)]
    change = {one.uic: change_minutes(one) for one in all_stations()}
    for departure, arrival, train, here, there in hops:
        for trains in range(1, TRAINS + 1):
            walk = change[here] if trains > 1 else 0
            if train in aboard[trains] or reached[trains - 1].get(here, NEVER) + walk <= departure:
                aboard[trains].add(train)
                reached[trains][there] = min(arrival, reached[trains].get(there, NEVER))
    return reached


@pytest.mark.parametrize(
    ("origin", "when"),
    [
        ("Bern", "2026-12-10 07:55"),
        ("Trogen", "2026-12-10 05:10"),
        ("Zermatt", "2026-12-10 16:41"),
        ("Poschiavo", "2026-12-10 20:20"),
    ],
)
def test_the_search_finds_the_earliest_arrival_for_each_number_of_changes(
    origin: str, when: str
) -> None:
    moment, hours = minutes_of(at(when)), 15
    expected = arrivals_the_slow_way(uic(origin), moment, hours)
    node = node_of_station()
    network = graph((), mirrored=False)
    for target in set(some_stations(80, seed=origin)) - {uic(origin)}:
        latest = moment + hours * 60
        scan = Scan(network, node[uic(origin)], node[target], TRAINS, latest=latest).run(moment)
        best = NEVER
        for trains in range(1, TRAINS + 1):
            best = min(best, expected[trains].get(target, NEVER))
            found = scan.arrivals[trains]
            assert found == (best if best <= latest else NEVER), (target, trains)


def test_the_mirrored_search_finds_the_latest_departure() -> None:
    """Leaving later than it says, nobody arrives in time; leaving then, one does."""
    node = node_of_station()
    origin, target = node[uic("Thun")], node[uic("Romanshorn")]
    limit = minutes_of(at("2026-12-10 15:00"))
    back = Scan(graph((), mirrored=True), target, origin, TRAINS, latest=600 - limit).run(-limit)
    departure = -back.arrivals[TRAINS]
    forwards = graph((), mirrored=False)
    on_time = Scan(forwards, origin, target, TRAINS, latest=limit).run(departure)
    too_late = Scan(forwards, origin, target, TRAINS, latest=limit).run(departure + 1)
    assert limit - 60 <= on_time.arrivals[TRAINS] <= limit
    assert too_late.arrivals[TRAINS] == NEVER


def test_changing_takes_longer_in_a_big_station() -> None:
    assert change_minutes(station(uic("Zürich HB"))) == 6
    assert change_minutes(station(uic("Langnau i.E."))) == 4
