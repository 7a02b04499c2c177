"""Our books against the distributor's: every difference is found once, with its cause, and goes
when it is gone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command

from agenturclient import bootstrap
from agenturclient.identity.actors import PermissionMissing, Role
from agenturclient.kernel.money import Money
from agenturclient.sales import differences, worklist
from agenturclient.sales.details import DifferenceCause, DifferenceKind, Proposal
from agenturclient.sales.errors import AlreadySettled, DifferenceNotFound, ReasonMissing
from agenturclient.sales.models import Difference, Refund, Sale, Ticket
from agenturclient.sales.ports import Abilities, OfferKind, Refused, Unavailable
from agenturclient.sales.reconciliation import Window, reconcile
from agenturclient.sales.states import SaleState
from agenturclient.settlement.models import Entry
from tests.flows.operators import (
    LOST,
    NO,
    READS,
    YES,
    away,
    compare,
    decide,
    open_rows,
    stuck_acceptance,
    stuck_issue,
    wide_actor,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.fake_books import Entry as Theirs
    from tests.flows.conftest import Desk


def theirs(desk: Desk, sale: Sale | None = None) -> Theirs:
    """The distributor's own entry of a sale."""
    return desk.distributor.books.entries[(sale or Sale.objects.get()).booking_id]


def turn_price(desk: Desk, by: int) -> None:
    """The distributor changes what a booking cost."""
    entry = theirs(desk)
    entry.parts = [replace(entry.parts[0], price=entry.parts[0].price + Money(by, "CHF"))]


# ---------------------------------------------------------------- nothing differs


def test_a_week_like_any_other_has_no_difference(make_desk: Callable[..., Desk]) -> None:
    for abilities in (Abilities(), Abilities(lists_quotes=False, find_by_reference=False)):
        desk = make_desk(abilities=abilities)
        desk.sold(OfferKind.REGULAR, OfferKind.SUPERSAVER, adults=2)
        order = desk.sold(adults=2)
        desk.accept(
            desk.quote(
                order, Ticket.objects.filter(sale__order__pk=int(order.number[2:])).latest("pk").pk
            )
        )
        desk.recover(minutes=0.1)
        desk.hold(desk.prepare())
        desk.quote(desk.sold())
        report = compare(desk)
        assert (report.stopped, report.skipped, report.seen) == ("", 0, 0)
        assert open_rows() == []


def test_a_refund_that_no_quote_tells_is_proved_by_its_parts(
    make_desk: Callable[..., Desk],
) -> None:
    desk = make_desk(abilities=Abilities(lists_quotes=False, reads_quotes=False))
    desk.accept(desk.quote(desk.sold()))
    compare(desk)
    assert open_rows() == []
    entry = theirs(desk)
    entry.parts = [replace(part, refunded=False) for part in entry.parts]
    compare(desk)
    assert open_rows() == [("refunded-here-not-there", 2600, 0, "")]


def test_what_recovery_works_on_is_left_to_it(desk: Desk) -> None:
    number = desk.prepare()
    desk.hold(number)
    desk.distributor.fail_next("issue", LOST, effect=True)
    desk.sell(number)
    report = compare(desk)
    assert (report.compared, report.skipped, open_rows()) == (0, 1, [])


# ---------------------------------------------------------------- each kind


def test_a_sale_that_arrived_late_is_sold_there_and_not_here(desk: Desk) -> None:
    number = desk.prepare()
    desk.hold(number)
    desk.distributor.fail_next("issue", LOST)
    desk.sell(number)
    desk.clock.advance(timedelta(minutes=3))
    desk.recover(minutes=1)
    sale = Sale.objects.get()
    assert sale.state == SaleState.HELD
    desk.distributor.books.issue(sale.booking_id)
    compare(desk)
    assert open_rows() == [("sold-there-not-here", 0, 2600, "late-arrival")]
    desk.clock.advance(timedelta(minutes=30))
    desk.recover(minutes=1)
    compare(desk)
    assert open_rows() == []
    row = Difference.objects.get()
    assert (row.resolution, row.resolved_by, row.resolved_at) == ("gone", None, desk.clock.now())


