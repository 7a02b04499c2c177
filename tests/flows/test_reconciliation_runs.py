"""Runs of the reconciliation: one a night, one at a time, taken further by whoever is there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

import pytest

from agenturclient.identity.actors import PermissionMissing, Role
from agenturclient.sales import reconciliation_runs
from agenturclient.sales.models import Difference, ReconciliationRun
from agenturclient.sales.reconciliation_runs import Reconciler, Schedule
from tests.flows.operators import READS, away, turn_price, wide_actor

if TYPE_CHECKING:
    from agenturclient.sales.details import RunDetail
    from tests.flows.conftest import Desk

NEVER = Schedule(at=None, days=2)
# The desk's clock begins at noon UTC: one o'clock in Switzerland, as it is winter.
AT_TWO = Schedule(at=time(14), days=2)


def worker(desk: Desk, schedule: Schedule = NEVER) -> Reconciler:
    return Reconciler(desk.distributor, desk.clock, schedule)


def ask(desk: Desk) -> RunDetail:
    return reconciliation_runs.ask(actor=wide_actor(), days=2, clock=desk.clock)


def newest(desk: Desk) -> RunDetail:
    return reconciliation_runs.list_runs(actor=wide_actor())[0]


def to_its_end(reconciler: Reconciler) -> int:
    steps = 0
    while ReconciliationRun.objects.filter(ended_at=None).exists():
        reconciler.run_once()
        steps += 1
    return steps


def test_a_run_is_due_once_a_night_from_its_time_on_by_the_swiss_clock(desk: Desk) -> None:
    reconciler = worker(desk, AT_TWO)
    reconciler.run_once()
    assert ReconciliationRun.objects.count() == 0

    desk.clock.advance(timedelta(hours=1))
    today = AT_TWO.night(desk.clock.now())
    for _ in range(3):
        reconciler.run_once()
    runs = ReconciliationRun.objects.all()
    assert [(run.night, run.user_id, run.ended_at) for run in runs] == [
        (today, None, desk.clock.now())
    ]

    desk.clock.advance(timedelta(days=1))
    reconciler.run_once()
    assert isinstance(today, date)
    assert newest(desk).night == today + timedelta(days=1)


def test_never_is_never(desk: Desk) -> None:
    desk.clock.advance(timedelta(days=3))
    worker(desk).run_once()
    assert ReconciliationRun.objects.count() == 0


def test_a_person_asks_and_sees_what_came_of_it(desk: Desk) -> None:
    desk.sold()
    desk.sold()
    desk.clock.advance(timedelta(seconds=5))
    asked = ask(desk)
    assert (asked.asked_by, asked.ended_at, asked.night) == ("Ruth Frei", None, None)

    to_its_end(worker(desk))
    run = newest(desk)
    assert (run.id, run.compared, run.skipped, run.seen, run.stopped) == (asked.id, 2, 0, 0, "")
    assert run.ended_at == desk.clock.now()


def test_one_run_at_a_time_whoever_asks(desk: Desk) -> None:
    first = ask(desk)
    assert ask(desk).id == first.id
    desk.clock.advance(timedelta(hours=2))
    worker(desk, AT_TWO).run_once()
    # The night's own run follows when the one that was asked for has ended.
    assert ReconciliationRun.objects.filter(night=None).count() == 1
    worker(desk, AT_TWO).run_once()
    assert newest(desk).night is not None


def test_a_run_goes_on_in_steps_from_where_a_dead_worker_left_it(desk: Desk) -> None:
    for _ in range(12):
        desk.sold()
    desk.clock.advance(timedelta(seconds=5))
    ask(desk)
    dying = worker(desk)
    assert dying.run_once() == 10
    held = ReconciliationRun.objects.get()
    # It takes the next step and dies in the middle of it: nobody else may before its lease ends.
    ReconciliationRun.objects.update(
        fence=held.fence + 1, lease_until=desk.clock.now() + timedelta(minutes=10)
    )
    assert worker(desk).run_once() == 0
    desk.clock.advance(timedelta(minutes=10))
    to_its_end(worker(desk))
    run = newest(desk)
    assert (run.compared, run.skipped) == (12, 0)


def test_a_worker_that_is_asked_to_end_gives_the_run_back_after_the_sale_under_way(
    desk: Desk,
) -> None:
    for _ in range(3):
        desk.sold()
    desk.clock.advance(timedelta(seconds=5))
    ask(desk)
    asked = iter([False, False, True])

    assert worker(desk).run_once(lambda: next(asked)) == 1
    assert worker(desk).run_once(lambda: True) == 0

    held = ReconciliationRun.objects.get()
    assert (held.compared, held.fence, held.lease_until) == (1, 1, desk.clock.now())
    assert worker(desk).run_once() == 2  # another one, at the same moment
    assert newest(desk).compared == 3


def test_a_worker_that_wakes_up_after_its_lease_writes_nothing(desk: Desk) -> None:
    desk.sold()
    desk.clock.advance(timedelta(seconds=5))
    ask(desk)

    def overtake(method: str) -> None:
        if method == "read_booking":
            desk.distributor.knobs.on_call = lambda _method: None
            desk.clock.advance(timedelta(minutes=11))
            to_its_end(worker(desk))

    desk.distributor.knobs.on_call = overtake
    worker(desk).run_once()
    run = newest(desk)
    assert (run.compared, run.ended_at) == (1, desk.clock.now())


def test_a_distributor_that_is_away_is_waited_for_and_not_for_ever(desk: Desk) -> None:
    desk.sold()
    desk.clock.advance(timedelta(seconds=5))
    ask(desk)
    reconciler = worker(desk)
    with away(desk, *READS):
        assert reconciler.run_once() == 0
        assert newest(desk).stopped == "no-route-to-host"
        assert reconciler.run_once() == 0
        desk.clock.advance(timedelta(minutes=5))
        reconciler.run_once()
        assert newest(desk).ended_at is None
    desk.clock.advance(timedelta(minutes=5))
    to_its_end(reconciler)
    assert (newest(desk).compared, newest(desk).stopped) == (1, "")

    desk.clock.advance(timedelta(minutes=5))
    ask(desk)
    with away(desk, *READS):
        for _ in range(8):
            desk.clock.advance(timedelta(hours=1))
            reconciler.run_once()
    given_up = newest(desk)
    assert (given_up.stopped, given_up.compared) == ("no-route-to-host", 0)
    assert given_up.ended_at is not None


def test_nights_that_came_to_nothing_are_made_up_for(desk: Desk) -> None:
    desk.sold()
    desk.clock.advance(timedelta(days=5))
    ask(desk)
    to_its_end(worker(desk))
    assert newest(desk).compared == 0

    ReconciliationRun.objects.update(asked_at=desk.clock.now() - timedelta(days=6))
    ask(desk)
    to_its_end(worker(desk))
    assert newest(desk).compared == 1


def test_a_run_leaves_its_differences_as_rows(desk: Desk) -> None:
    desk.sold()
    turn_price(desk, 100)
    desk.clock.advance(timedelta(seconds=5))
    ask(desk)
    to_its_end(worker(desk))
    assert newest(desk).seen == 1
    assert [row.kind for row in Difference.objects.all()] == ["price-differs"]


def test_only_the_operators_people_ask_and_see_runs(desk: Desk) -> None:
    for actor in (
        desk.actor,
        wide_actor(Role.CUSTOMER_CARE),
        replace(wide_actor(), role=Role.AGENT),
    ):
        with pytest.raises(PermissionMissing):
            reconciliation_runs.ask(actor=actor, days=2, clock=desk.clock)
        with pytest.raises(PermissionMissing):
            reconciliation_runs.list_runs(actor=actor)
