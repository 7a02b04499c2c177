"""Two at once: double clicks, second tabs, several workers. Real threads on a real database."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections, models

from agenturclient.kernel.clock import SettableClock
from agenturclient.sales import holds, journal, refund, sell
from agenturclient.sales.deadlines import flag_after
from agenturclient.sales.models import Item, Operation, Sale
from agenturclient.sales.models.journal import OperationKind
from agenturclient.sales.ports import OutcomeUnknown, Unavailable
from agenturclient.sales.recover import Recovery
from agenturclient.sales.states import OrderState, RefundState
from agenturclient.settlement.models import Entry
from tests.flows.conftest import Desk, clock, desk, make_desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

__all__ = ["clock", "desk", "make_desk"]  # the cast of the flows, on a database with real commits

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
T = TypeVar("T")
_CLICKS = 6


def at_once(work: Callable[[], T], times: int = _CLICKS) -> list[T]:
    """Run the same work in several threads that start together; each closes its connection."""
    start = threading.Barrier(times)

    def run() -> T:
        start.wait(timeout=10)
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return [future.result(timeout=30) for future in [pool.submit(run) for _ in range(times)]]


def hold(desk: Desk, number: str, key: UUID | None = None) -> None:
    holds.hold_order(
        number,
        key=key or uuid4(),
        actor=desk.actor,
        distributor=desk.distributor,
        clock=desk.clock,
    )


class MeetingClock(SettableClock):
    """All clicks meet at their first reading: each has seen that nothing is held."""

    def __init__(self, moment: datetime, clicks: int) -> None:
        super().__init__(moment)
        self._meeting = threading.Barrier(clicks)
        self._met = threading.local()

    def now(self) -> datetime:
        if not getattr(self._met, "yes", False):
            self._met.yes = True
            self._meeting.wait(timeout=10)
        return super().now()


class TurnstileClock(MeetingClock):
    """After the meeting one click goes on after the other, so that only a guard can stop it: at
    once, they would also trip over each other's numbers.
    """

    def __init__(self, moment: datetime, clicks: int) -> None:
        super().__init__(moment, clicks)
        self._turnstile = threading.Lock()

    def now(self) -> datetime:
        moment = super().now()
        if not getattr(self._met, "through", False):
            self._met.through = True
            self._turnstile.acquire(timeout=10)
        return moment

    def leave(self) -> None:
        """The click is done."""
        self._turnstile.release()


def test_six_clicks_on_hold_make_one_booking(desk: Desk) -> None:
    number = desk.prepare()
    desk.clock = MeetingClock(desk.clock.now(), _CLICKS)
    at_once(lambda: hold(desk, number))
    assert desk.distributor.count("hold") == 1
    assert Sale.objects.count() == 1


def hold_in_turn(desk: Desk, number: str) -> None:
    """Six clicks that have all seen that nothing is held, one after the other."""
    clock = desk.clock = TurnstileClock(desk.clock.now(), _CLICKS)

    def click() -> None:
        hold(desk, number)
        clock.leave()

    at_once(click)


def test_clicks_that_saw_nothing_held_make_one_booking_also_in_turn(desk: Desk) -> None:
    number = desk.prepare()
    hold_in_turn(desk, number)
    assert desk.distributor.count("hold") == 1
    assert Sale.objects.count() == 1


@pytest.fixture
def no_unique_live_item() -> Iterator[None]:
    """The database without the guard: nothing keeps an item from having two live sales."""
    column = Sale._meta.get_field("live_item")
    loose: models.ForeignKey[Item | None, Item | None] = models.ForeignKey(
        Item, models.PROTECT, null=True, related_name="+"
    )
    loose.set_attributes_from_name("live_item")
    loose.model = Sale
    with connection.schema_editor() as editor:
        editor.alter_field(Sale, column, loose)
    yield
    Sale.objects.all().update(live_item=None)
    with connection.schema_editor() as editor:
        editor.alter_field(Sale, loose, column)


def test_six_clicks_on_sell_issue_one_ticket(desk: Desk) -> None:
    number = desk.prepare()
    total = desk.hold(number).total

    def click() -> OrderState:
        return sell.sell_order(
            number,
            key=uuid4(),
            total=total,
            actor=desk.actor,
            distributor=desk.distributor,
            clock=desk.clock,
        ).state

    states = at_once(click)
    assert set(states) <= {OrderState.SELLING, OrderState.SOLD}
    assert desk.order(number).state is OrderState.SOLD
    assert desk.distributor.count("issue") == 1
    assert Entry.objects.count() == 4


def test_six_clicks_on_refund_pay_back_once(desk: Desk) -> None:
    quoted = desk.quote(desk.sold())
    amount = quoted.refunds[0].amount
    assert amount is not None

    def click() -> None:
        refund.accept_refund(
            quoted.number,
            quoted.refunds[0].id,
            key=uuid4(),
            amount=amount,
            actor=desk.actor,
            distributor=desk.distributor,
            clock=desk.clock,
        )

    at_once(click)
    assert desk.order(quoted.number).refunds[0].state is RefundState.REFUNDED
    assert desk.distributor.count("accept_refund") == 1
    assert sum(entry.amount for entry in Entry.objects.filter(account="carrier")) == 0


def test_six_workers_claim_each_operation_once(desk: Desk) -> None:
    for _ in range(4):
        number = desk.prepare()
        desk.hold(number)
        desk.distributor.fail_next("issue", OutcomeUnknown("no-answer"), effect=True)
        desk.sell(number)
    moment = desk.clock.now() + flag_after()

    def claim() -> list[int]:
        leases = journal.claim(now=moment, lasts=journal.LEASE_SLACK, limit=20)
        return [lease.operation for lease in leases]

    claimed = [pk for pks in at_once(claim) for pk in pks]
    assert len(claimed) == len(set(claimed))
    assert len(claimed) == 8  # a confirmation and an intent to sell of each order


def test_money_is_claimed_before_documents_that_have_waited_longer(desk: Desk) -> None:
    desk.distributor.fail_next("fetch_documents", Unavailable("no-answer"))
    desk.sold()
    desk.clock.advance(journal.LEASE_SLACK)
    number = desk.prepare()
    desk.hold(number)
    desk.distributor.fail_next("issue", OutcomeUnknown("no-answer"), effect=True)
    desk.sell(number)
    moment = desk.clock.now() + flag_after()

    kinds = []
    for _ in range(3):
        (lease,) = journal.claim(now=moment, lasts=journal.LEASE_SLACK, limit=1)
        kinds.append(Operation.objects.get(pk=lease.operation).kind)

    assert sorted(kinds[:2]) == [OperationKind.ISSUE, OperationKind.SELL]
    assert kinds[2] == OperationKind.DOCUMENTS


def test_six_workers_beside_each_other_post_each_sale_once(desk: Desk) -> None:
    numbers = []
    for _ in range(4):
        number = desk.prepare()
        desk.hold(number)
        desk.distributor.fail_next("issue", OutcomeUnknown("no-answer"), effect=True)
        desk.sell(number)
        numbers.append(number)

    for _ in range(6):
        desk.clock.advance(journal.LEASE_SLACK)
        at_once(lambda: Recovery(desk.distributor, desk.clock).run_once())

    assert [desk.order(number).state for number in numbers] == [OrderState.SOLD] * 4
    assert desk.distributor.count("issue") == 4
    assert Entry.objects.count() == 16


def test_a_holder_that_woke_up_after_its_lease_writes_nothing(desk: Desk) -> None:
    number = desk.prepare()
    desk.hold(number)
    desk.distributor.fail_next("issue", OutcomeUnknown("no-answer"), effect=True)
    desk.sell(number)
    operation = Operation.objects.get(kind=OperationKind.ISSUE)
    asleep = journal.Lease(operation.pk, operation.fence)
    desk.recover()
    with pytest.raises(journal.LeaseLost):
        journal.settle(asleep, "done", now=desk.clock.now())
    assert Entry.objects.count() == 4


def test_without_the_unique_live_item_the_same_clicks_make_several_bookings(
    desk: Desk, no_unique_live_item: None
) -> None:
    """The race is real: the guard is what the tests above rest on."""
    del no_unique_live_item
    number = desk.prepare()
    hold_in_turn(desk, number)
    assert desk.distributor.count("hold") == _CLICKS
