"""A pass of recovery: one operation that cannot be handled, and an end that is asked for."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from agenturclient.sales.models import Operation, Sale
from agenturclient.sales.models.journal import OperationKind, OperationState
from agenturclient.sales.ports import OfferKind, OutcomeUnknown
from agenturclient.sales.recover import Recovery
from agenturclient.sales.states import OrderState, SaleState

if TYPE_CHECKING:
    import pytest

    from tests.flows.conftest import Desk

_LATER = timedelta(seconds=20)
_UNDIGESTIBLE = "an answer that nobody foresaw"


def in_doubt(desk: Desk) -> str:
    """An order whose confirmation has happened and whose answer was lost; its number."""
    number = desk.prepare()
    desk.hold(number)
    desk.distributor.fail_next("issue", OutcomeUnknown("no-answer"), effect=True)
    desk.sell(number)
    return number


def test_an_operation_that_cannot_be_handled_keeps_no_other_waiting(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    in_doubt(desk)
    other = in_doubt(desk)
    desk.distributor.fail_next("read_booking", RuntimeError(_UNDIGESTIBLE))
    desk.clock.advance(_LATER)
    with caplog.at_level(logging.ERROR, logger="agenturclient.sales.recover"):
        Recovery(desk.distributor, desk.clock).run_once()

    assert desk.order(other).state is OrderState.SOLD
    assert [record.getMessage() for record in caplog.records] == ["an operation cannot be handled"]
    desk.recover()
    assert {sale.state for sale in Sale.objects.all()} == {SaleState.ISSUED}


def test_an_operation_that_can_never_be_handled_is_flagged_for_a_person(desk: Desk) -> None:
    in_doubt(desk)

    def choke(method: str) -> None:
        if method == "read_booking":
            raise RuntimeError(_UNDIGESTIBLE)

    desk.distributor.knobs.on_call = choke
    for _ in range(20):
        desk.clock.advance(timedelta(minutes=1))
        desk.recover(minutes=0.1)

    operation = Operation.objects.get(kind=OperationKind.ISSUE)
    assert operation.flagged_at is not None
    assert operation.state == OperationState.SENT
    assert operation.looks >= 10  # recovery goes on asking


def test_a_pass_that_is_asked_to_end_ends_after_the_operation_under_way(desk: Desk) -> None:
    for _ in range(3):
        in_doubt(desk)
    desk.clock.advance(_LATER)
    asked = iter([False, True, True])

    handled = Recovery(desk.distributor, desk.clock).run_once(lambda: next(asked))

    assert handled == 1
    # Nobody holds what is left: another worker takes it over at once.
    due = Operation.objects.filter(settled_at=None, fence=1)
    assert [row.lease_until <= desk.clock.now() for row in due] == [True] * 5


def test_an_intent_to_sell_is_given_back_between_two_sales(desk: Desk) -> None:
    number = desk.prepare(OfferKind.REGULAR, OfferKind.REGULAR, OfferKind.REGULAR)
    desk.hold(number)
    desk.distributor.fail_next("issue", OutcomeUnknown("no-answer"), effect=True)
    desk.sell(number)  # the first is in doubt: the others wait for it
    desk.clock.advance(_LATER)
    Recovery(desk.distributor, desk.clock).run_once(lambda: sales_issued() >= 2)

    assert sales_issued() == 2
    (intent,) = Operation.objects.filter(kind=OperationKind.SELL)
    assert (intent.state, intent.lease_until, intent.next_at) == (
        OperationState.INTENDED,
        desk.clock.now(),
        desk.clock.now(),
    )
    Recovery(desk.distributor, desk.clock).run_once()  # another one, at the same moment
    assert desk.order(number).state is OrderState.SOLD
    assert sales_issued() == 3


def test_a_request_whose_process_is_to_end_makes_one_sale_and_leaves_the_rest(desk: Desk) -> None:
    number = desk.prepare(OfferKind.REGULAR, OfferKind.REGULAR)
    desk.hold(number)

    assert desk.sell(number, stopping=True).state is OrderState.SELLING
    assert sales_issued() == 1

    Recovery(desk.distributor, desk.clock).run_once()  # another process, at the same moment
    assert desk.order(number).state is OrderState.SOLD
    assert desk.distributor.count("issue") == 2


def test_a_request_with_a_single_sale_makes_it_whether_its_process_is_to_end_or_not(
    desk: Desk,
) -> None:
    number = desk.prepare()
    desk.hold(number)

    assert desk.sell(number, stopping=True).state is OrderState.SOLD


def sales_issued() -> int:
    return Sale.objects.filter(state=SaleState.ISSUED).count()
