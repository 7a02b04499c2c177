"""The process dies at any step of a sale and a refund: recovery brings every row to its fact."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from agenturclient.kernel.clock import SettableClock
from agenturclient.sales.models import Operation, Order, Refund, Sale, Ticket
from agenturclient.sales.models.journal import OperationKind, OperationState
from agenturclient.sales.ports import OfferKind, OutcomeUnknown
from agenturclient.sales.states import UNSETTLED_REFUNDS, UNSETTLED_SALES, OrderState, SaleState
from agenturclient.settlement.models import Entry
from tests.flows.conftest import NOON, Desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_STEPS = 64


class Killed(BaseException):
    """The process ends here: nothing below `except Exception` may catch it."""


class MortalClock(SettableClock):
    """Reads the time; at the n-th reading the process dies. Every act begins with a reading."""

    def __init__(self, moment: datetime) -> None:
        super().__init__(moment)
        self.lives: int | None = None

    def now(self) -> datetime:
        if self.lives is not None:
            self.lives -= 1
            if self.lives < 0:
                raise Killed
        return super().now()


@pytest.fixture
def clock() -> MortalClock:
    return MortalClock(NOON)


def work(desk: Desk) -> Iterator[str]:
    number = desk.prepare(OfferKind.REGULAR, OfferKind.SUPERSAVER)
    yield number
    desk.hold(number)
    desk.sell(number)
    desk.quote(desk.order(number), Ticket.objects.order_by("pk")[0].pk)
    desk.accept(desk.order(number))


def sold_there(desk: Desk) -> set[str]:
    return {
        entry.request.reference
        for entry in desk.distributor.books.entries.values()
        if any(part.confirmed for part in entry.parts)
    }


def check_invariants(desk: Desk) -> None:
    issued = Sale.objects.filter(state=SaleState.ISSUED)
    assert {sale.reference for sale in issued} == sold_there(desk)
    assert not Sale.objects.filter(state__in=UNSETTLED_SALES).exists()
    assert not Refund.objects.filter(state__in=UNSETTLED_REFUNDS).exists()
    assert not Order.objects.filter(state=OrderState.SELLING).exists()
    open_operations = Operation.objects.exclude(state=OperationState.SETTLED)
    assert not open_operations.exclude(kind=OperationKind.DOCUMENTS).exists()
    assert sum(entry.amount for entry in Entry.objects.all()) == 0
    price = sum(sale.price_amount or 0 for sale in issued)
    refunded = sum(order.refunded_amount for order in Order.objects.all())
    carrier = sum(entry.amount for entry in Entry.objects.filter(account="carrier"))
    assert carrier == refunded - price


@pytest.mark.parametrize("step", range(_STEPS))
def test_a_process_killed_at_any_reading_of_the_clock_loses_nothing(
    make_desk: Callable[..., Desk], clock: MortalClock, step: int
) -> None:
    desk = make_desk()
    story = work(desk)
    next(story)
    clock.lives = step
    with contextlib.suppress(Killed, StopIteration):
        next(story)
    clock.lives = None
    clock.advance(timedelta(seconds=100))
    desk.recover(minutes=4)
    check_invariants(desk)


@pytest.mark.parametrize("method", ["hold", "issue", "quote_refund", "accept_refund"])
@pytest.mark.parametrize("effect", [True, False], ids=["after-the-effect", "before-the-effect"])
def test_a_process_killed_during_a_call_loses_nothing(
    make_desk: Callable[..., Desk], clock: MortalClock, method: str, *, effect: bool
) -> None:
    desk = make_desk()
    story = work(desk)
    next(story)
    desk.distributor.fail_next(method, Killed(), effect=effect)
    with contextlib.suppress(Killed, StopIteration):
        next(story)
    clock.advance(timedelta(seconds=100))
    desk.recover(minutes=4)
    check_invariants(desk)


def test_a_late_confirmation_is_found_when_the_hold_ends(desk: Desk) -> None:
    """The answer was lost, the state said "not done" twice, and then the call arrived after all."""
    number = desk.prepare()
    desk.hold(number)
    desk.distributor.fail_next("issue", OutcomeUnknown("no-answer"), effect=False)
    desk.sell(number)
    desk.clock.advance(timedelta(minutes=3))
    desk.recover(minutes=1)
    sale = Sale.objects.get()
    assert sale.state == SaleState.HELD
    desk.distributor.books.issue(sale.booking_id)
    desk.clock.advance(timedelta(minutes=30))
    desk.recover(minutes=1)
    assert desk.order(number).state is OrderState.SOLD
    check_invariants(desk)
