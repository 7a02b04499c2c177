"""Answers that come when we have stopped waiting for them, and answers that answer nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from agenturclient.sales import holds
from agenturclient.sales.models import Fulfillment, Refund, Sale
from agenturclient.sales.ports import OutcomeUnknown, Refusals, Refused
from agenturclient.sales.recover import Recovery
from agenturclient.sales.states import OrderState, RefundState, SaleState
from agenturclient.settlement.models import Entry
from tests.fakes import FakeDistributor

if TYPE_CHECKING:
    from collections.abc import Callable

    from agenturclient.sales.ports import DocumentFile
    from tests.flows.conftest import Desk


class SlowDocuments(FakeDistributor):
    """Something happens at the desk while files are on their way."""

    meanwhile: Callable[[], object] | None = None

    def fetch_documents(self, booking: str) -> tuple[DocumentFile, ...]:
        files = super().fetch_documents(booking)
        happens, self.meanwhile = self.meanwhile, None
        if happens:
            happens()
        return files


def test_files_that_were_under_way_during_a_refund_change_nothing(desk: Desk) -> None:
    desk.distributor = slow = SlowDocuments(desk.clock)
    number = desk.prepare(adults=2)
    desk.hold(number)
    slow.fail_next("fetch_documents", OutcomeUnknown("no-answer"), effect=False)
    order = desk.sell(number)
    sale = order.items[0].sale
    assert sale is not None
    first, second = sale.tickets

    slow.meanwhile = lambda: desk.accept(desk.quote(order, first.id))
    desk.recover(minutes=2)

    booking = slow.read_booking(Sale.objects.get().booking_id)
    proven = {entry.id for entry in booking.fulfillments if entry.valid}
    kept = set(Fulfillment.objects.filter(valid=True).values_list("external_id", flat=True))
    sale = desk.order(number).items[0].sale
    assert sale is not None
    assert sale.documents_complete is True
    assert kept == proven
    shown = [document.travellers for document in sale.documents if document.current]
    assert shown == [(second.traveller,)]


@pytest.mark.parametrize("code", [Refusals.OTHER, Refusals.CANNOT_DO_THAT])
def test_a_refusal_to_be_read_is_no_proof_that_a_booking_is_gone(
    desk: Desk, code: Refusals
) -> None:
    number = desk.prepare()
    desk.hold(number)
    desk.distributor.fail_next("issue", OutcomeUnknown("no-answer"), effect=False)
    desk.sell(number)
    desk.clock.advance(timedelta(minutes=3))
    desk.recover(minutes=1)
    sale = Sale.objects.get()
    assert sale.state == SaleState.HELD
    desk.distributor.books.issue(sale.booking_id)
    desk.distributor.fail_next("read_booking", Refused(code), effect=False)

    desk.clock.advance(timedelta(minutes=30))
    desk.recover(minutes=1)

    assert desk.order(number).state is OrderState.SOLD


def test_a_refusal_to_be_read_is_no_proof_that_a_hold_was_given_back(desk: Desk) -> None:
    number = desk.prepare()
    desk.hold(number)
    desk.distributor.fail_next("release", OutcomeUnknown("no-answer"), effect=False)
    holds.drop_item(number, 1, actor=desk.actor, distributor=desk.distributor, clock=desk.clock)
    desk.distributor.fail_next("read_booking", Refused(Refusals.OTHER), effect=False)

    desk.clock.advance(timedelta(seconds=5))
    Recovery(desk.distributor, desk.clock).run_once()
    assert Sale.objects.get().state == SaleState.RELEASING
    desk.recover(minutes=1)

    assert Sale.objects.get().state == SaleState.RELEASED
    assert desk.distributor.books.entries[Sale.objects.get().booking_id].released is True


def arrive(desk: Desk, refund: Refund) -> None:
    """The acceptance comes to the distributor after all."""
    entry = desk.distributor.books.entry(refund.sale.booking_id)
    desk.distributor.books.accept(entry, refund.quote_id)


def assert_refunded(refund: Refund) -> None:
    """It is in our books, as it was quoted."""
    refund.refresh_from_db()
    assert refund.state == RefundState.REFUNDED
    assert refund.confirmed_amount == refund.amount
    assert sum(entry.amount for entry in Entry.objects.filter(account="carrier")) == 0


def test_a_late_acceptance_is_found_when_the_quote_ends(desk: Desk) -> None:
    """The answer was lost, the state said "not done" twice, and then the call arrived after all."""
    order = desk.quote(desk.sold())
    desk.distributor.fail_next("accept_refund", OutcomeUnknown("no-answer"), effect=False)
    desk.accept(order)
    desk.clock.advance(timedelta(minutes=3))
    desk.recover(minutes=1)
    refund = Refund.objects.get()
    assert refund.state == RefundState.QUOTED
    arrive(desk, refund)

    desk.clock.advance(timedelta(minutes=40))
    desk.recover(minutes=1)

    assert_refunded(refund)


@pytest.fixture
def refused_again(desk: Desk) -> Refund:
    """An acceptance that nobody answered (its sender was stopped), and recovery's own, refused."""
    order = desk.quote(desk.sold())
    desk.distributor.fail_next("accept_refund", OutcomeUnknown("no-answer"), effect=False)
    desk.accept(order)
    desk.distributor.fail_next("accept_refund", Refused(Refusals.OTHER), effect=False)
    recovery = Recovery(desk.distributor, desk.clock)
    while desk.distributor.count("accept_refund") < 2:
        desk.clock.advance(timedelta(seconds=1))
        recovery.run_once()
    refund = Refund.objects.get()
    assert refund.state == RefundState.ACCEPTING
    return refund