def test_a_sale_that_a_person_denied_and_that_is_found_there_is_to_be_refunded(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    stuck_issue(desk, effect=False)
    with away(desk, *READS):
        decide(desk, NO)
    desk.distributor.books.entry(Sale.objects.get().booking_id).hold_until += timedelta(hours=2)
    desk.distributor.books.issue(Sale.objects.get().booking_id)
    compare(desk)
    assert open_rows() == [("sold-there-not-here", 0, 2600, "decided-by-a-person")]
    (row,) = worklist.list_differences(actor=wide_actor()).results
    assert (row.proposal, row.reference) == (Proposal.REFUND_THERE, Sale.objects.get().reference)
    assert [each.levelname for each in caplog.records if "difference" in each.message] == ["ERROR"]


def test_a_sale_that_a_person_confirmed_and_that_is_not_there_is_to_be_refunded_here(
    desk: Desk,
) -> None:
    stuck_issue(desk, effect=False)
    with away(desk, *READS):
        decide(desk, YES, code="PNR1")
    desk.clock.advance(timedelta(hours=1))
    compare(desk)
    assert open_rows() == [("sold-here-not-there", 2600, 0, "decided-by-a-person")]
    (row,) = worklist.list_differences(actor=wide_actor()).results
    assert row.proposal is Proposal.REFUND_HERE


def test_a_booking_that_is_gone_is_not_sold_there(desk: Desk) -> None:
    desk.sold()
    desk.distributor.forget(Sale.objects.get().booking_id)
    compare(desk)
    assert open_rows() == [("sold-here-not-there", 2600, 0, "")]


def test_a_booking_whose_answer_never_came_is_found_by_our_reference(desk: Desk) -> None:
    number = desk.prepare()
    desk.distributor.fail_next("hold", Unavailable("no-route-to-host"), effect=True)
    with pytest.raises(Unavailable):
        desk.hold(number)
    (booking,) = desk.distributor.books.entries
    desk.distributor.books.issue(booking)
    compare(desk)
    assert open_rows() == [("sold-there-not-here", 0, 2600, "")]


def test_a_second_booking_under_our_reference_is_sold_twice(desk: Desk) -> None:
    desk.sold()
    books = desk.distributor.books
    books.issue(books.enter(theirs(desk).request))
    compare(desk)
    assert open_rows() == [("sold-twice-there", 0, 2600, "")]


def test_another_price_there_is_a_difference(desk: Desk) -> None:
    desk.sold()
    turn_price(desk, 100)
    compare(desk)
    assert open_rows() == [("price-differs", 2600, 2700, "distributor-changed-the-amount")]


def test_a_refund_of_somebody_else_is_refunded_there_and_not_here(desk: Desk) -> None:
    desk.sold()
    entry = theirs(desk)
    entry.refund(part.id for part in entry.parts)
    compare(desk)
    assert open_rows() == [("refunded-there-not-here", 0, 2600, "")]


def test_a_quote_of_nobody_that_was_accepted_is_refunded_there(desk: Desk) -> None:
    order = desk.sold()
    desk.accept(desk.quote(order))
    Refund.objects.update(quote_id="another")
    compare(desk)
    assert [row[:3] for row in open_rows()] == [("refunded-there-not-here", 0, 2600)]
    assert Difference.objects.get().refund_id is None


def test_a_refund_that_a_person_denied_and_that_is_found_there(desk: Desk) -> None:
    stuck_acceptance(desk, effect=False)
    with away(desk, *READS):
        decide(desk, NO)
    entry = theirs(desk)
    entry.quotes = [replace(each, valid_until=None) for each in entry.quotes]
    desk.distributor.books.accept(entry, Refund.objects.get().quote_id)
    compare(desk)
    assert open_rows() == [("refunded-there-not-here", 0, 2600, "decided-by-a-person")]
    assert Difference.objects.get().refund_id == Refund.objects.get().pk


def test_a_refund_that_a_person_confirmed_and_that_is_not_there(desk: Desk) -> None:
    stuck_acceptance(desk, effect=False)
    entry = theirs(desk)
    entry.quotes = [replace(each, valid_until=None) for each in entry.quotes]
    with away(desk, *READS):
        decide(desk, YES)
    compare(desk)
    assert open_rows() == [("refunded-here-not-there", 2600, 0, "decided-by-a-person")]


def test_another_amount_of_a_refund_there_is_a_difference(desk: Desk) -> None:
    desk.accept(desk.quote(desk.sold()))
    entry = theirs(desk)
    entry.quotes = [replace(each, amount=Money(2500, "CHF")) for each in entry.quotes]
    compare(desk)
    assert open_rows() == [("refund-amount-differs", 2600, 2500, "distributor-changed-the-amount")]


def test_entries_that_do_not_say_what_the_tickets_say_are_a_difference(desk: Desk) -> None:
    desk.sold()
    Entry.objects.filter(account="carrier").update(amount=-2500)
    compare(desk)
    assert open_rows() == [("entries-differ", 2600, 2500, "")]
    Entry.objects.filter(account="agency").delete()
    compare(desk)
    assert open_rows()[0][0] == "entries-differ"


# ---------------------------------------------------------------- noted at the counter


def test_a_price_that_is_not_the_held_one_is_posted_and_noted(desk: Desk) -> None:
    number = desk.prepare()
    desk.hold(number)
    turn_price(desk, 300)
    desk.sell(number)
    assert open_rows() == [("price-not-as-held", 2600, 2900, "distributor-changed-the-amount")]
    assert sum(entry.amount for entry in Entry.objects.filter(account="carrier")) == -2900
    compare(desk)
    assert len(open_rows()) == 1


def test_a_refund_that_is_not_as_quoted_is_posted_and_noted(desk: Desk) -> None:
    desk.distributor.change_next_refund(Money(-100, "CHF"))
    desk.accept(desk.quote(desk.sold()))
    assert open_rows() == [("refund-not-as-quoted", 2600, 2500, "distributor-changed-the-amount")]
    assert Difference.objects.get().refund_id == Refund.objects.get().pk
    compare(desk)
    assert len(open_rows()) == 1


# ---------------------------------------------------------------- the list


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
        if method == "find_booking" and next(calls) == 0:
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
