"""Pages of journeys, earlier and later, fit together without a gap or a repeat."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sandbox.network.journeys import Journey, Request, plan
from tests.unit.sandbox_network.travel import at, uic

PAIRS = [
    ("Bern", "Zürich HB", ()),
    ("Langnau i.E.", "Trogen", ()),
    ("Zermatt", "St. Moritz", ()),
    ("Locarno", "Interlaken Ost", ()),
    ("Biel/Bienne", "Zürich HB", ()),
    ("Chur", "Bern", ()),
    ("Bern", "Lugano", ("Luzern",)),
]
BEGIN, END = at("2026-12-10 04:00"), at("2026-12-11 10:00")
MINUTE = timedelta(minutes=1)


def request(pair: tuple[str, str, tuple[str, ...]]) -> Request:
    origin, destination, via = pair
    return Request(uic(origin), uic(destination), BEGIN, via=tuple(uic(one) for one in via))


def all_at_once(asked: Request) -> list[str]:
    return [one.key for one in plan(asked, after=200) if one.departure < END]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair[0]}-{pair[1]}")
def test_later_pages_follow_each_other(pair: tuple[str, str, tuple[str, ...]]) -> None:
    asked, when = request(pair), BEGIN
    found: list[Journey] = []
    while when < END:
        page = plan(replace(asked, when=when), after=4)
        assert len(page) >= 4
        found += page
        when = page[-1].departure + MINUTE
    assert [one.key for one in found if one.departure < END] == all_at_once(asked)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair[0]}-{pair[1]}")
def test_earlier_pages_follow_each_other(pair: tuple[str, str, tuple[str, ...]]) -> None:
    asked, when = request(pair), END
    found: list[Journey] = []
    while when > BEGIN:
        page = plan(replace(asked, when=when), before=4, after=0)
        assert len(page) >= 4
        found = [*page, *found]
        when = page[0].departure
    assert [one.key for one in found if one.departure >= BEGIN] == all_at_once(asked)


@pytest.mark.parametrize("clock", ["10:00", "14:02", "18:58"])
def test_before_and_after_meet_at_the_departure_asked_for(clock: str) -> None:
    for pair in PAIRS:
        asked = request(pair)
        everything = all_at_once(asked)
        when = at(f"2026-12-10 {clock}")
        page = plan(replace(asked, when=when), before=2, after=2)
        first = everything.index(page[0].key)
        assert [one.key for one in page] == everything[first : first + len(page)]
        assert 2 <= len([one for one in page if one.departure < when]) <= 3
        assert 2 <= len([one for one in page if one.departure >= when]) <= 3


@pytest.mark.parametrize("clock", ["16:30", "18:58", "21:30"])
def test_before_and_after_meet_at_the_arrival_asked_for(clock: str) -> None:
    for pair in PAIRS:
        asked = request(pair)
        everything = plan(asked, after=200)
        when = at(f"2026-12-10 {clock}")
        page = plan(replace(asked, when=when, arrive_by=True), before=2, after=2)
        in_time = [one for one in everything if one.arrival <= when]
        too_late = [one for one in everything if one.arrival > when]
        early = [one for one in page if one.arrival <= when]
        late = [one for one in page if one.arrival > when]
        assert 2 <= len(early) <= 3
        assert early == in_time[-len(early) :]
        assert 2 <= len(late) <= 3
        assert late == too_late[: len(late)]


def test_a_page_holds_as_many_as_asked_for_unless_some_leave_in_the_same_minute() -> None:
    asked = request(PAIRS[0])
    assert len(plan(asked, before=3, after=4)) == 7
    assert len(plan(asked, before=0, after=0)) == 0
