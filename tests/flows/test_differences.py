"""The list of differences, the run that fills it, and the command that prints it."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command

from agenturclient import bootstrap
from agenturclient.identity.actors import PermissionMissing, Role
from agenturclient.kernel.money import Money
from agenturclient.sales import differences, worklist
from agenturclient.sales.details import DifferenceCause, DifferenceKind
from agenturclient.sales.errors import AlreadySettled, DifferenceNotFound, ReasonMissing
from agenturclient.sales.models import Difference, Sale
from agenturclient.sales.ports import Refused, Unavailable
from agenturclient.sales.reconciliation import Window, reconcile
from tests.flows.operators import (
    away,
    compare,
    open_rows,
    turn_price,
    wide_actor,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.flows.conftest import Desk


def test_a_difference_that_is_seen_again_stays_one_row(desk: Desk) -> None:
    desk.sold()
    turn_price(desk, 100)
    first = desk.clock.now()
    compare(desk)
    desk.clock.advance(timedelta(days=3))
    turn_price(desk, 50)
    compare(desk)
    row = Difference.objects.get()
    assert (row.first_seen, row.last_seen) == (first, desk.clock.now())
    assert row.found == 2750


def test_what_a_person_has_resolved_is_raised_again_only_when_it_changes(desk: Desk) -> None:
    desk.sold()
    turn_price(desk, 100)
    compare(desk)
    row = Difference.objects.get()
    actor = wide_actor()
    done = worklist.resolve_difference(row.pk, reason="paid", actor=actor, clock=desk.clock)
    assert (done.resolution, done.resolved_by) == ("paid", "Ruth Frei")
    compare(desk)
    assert open_rows() == []
    turn_price(desk, 1)
    compare(desk)
    assert [row[1:3] for row in open_rows()] == [(2600, 2701)]


def test_a_difference_is_resolved_once_and_with_a_reason(desk: Desk) -> None:
    desk.sold()
    turn_price(desk, 100)
    compare(desk)
    row = Difference.objects.get().pk
    actor = wide_actor()
    with pytest.raises(ReasonMissing):
        worklist.resolve_difference(row, reason=" ", actor=actor, clock=desk.clock)
    first = worklist.resolve_difference(row, reason="paid", actor=actor, clock=desk.clock)
    desk.clock.advance(timedelta(minutes=1))
    assert worklist.resolve_difference(row, reason="paid", actor=actor, clock=desk.clock) == first
    with pytest.raises(AlreadySettled):
        worklist.resolve_difference(row, reason="no", actor=wide_actor(), clock=desk.clock)
    with pytest.raises(DifferenceNotFound):
        worklist.resolve_difference(999, reason="paid", actor=actor, clock=desk.clock)


def test_only_the_operators_people_see_differences(desk: Desk) -> None:
    for actor in (desk.actor, wide_actor(Role.CUSTOMER_CARE)):
        with pytest.raises(PermissionMissing):
            worklist.list_differences(actor=actor)
        with pytest.raises(PermissionMissing):
            worklist.resolve_difference(1, reason="paid", actor=actor, clock=desk.clock)


def test_differences_come_in_pages_and_are_counted(desk: Desk) -> None:
    sale = Sale.objects.get(order__pk=int(desk.sold().number[2:]))
    for n in range(51):
        finding = differences.Finding(DifferenceKind.PRICE, n, n, cause=DifferenceCause.UNKNOWN)
        differences.note(sale, finding, now=desk.clock.now())
        Difference.objects.filter(resolved_at=None).update(
            open_subject=None, resolved_at=desk.clock.now()
        )
    page = worklist.list_differences(actor=wide_actor(), only_open=False)
    assert (len(page.results), page.results[0].expected) == (50, Money(50, "CHF"))
    rest = worklist.list_differences(actor=wide_actor(), only_open=False, cursor=page.next or "")
    assert (len(rest.results), rest.next) == (1, None)
    assert worklist.list_differences(actor=wide_actor()).results == ()
    turn_price(desk, 5)
    compare(desk)
    assert {kind: n for kind, n in differences.counts().items() if n} == {DifferenceKind.PRICE: 1}
    assert set(differences.counts()) == set(DifferenceKind)


# ---------------------------------------------------------------- the run


def test_only_the_windows_sales_and_open_differences_are_looked_at(desk: Desk) -> None:
    desk.sold()
    turn_price(desk, 100)
    desk.clock.advance(timedelta(days=2))
    assert compare(desk).compared == 0
    number = desk.sold().number
    other = Sale.objects.order_by("pk")[0].order.number
    assert compare(desk).compared == 1
    assert compare(desk, other).compared == 1
    assert len(open_rows()) == 1
    desk.clock.advance(timedelta(days=2))
    assert compare(desk).compared == 1
    assert compare(desk, number, other, "nonsense").compared == 2
    everything = reconcile(Window(), distributor=desk.distributor, clock=desk.clock)
    assert everything.compared == 2
    until = reconcile(
        Window(until=desk.clock.now() - timedelta(days=3)),
        distributor=desk.distributor,
        clock=desk.clock,
    )
    assert until.compared == 1


def test_a_distributor_that_goes_away_ends_the_run_which_goes_on_from_there(desk: Desk) -> None:
    sales = [Sale.objects.get(order__pk=int(desk.sold().number[2:])) for _ in range(3)]
    calls = iter(range(10))

    def leave(method: str) -> None:
        if method == "read_booking" and next(calls) == 1:
            raise Unavailable("no-route-to-host")

    desk.distributor.knobs.on_call = leave
    report = compare(desk)
    assert (report.compared, report.stopped) == (1, "no-route-to-host")
    assert report.cursor == sales[0].pk
    window = Window(since=desk.clock.now() - timedelta(days=1))
    rest = reconcile(window, distributor=desk.distributor, clock=desk.clock, after=report.cursor)
    assert (rest.compared, rest.stopped, rest.cursor) == (2, "", sales[2].pk)


def test_more_sales_than_a_page_are_all_compared(desk: Desk) -> None:
    for _ in range(5):
        desk.sold()
    report = reconcile(Window(), distributor=desk.distributor, clock=desk.clock, page_size=2)
    assert report.compared == 5


def test_a_booking_that_cannot_be_shown_is_left_for_later(desk: Desk) -> None:
    desk.sold()
    turn_price(desk, 100)
    desk.distributor.fail_next("read_booking", Refused("something-of-theirs"))
    report = compare(desk)
    assert (report.compared, report.skipped, open_rows()) == (0, 1, [])


def test_a_sale_that_moves_while_the_distributor_is_asked_is_left_for_later(desk: Desk) -> None:
    order = desk.sold()
    calls = iter(range(100))

    def refund_meanwhile(method: str) -> None:
        if method == "find_bookings" and next(calls) == 0:
            desk.accept(desk.quote(order))

    desk.distributor.knobs.on_call = refund_meanwhile
    report = compare(desk)
    assert (report.compared, report.skipped, open_rows()) == (0, 1, [])
    assert compare(desk).compared == 1
    assert open_rows() == []


# ---------------------------------------------------------------- the command


@pytest.fixture
def wired(desk: Desk) -> Iterator[Desk]:
    """The program uses the desk's distributor and clock."""
    bootstrap.use(distributor=desk.distributor, clock=desk.clock)
    yield desk
    bootstrap.use()


def test_the_command_is_silent_about_nothing_and_fails_for_a_difference(wired: Desk) -> None:
    number = wired.sold().number
    out = StringIO()
    call_command("reconcile", stdout=out)
    assert out.getvalue() == ("1 sales compared, 0 left for later; 0 differences open, 0 gone.\n")
    turn_price(wired, 105)
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("reconcile", order=[number], stdout=out)
    assert ended.value.code == 1
    lines = [line.split() for line in out.getvalue().splitlines()]
    assert lines[1] == [
        number,
        "price-differs",
        "26.00",
        "CHF",
        "27.05",
        "CHF",
        "distributor-changed-the-amount",
    ]


def test_the_command_says_where_it_stopped(wired: Desk) -> None:
    wired.sold()
    out = StringIO()
    with away(wired, "read_booking"), pytest.raises(SystemExit) as ended:
        call_command("reconcile", days=2, after=0, stdout=out)
    assert ended.value.code == 2
    assert out.getvalue().splitlines()[-1] == "Stopped (no-route-to-host): go on with --after 0."
