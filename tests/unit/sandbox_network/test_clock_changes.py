"""The two nights on which the clocks change: 29 March and 25 October 2026, at 3 o'clock."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise

import pytest

from sandbox.network.connections import LONGEST_WAIT
from sandbox.network.journeys import Request, journey_from_key, plan
from sandbox.network.servicedays import day_start, minutes_of, moment_of
from sandbox.network.traveldays import days_from, days_until
from tests.unit.sandbox_network.travel import at, times, travel, uic

SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


@pytest.mark.parametrize("day", ["2026-03-28", "2026-03-29", "2026-10-24", "2026-10-25"])
def test_trains_leave_at_the_minute_in_the_timetable(day: str) -> None:
    found = travel("Bern", "Zürich HB", at(f"{day} 04:30"), after=2)
    assert [times(one) for one in found] == ["05:02-05:58", "05:32-06:28"]
    assert {one.duration for one in found} == {timedelta(minutes=56)}
    assert {f"{one.departure:%Y-%m-%d}" for one in found} == {day}


@pytest.mark.parametrize("day", ["2026-03-28", "2026-10-24"])
def test_the_last_train_of_the_evening_runs_as_ever(day: str) -> None:
    last = travel("Thun", "Luzern", at(f"{day} 23:30"), after=1)[0]
    assert times(last) == "23:36-01:00"
    assert last.duration == timedelta(minutes=84)
    assert journey_from_key(last.key) == last


@pytest.mark.parametrize(
    "when",
    [
        at("2026-03-29 02:30"),
        at("2026-10-25 02:30"),
        at("2026-10-25 02:30").replace(fold=1),
        datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
    ],
)
def test_a_moment_in_the_changed_hour_is_answered(when: datetime) -> None:
    found = plan(Request(uic("Bern"), uic("Zürich HB"), when), before=1, after=1)
    assert [times(one) for one in found] == ["00:06-01:21", "05:02-05:58"]


def test_the_night_is_an_hour_shorter_in_spring_and_longer_in_autumn() -> None:
    assert day_start(SPRING + timedelta(days=1)) - day_start(SPRING) == 24 * 60
    assert day_start(SPRING) - day_start(SPRING - timedelta(days=1)) == 23 * 60
    assert day_start(AUTUMN) - day_start(AUTUMN - timedelta(days=1)) == 25 * 60


def test_a_train_through_the_skipped_hour_takes_as_long_as_ever() -> None:
    """Were one to leave at 25:50 and arrive at 26:40, it would stand at the platform at 03:40."""
    evening = day_start(SPRING - timedelta(days=1))
    leaves, arrives = moment_of(evening + 25 * 60 + 50), moment_of(evening + 26 * 60 + 40)
    assert (f"{leaves:%H:%M %Z}", f"{arrives:%H:%M %Z}") == ("01:50 CET", "03:40 CEST")
    assert minutes_of(arrives) - minutes_of(leaves) == 50


def test_a_train_through_the_repeated_hour_takes_as_long_as_ever() -> None:
    evening = day_start(AUTUMN - timedelta(days=1))
    leaves, arrives = moment_of(evening + 26 * 60 + 50), moment_of(evening + 27 * 60 + 10)
    assert (f"{leaves:%H:%M %Z}", f"{arrives:%H:%M %Z}") == ("02:50 CEST", "02:10 CET")
    assert minutes_of(arrives) - minutes_of(leaves) == 20


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_pages_over_the_night_have_no_gap(day: str) -> None:
    noon = at(f"{day} 12:00")
    asked = Request(uic("Genève"), uic("St. Gallen"), noon - timedelta(hours=18))
    forwards = plan(asked, after=40)
    until = forwards[-1].departure + timedelta(minutes=1)
    backwards = plan(Request(asked.origin, asked.destination, until), before=40, after=0)
    assert [one.key for one in backwards] == [one.key for one in forwards]


def test_at_night_no_train_runs_for_longer_than_anybody_waits() -> None:
    """The search goes by that: it looks for no connection over the night."""
    begin = minutes_of(at("2026-01-01 12:00"))
    for today, tomorrow in pairwise(islice(days_from(begin), 400)):
        assert today.last + LONGEST_WAIT < tomorrow.first
        assert next(days_from(today.last + 1)) == tomorrow
        assert next(days_until(tomorrow.first - 1)) == today
