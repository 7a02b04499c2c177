"""Case 24, its business half: what ends while it is in doubt, and refunds twice or after a part."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agenturclient.sales.models import Operation, Refund, Sale, Ticket
from agenturclient.sales.models.journal import OperationKind
from agenturclient.sales.ports import RefundRequest, Refused
from agenturclient.sales.states import OrderState, RefundState, SaleState
from agenturclient.settlement.models import Entry
from tests.cases import tricks
from tests.cases.conftest import ACCEPT, CONFIRM, Scene

_LATER = timedelta(seconds=10)
_AGAIN = timedelta(seconds=3)
_HOLD_IS_OVER = timedelta(hours=1)


def test_case_24_a_hold_that_ends_while_in_doubt_lapses_and_is_not_asked_for_again(
    scene: Scene,
) -> None:
    number = scene.held()
    scene.line.once(CONFIRM, tricks.lose_the_request)
    scene.sell(number)
    scene.recover(_HOLD_IS_OVER)

    sale = Sale.objects.get()
    assert (sale.state, sale.problem_code) == (SaleState.LAPSED, "hold-lapsed")
    assert Operation.objects.get(kind=OperationKind.ISSUE).attempts == 1
    assert len(scene.line.came(CONFIRM)) == 1
    scene.recover(_AGAIN)
    assert scene.desk.order(number).state is OrderState.DRAFT
    scene.check_books()


def test_case_24_a_sale_that_was_made_before_its_hold_ended_is_found_afterwards(
    scene: Scene,
) -> None:
    number = scene.held()
    scene.line.once(CONFIRM, tricks.lose_the_answer)
    scene.sell(number)
    scene.recover(_HOLD_IS_OVER)
    scene.recover(_AGAIN)
    assert scene.desk.order(number).state is OrderState.SOLD
    scene.check_books()


def test_case_24_a_refund_whose_answer_is_lost_is_posted_once(scene: Scene) -> None:
    number = scene.quoted()
    scene.line.once(ACCEPT, tricks.lose_the_answer)
    assert scene.accept(number) == ""
    assert Refund.objects.get().state == RefundState.ACCEPTING

    scene.recover(_LATER)
    assert Refund.objects.get().state == RefundState.REFUNDED
    assert len(scene.line.came(ACCEPT)) == 1
    assert Entry.objects.filter(account="carrier").count() == 2
    scene.check_books()


def test_case_24_a_refund_that_is_confirmed_twice_is_no_refusal_but_a_question(
    scene: Scene,
) -> None:
    """The distributor says 409 to the second confirmation: it has happened before."""
    number = scene.quoted()
    quote = Refund.objects.get()
    scene.line.once(ACCEPT, tricks.twice)
    assert scene.accept(number) == ""
    assert Refund.objects.get().state == RefundState.ACCEPTING

    scene.recover(_LATER)
    refund = Refund.objects.get()
    assert (refund.state, refund.confirmed_amount) == (RefundState.REFUNDED, quote.amount)
    scene.check_books()


def test_case_24_a_refund_of_the_rest_after_a_part_returns_each_ticket_once(scene: Scene) -> None:
    order = scene.desk.sell(scene.held(adults=2))
    first, second = Ticket.objects.order_by("pk")
    scene.desk.accept(scene.desk.quote(order, first.pk))
    scene.let_pass(_LATER)
    scene.recover(_LATER)
    proofs = scene.desk.order(order.number)

    scene.line.once(ACCEPT, tricks.lose_the_answer)
    scene.desk.accept(scene.desk.quote(proofs, second.pk))
    scene.recover(_LATER)

    assert [row.refunded for row in Ticket.objects.order_by("pk")] == [True, True]
    ((_, sold, refunded),) = scene.sold_there()
    assert sum(row.confirmed_amount or 0 for row in Refund.objects.all()) == refunded <= sold
    scene.check_books()


def test_case_24_a_part_that_somebody_else_gave_back_meanwhile_is_not_refunded_again(
    scene: Scene,
) -> None:
    order = scene.desk.sell(scene.held())
    sale = Sale.objects.get()
    proofs = tuple(sale.fulfillments.values_list("external_id", flat=True))
    theirs = scene.desk.distributor.quote_refund(
        RefundRequest(booking=sale.booking_id, fulfillments=proofs), key=sale.hold_key
    )
    scene.desk.distributor.accept_refund(sale.booking_id, theirs.id, key=sale.hold_key)

    with pytest.raises(Refused, match="not-refundable"):
        scene.desk.quote(order)
    assert Refund.objects.get().state == RefundState.DECLINED
    ((_, _, refunded),) = scene.sold_there()
    assert refunded == theirs.amount.amount