def test_a_refusal_of_the_second_try_says_nothing_of_the_first(
    desk: Desk, refused_again: Refund
) -> None:
    arrive(desk, refused_again)

    desk.recover(minutes=1)

    assert_refunded(refused_again)
    assert desk.distributor.count("accept_refund") == 2


def test_a_first_try_that_arrives_later_still_is_found_when_the_quote_ends(
    desk: Desk, refused_again: Refund
) -> None:
    desk.recover(minutes=2)
    refused_again.refresh_from_db()
    assert (refused_again.state, refused_again.problem_code) == (
        RefundState.QUOTED,
        Refusals.OTHER,
    )
    arrive(desk, refused_again)

    desk.clock.advance(timedelta(minutes=40))
    desk.recover(minutes=1)

    assert_refunded(refused_again)


def test_a_late_confirmation_of_one_part_alone_is_cleaned_up_when_the_hold_ends(desk: Desk) -> None:
    """The sale had been given up for "not done"; nobody is there any more to sell the rest to."""
    number = desk.prepare(adults=2)
    desk.hold(number)
    desk.distributor.fail_next("issue", OutcomeUnknown("no-answer"), effect=False)
    desk.sell(number)
    desk.clock.advance(timedelta(minutes=3))
    desk.recover(minutes=1)
    sale = Sale.objects.get()
    assert sale.state == SaleState.HELD
    desk.distributor.confirm_next_only_in_part()
    desk.distributor.books.issue(sale.booking_id)

    desk.clock.advance(timedelta(minutes=40))
    desk.recover(minutes=1)

    sale.refresh_from_db()
    assert sale.state == SaleState.FAILED
    assert desk.distributor.books.entries[sale.booking_id].cleaned is True
    assert not Entry.objects.exists()


def test_what_was_not_done_is_done_again_while_the_customer_waits(desk: Desk) -> None:
    number = desk.prepare()
    desk.hold(number)
    desk.distributor.fail_next("issue", OutcomeUnknown("no-answer"), effect=False)
    desk.sell(number)

    recovery = Recovery(desk.distributor, desk.clock)
    for _ in range(12):
        desk.clock.advance(timedelta(seconds=1))
        recovery.run_once()

    assert desk.order(number).state is OrderState.SOLD
