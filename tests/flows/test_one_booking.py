"""What must never be hidden: a second booking under one reference, a clean-up still under way."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from agenturclient.sales.models import Operation, Sale
from agenturclient.sales.models.journal import OperationKind
from agenturclient.sales.ports import OutcomeUnknown
from agenturclient.sales.recover import Recovery
from agenturclient.sales.states import OrderState, SaleState
from agenturclient.settlement.models import Entry
from tests.flows.operators import compare, open_rows, theirs

if TYPE_CHECKING:
    from tests.flows.conftest import Desk

_LOST = OutcomeUnknown("no-answer")
_A_PASS = timedelta(seconds=5)


def held_twice(desk: Desk) -> str:
    """An order whose lost hold the distributor has made twice under one reference; its number."""
    number = desk.prepare()
    desk.distributor.fail_next("hold", _LOST, effect=True)
    desk.hold(number)
    (first,) = desk.distributor.books.entries.values()
    desk.distributor.books.enter(first.request)
    return number


def test_of_two_bookings_under_one_reference_the_sold_one_is_ours_and_the_other_is_no_matter(
    desk: Desk,
) -> None:
    number = held_twice(desk)
    sold, held = desk.distributor.books.entries
    desk.distributor.books.issue(sold)
    desk.recover()

    assert Sale.objects.get().booking_id == sold
    assert desk.distributor.books.entries[held].issued_at is None
    assert open_rows() == []
    desk.sell(number)
    desk.recover()
    assert desk.order(number).state is OrderState.SOLD


def test_two_sold_bookings_under_one_reference_are_a_difference_at_once(desk: Desk) -> None:
    held_twice(desk)
    for booking in desk.distributor.books.entries:
        desk.distributor.books.issue(booking)
    desk.recover()
    assert open_rows() == [("sold-twice-there", 0, 2600, "")]


def test_every_further_sold_booking_counts_until_it_is_given_back(desk: Desk) -> None:
    desk.sold()
    books = desk.distributor.books
    more = [books.enter(theirs(desk).request) for _ in range(2)]
    for booking in more:
        books.issue(booking)
    compare(desk)
    assert open_rows() == [("sold-twice-there", 0, 5200, "")]

    for booking in more:
        entry = books.entries[booking]
        entry.refund(part.id for part in entry.parts)
    compare(desk)
    assert open_rows() == []


def cleaning(desk: Desk) -> Sale:
    """A sale that stays confirmed in part; its clean-up was sent, and nobody knows where it is."""
    number = desk.prepare(adults=2)
    desk.hold(number)
    for _ in range(4):
        desk.distributor.confirm_next_only_in_part()
        desk.distributor.fail_next("issue", _LOST, effect=True)
    desk.distributor.fail_next("clean_up", _LOST, effect=False)
    desk.sell(number)
    desk.clock.advance(timedelta(minutes=3))
    for _ in range(20):
        Recovery(desk.distributor, desk.clock).run_once()
        desk.clock.advance(_A_PASS)
        if desk.distributor.count("clean_up"):
            break
    sale = Sale.objects.get()
    assert sale.state == SaleState.CLEANING
    return sale


def complete(desk: Desk, sale: Sale) -> None:
    """A confirmation that was under way for long arrives after all."""
    desk.distributor.books.partly = False
    desk.distributor.books.issue(sale.booking_id)


def test_a_clean_up_that_arrives_after_the_booking_was_completed_undoes_no_sale_of_ours(
    desk: Desk,
) -> None:
    sale = cleaning(desk)
    complete(desk, sale)
    desk.recover(minutes=0.5)
    assert Sale.objects.get().state == SaleState.CLEANING

    entry = theirs(desk)
    entry.refund(part.id for part in entry.parts)
    entry.cleaned = True
    desk.recover(minutes=3)
    assert Sale.objects.get().state == SaleState.FAILED
    assert Entry.objects.count() == 0
    assert compare(desk).seen == 0


def test_a_completed_booking_is_sold_as_soon_as_no_clean_up_can_be_under_way(desk: Desk) -> None:
    sale = cleaning(desk)
    complete(desk, sale)
    desk.recover(minutes=3)
    assert Sale.objects.get().state == SaleState.ISSUED
    assert desk.distributor.count("clean_up") == 1


def test_a_clean_up_that_was_later_still_is_a_difference_with_its_cause(desk: Desk) -> None:
    sale = cleaning(desk)
    complete(desk, sale)
    desk.recover(minutes=3)
    assert Operation.objects.filter(kind=OperationKind.CLEAN_UP).count() == 1

    entry = theirs(desk)
    entry.refund(part.id for part in entry.parts)
    entry.cleaned = True
    compare(desk)
    assert open_rows() == [("sold-here-not-there", 5200, 5200, "late-arrival")]
