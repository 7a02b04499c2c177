"""Selling: the whole path, its repetitions and its refusals, against the distributor in memory."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from agenturclient.kernel.clock import SettableClock
from agenturclient.kernel.money import Money
from agenturclient.sales import errors, sell
from agenturclient.sales.holds import drop_item
from agenturclient.sales.ports import (
    Abilities,
    OfferKind,
    OutcomeUnknown,
    Refused,
    Unavailable,
)
from agenturclient.sales.states import OrderState, SaleState
from agenturclient.settlement.models import Entry

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from agenturclient.sales.details import OrderDetail
    from tests.flows.conftest import Desk


def balances() -> dict[str, int]:
    totals: dict[str, int] = {}
    for entry in Entry.objects.all():
        totals[entry.account] = totals.get(entry.account, 0) + entry.amount
    return totals


def test_a_held_order_is_sold_with_tickets_documents_and_balanced_entries(desk: Desk) -> None:
    number = desk.prepare(adults=2)
    held = desk.hold(number)
    assert [item.sale.state for item in held.items if item.sale] == [SaleState.HELD]
    assert held.total == Money(5200, "CHF")

    sold = desk.sell(number)

    assert sold.state is OrderState.SOLD
    sale = sold.items[0].sale
    assert sale is not None
    assert sale.state is SaleState.ISSUED
    assert [(ticket.price.amount, ticket.state) for ticket in sale.tickets] == [
        (2600, "valid"),
        (2600, "valid"),
    ]
    assert sale.documents_complete
    assert [document.current for document in sale.documents] == [True, True]
    assert balances() == {"carrier": -5200, "commission": 260, "operator-fee": -100, "agency": 5040}
    assert sum(balances().values()) == 0
    assert desk.distributor.count("issue") == 1


def test_selling_again_ends_in_the_same_order_and_issues_nothing_more(desk: Desk) -> None:
    order = desk.sold()
    again = desk.sell(order.number)
    assert again.state is OrderState.SOLD
    assert desk.distributor.count("issue") == 1
    assert Entry.objects.count() == 4


def test_a_price_that_differs_at_the_hold_must_be_accepted_again(desk: Desk) -> None:
    number = desk.prepare()
    shown = desk.order(number).total
    desk.distributor.change_price_at_next_hold(Money(300, "CHF"))
    held = desk.hold(number)
    assert held.items[0].sale is not None
    assert held.items[0].sale.price_changed

    with pytest.raises(errors.PriceChanged) as refusal:
        sell.sell_order(
            number,
            key=uuid4(),
            total=shown,
            actor=desk.actor,
            distributor=desk.distributor,
            clock=desk.clock,
        )

    assert refusal.value.facts == {"shown": 2600, "held": 2900, "currency": "CHF"}
    assert desk.distributor.count("issue") == 0
    assert desk.sell(number).state is OrderState.SOLD
    assert balances()["carrier"] == -2900


def test_an_order_without_a_hold_is_not_sold(desk: Desk) -> None:
    number = desk.prepare()
    with pytest.raises(errors.NotHeld):
        desk.sell(number)
    assert desk.distributor.count("issue") == 0


def test_a_hold_that_has_lapsed_is_not_sold_and_can_be_held_again(desk: Desk) -> None:
    number = desk.prepare()
    desk.hold(number)
    desk.clock.advance(timedelta(minutes=31))
    with pytest.raises(errors.HoldLapsed):
        desk.sell(number)
    with pytest.raises(errors.OfferExpired):
        desk.hold(number)
    assert desk.distributor.count("issue") == 0


def test_a_traveller_without_a_name_is_refused_before_anything_is_sent(desk: Desk) -> None:
    number = desk.draft()
    desk.add(number)
    with pytest.raises(errors.TravellerIncomplete) as refusal:
        desk.hold(number)
    assert refusal.value.facts == {"traveller": "T1", "field": "first_name"}
    assert desk.distributor.count("hold") == 0


def test_a_held_traveller_cannot_be_renamed(desk: Desk) -> None:
    number = desk.prepare()
    order = desk.hold(number)
    desk.name_travellers(order)  # the same names change nothing
    assert order.travellers[0].locked


def test_a_refused_hold_tells_why_and_lets_another_be_tried(desk: Desk) -> None:
    number = desk.prepare()
    desk.distributor.fail_next("hold", Refused("sold-out"))
    with pytest.raises(Refused, match="sold-out"):
        desk.hold(number)
    sale = desk.order(number).items[0].sale
    assert sale is not None
    assert sale.state is SaleState.REFUSED
    assert sale.problem is not None
    assert sale.problem.code == "sold-out"
    desk.hold(number)
    assert desk.sell(number).state is OrderState.SOLD


def test_a_lost_answer_to_the_confirmation_is_found_out_and_posted_once(desk: Desk) -> None:
    number = desk.prepare()
    desk.hold(number)
    desk.distributor.fail_next("issue", OutcomeUnknown("no-answer"), effect=True)

    unknown = desk.sell(number)
    assert unknown.state is OrderState.SELLING
    assert unknown.in_doubt
    assert unknown.unsettled

    desk.recover()
    sold = desk.order(number)
    assert sold.state is OrderState.SOLD
    assert not sold.in_doubt
    assert desk.distributor.count("issue") == 1
    assert sum(balances().values()) == 0
    assert balances()["carrier"] == -2600


def test_a_confirmation_that_never_arrived_is_repeated_with_the_same_key(desk: Desk) -> None:
    number = desk.prepare()
    desk.hold(number)
    desk.distributor.fail_next("issue", OutcomeUnknown("server-error"), effect=False)
    desk.sell(number)
    desk.recover()
    assert desk.order(number).state is OrderState.SOLD
    keys = [call.key for call in desk.distributor.calls if call.method == "issue"]
    assert len(keys) == 2
    assert keys[0] == keys[1]


def test_nothing_is_sold_after_the_customer_has_left(desk: Desk) -> None:
    number = desk.prepare()
    desk.hold(number)
    desk.distributor.fail_next("issue", OutcomeUnknown("server-error"), effect=False)
    desk.sell(number)
    desk.clock.advance(timedelta(minutes=3))
    desk.recover()
    order = desk.order(number)
    assert order.state is OrderState.DRAFT
    assert order.items[0].sale is not None
    assert order.items[0].sale.state is SaleState.HELD
    assert desk.distributor.count("issue") == 1


def test_an_unavailable_distributor_leaves_the_order_held(desk: Desk) -> None:
    number = desk.prepare()
    desk.hold(number)
    desk.distributor.fail_next("issue", Unavailable("distributor-paused", retry_after=7))
    with pytest.raises(Unavailable) as failure:
        desk.sell(number)
    assert failure.value.code == "distributor-paused"
    assert failure.value.retry_after == 7
    order = desk.order(number)
    assert order.state is OrderState.DRAFT
    assert desk.sell(number).state is OrderState.SOLD


def test_a_sale_that_the_distributor_refuses_is_told_like_a_refused_hold(desk: Desk) -> None:
    number = desk.prepare()
    desk.hold(number)
    desk.distributor.fail_next("issue", Refused("distributor-refused"))
    with pytest.raises(Refused, match="distributor-refused"):
        desk.sell(number)
    order = desk.order(number)
    assert order.state is OrderState.DRAFT
    assert order.items[0].sale is not None
    assert order.items[0].sale.problem is not None
    assert order.items[0].sale.problem.code == "distributor-refused"
    assert desk.sell(number).state is OrderState.SOLD


def test_a_refused_ticket_beside_a_sold_one_is_told_with_the_order(desk: Desk) -> None:
    number = desk.prepare(OfferKind.REGULAR, OfferKind.SUPERSAVER)
    desk.hold(number)
    desk.distributor.fail_next("issue", Refused("sold-out"))
    order = desk.sell(number)
    states = [(item.sale.state, item.sale.problem) for item in order.items if item.sale]
    assert [state for state, _ in states] == [SaleState.LAPSED, SaleState.ISSUED]
    assert states[0][1] is not None
    assert states[0][1].code == "sold-out"


def test_the_second_ticket_stays_held_when_the_distributor_goes_away(desk: Desk) -> None:
    number = desk.prepare(OfferKind.REGULAR, OfferKind.SUPERSAVER)
    desk.hold(number)
    desk.distributor.knobs.on_call = _fail_second_issue(desk)
    order = desk.sell(number)
    assert order.state is OrderState.DRAFT
    states = [item.sale.state for item in order.items if item.sale]
    assert states == [SaleState.ISSUED, SaleState.HELD]
    desk.distributor.knobs.on_call = lambda _method: None
    rest = sell.sell_order(
        number,
        key=uuid4(),
        total=Money(1300, "CHF"),
        actor=desk.actor,
        distributor=desk.distributor,
        clock=desk.clock,
    )
    assert rest.state is OrderState.SOLD
    assert balances()["carrier"] == -3900


def _fail_second_issue(desk: Desk) -> Callable[[str], None]:
    def on_call(method: str) -> None:
        if method == "issue" and desk.distributor.count("issue") == 1:
            desk.distributor.fail_next("issue", Unavailable("distributor-unavailable"))

    return on_call


def test_a_lost_hold_is_found_by_our_reference(desk: Desk) -> None:
    number = desk.prepare()
    desk.distributor.fail_next("hold", OutcomeUnknown("no-answer"), effect=True)
    assert desk.hold(number).unsettled
    desk.recover()
    sale = desk.order(number).items[0].sale
    assert sale is not None
    assert sale.state is SaleState.HELD
    assert desk.distributor.count("hold") == 1


def test_a_lost_hold_that_cannot_be_found_lapses_and_another_is_made(
    make_desk: Callable[..., Desk],
) -> None:
    desk = make_desk(abilities=Abilities(find_by_reference=False))
    number = desk.prepare()
    desk.distributor.fail_next("hold", OutcomeUnknown("no-answer"), effect=True)
    desk.hold(number)
    desk.recover()
    sale = desk.order(number).items[0].sale
    assert sale is not None
    assert sale.state is SaleState.LAPSED
    desk.hold(number)
    assert desk.sell(number).state is OrderState.SOLD
    assert desk.distributor.count("issue") == 1


def test_a_booking_confirmed_in_part_is_asked_for_again(desk: Desk) -> None:
    number = desk.prepare(adults=2)
    desk.hold(number)
    desk.distributor.confirm_next_only_in_part()
    desk.sell(number)
    desk.recover()
    order = desk.order(number)
    assert order.state is OrderState.SOLD
    assert balances()["carrier"] == -5200


def test_an_item_taken_out_gives_its_hold_back(desk: Desk) -> None:
    number = desk.prepare(OfferKind.REGULAR, OfferKind.SUPERSAVER)
    desk.hold(number)
    order = drop_item(number, 2, actor=desk.actor, distributor=desk.distributor, clock=desk.clock)
    assert [item.position for item in order.items] == [1]
    assert order.total == Money(2600, "CHF")
    assert desk.distributor.count("release") == 1
    assert desk.sell(number).state is OrderState.SOLD


def test_a_late_document_is_fetched_by_recovery(desk: Desk) -> None:
    desk.distributor.knobs.documents_after = timedelta(seconds=10)
    order = desk.sold()
    assert order.items[0].sale is not None
    assert not order.items[0].sale.documents_complete
    desk.recover()
    sale = desk.order(order.number).items[0].sale
    assert sale is not None
    assert sale.documents_complete
    assert len(sale.documents) == 1


def test_two_tabs_that_drop_the_same_item_end_in_the_same_order(desk: Desk) -> None:
    number = desk.prepare(OfferKind.REGULAR, OfferKind.SUPERSAVER)
    desk.hold(number)

    def drop(clock: SettableClock) -> OrderDetail:
        return drop_item(number, 2, actor=desk.actor, distributor=desk.distributor, clock=clock)

    order = drop(BusyClock(desk.clock.now(), lambda: drop(desk.clock)))
    assert [item.position for item in order.items] == [1]
    assert desk.distributor.count("release") == 1


def test_a_clean_up_whose_answer_is_lost_is_looked_at_again(desk: Desk) -> None:
    number = desk.prepare(adults=2)
    desk.hold(number)
    for _ in range(4):
        desk.distributor.confirm_next_only_in_part()
        desk.distributor.fail_next("issue", OutcomeUnknown("no-answer"), effect=True)
    desk.distributor.fail_next("clean_up", OutcomeUnknown("no-answer"), effect=True)
    desk.sell(number)
    desk.clock.advance(timedelta(minutes=3))
    desk.recover(minutes=3)
    sale = desk.order(number).items[0].sale
    assert sale is not None
    assert sale.state is SaleState.FAILED
    assert desk.distributor.count("clean_up") == 1
    assert balances() == {}


class BusyClock(SettableClock):
    """At its first reading somebody else is quicker."""

    def __init__(self, moment: datetime, meanwhile: Callable[[], object]) -> None:
        super().__init__(moment)
        self._meanwhile: Callable[[], object] | None = meanwhile

    def now(self) -> datetime:
        meanwhile, self._meanwhile = self._meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return super().now()
