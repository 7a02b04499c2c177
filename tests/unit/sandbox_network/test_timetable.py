"""The simulated timetable as a whole: big enough, without contradictions, and plausible."""

from datetime import date
from itertools import pairwise

import pytest

from sandbox.network.graph import graph
from sandbox.network.guide import MOST_TRAINS, approach
from sandbox.network.stations import all_stations, station
from sandbox.network.timetable import operator_names, runs
from tests.unit.sandbox_network.travel import uic


def test_there_are_lines_of_every_kind() -> None:
    lines = {(run.line, run.category, run.operator) for run in runs()}
    assert len(lines) >= 150
    assert {run.category for run in runs()} == {"IC", "IR", "RE", "S", "R", "PE"}


def test_every_run_serves_known_stations_once_and_takes_time() -> None:
    for run in runs():
        for stop in run.stops:
            station(stop.uic)
        assert len({stop.uic for stop in run.stops}) == len(run.stops) >= 2
        for first, second in pairwise(run.stops):
            assert first.arrival <= first.departure < second.arrival
            assert first.kilometre < second.kilometre
        assert (run.stops[0].departure, run.stops[0].kilometre) == (0, 0.0)


def test_every_station_is_served() -> None:
    assert {stop.uic for run in runs() for stop in run.stops} == {one.uic for one in all_stations()}


def test_a_train_number_is_given_once() -> None:
    numbers = [number for run in runs() for number in run.numbers]
    assert len(numbers) == len(set(numbers))


def test_every_line_runs_in_both_directions() -> None:
    ways = {(run.line, run.stops[0].uic, run.stops[-1].uic) for run in runs()}
    begins = {(line, first) for line, first, _ in ways}
    ends = {(line, last) for line, _, last in ways}
    for run in runs():
        there, back = run.stops[-1].uic, run.stops[0].uic
        assert (run.line, there) in begins or (run.line, back) in ends


def test_trains_run_from_before_five_until_after_one() -> None:
    starts = [start for run in runs() for start in run.starts]
    ends = [run.starts[-1] + run.stops[-1].arrival for run in runs()]
    assert min(starts) == 4 * 60 + 45
    assert 25 * 60 <= max(ends) < 26 * 60


def test_no_train_is_on_its_way_when_the_clocks_change() -> None:
    for run in runs():
        assert run.starts[0] >= 3 * 60
        assert run.starts[-1] + run.stops[-1].arrival <= 26 * 60


def test_trains_follow_each_other_at_a_steady_interval() -> None:
    for run in runs():
        assert len({second - first for first, second in pairwise(run.starts)}) <= 1


def test_some_trains_run_on_working_days_only() -> None:
    saturday, monday = date(2026, 12, 12), date(2026, 12, 14)
    resting = {run.line for run in runs() if not run.runs_on(saturday)}
    assert resting == {"IR 55"}
    assert all(run.runs_on(monday) for run in runs())


def test_every_operator_has_a_name() -> None:
    assert {run.operator for run in runs()} == set(operator_names())
    assert operator_names()["1185"] == "SBB"


@pytest.mark.parametrize(
    ("line", "first", "last", "kilometres"),
    [
        ("IC 1", "Bern", "Zürich HB", 120.0),
        ("IC 61", "Basel SBB", "Bern", 106.2),
        ("IC 2", "Arth-Goldau", "Bellinzona", 142.0),
        ("IR 90", "Lausanne", "Brig", 145.5),
    ],
)
def test_kilometres_are_those_of_the_real_lines(
    line: str, first: str, last: str, kilometres: float
) -> None:
    found = set()
    for run in runs():
        places = {stop.uic: stop.kilometre for stop in run.stops}
        if run.line == line and {uic(first), uic(last)} <= set(places):
            found.add(round(abs(places[uic(last)] - places[uic(first)]), 1))
    assert found == {kilometres}


def test_any_two_stations_are_at_most_four_changes_apart() -> None:
    network = graph((), mirrored=False)
    count = len(all_stations())
    for target in range(0, count, 9):
        assert max(approach(network, target).guide.trains) <= MOST_TRAINS
