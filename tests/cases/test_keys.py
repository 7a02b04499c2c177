"""Cases 18 and 19: the same thing asked for twice, and one key for two things."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

from agenturclient.kernel.money import Money
from agenturclient.sales import drafts, holds, refund, sell
from agenturclient.sales.errors import KeyReused, OrderNotFound
from agenturclient.sales.models import Order, Refund, Sale, Ticket
from agenturclient.sales.ports import Unavailable
from agenturclient.sales.states import OrderState, SaleState
from tests.cases import tricks
from tests.cases.conftest import CONFIRM, HOLD, Scene, told
from tests.cases.processes import selling
from tests.concurrency.test_races import MeetingClock, at_once

if TYPE_CHECKING:
    from collections.abc import Callable

    from agenturclient.identity.actors import Actor
    from agenturclient.sales.details import OrderDetail
    from tests.flows.conftest import Desk

_TABS = 3


def click_sell(scene: Scene, number: str, *, key: UUID, total: Money | None = None) -> OrderDetail:
    """A click on "sell" that sends this key."""
    return sell.sell_order(
        number,
        key=key,
        total=total or scene.desk.order(number).total,
        actor=scene.desk.actor,
        distributor=scene.desk.distributor,
        clock=scene.desk.clock,
    )


def test_case_18_two_processes_that_get_the_same_key_at_once_sell_once(scene: Scene) -> None:
    number, key = scene.held(), uuid4()
    scene.line.once(CONFIRM, tricks.late(1.5))
    with ExitStack() as stack:
        pods = [stack.enter_context(selling(scene, number, key=key)) for _ in range(2)]
        assert [pod.wait(60) for pod in pods] == [0, 0]

    assert len(scene.line.came(CONFIRM)) == 1
    assert scene.desk.order(number).state is OrderState.SOLD
    scene.check_books()


def test_case_18_a_double_click_and_two_tabs_on_hold_make_one_booking(scene: Scene) -> None:
    number = scene.desk.prepare()
    meeting = MeetingClock(scene.desk.clock.now(), _TABS)

    def click() -> None:
        holds.hold_order(
            number,
            key=uuid4(),
            actor=scene.desk.actor,
            distributor=scene.desk.distributor,
            clock=meeting,
        )

    at_once(click, _TABS)
    assert len(scene.line.came(HOLD)) == 1
    assert [sale.state for sale in Sale.objects.all()] == [SaleState.HELD]


def test_case_18_two_tabs_that_sell_with_keys_of_their_own_sell_once(scene: Scene) -> None:
    number = scene.held()
    total = scene.desk.order(number).total
    states = at_once(lambda: click_sell(scene, number, key=uuid4(), total=total).state, _TABS)

    assert set(states) <= {OrderState.SELLING, OrderState.SOLD}
    assert len(scene.line.came(CONFIRM)) == 1
    assert click_sell(scene, number, key=uuid4()).state is OrderState.SOLD
    assert len(scene.line.came(CONFIRM)) == 1
    scene.check_books()


def test_case_18_a_browser_that_retries_what_was_turned_away_does_not_sell_behind_the_agents_back(
    scene: Scene,
) -> None:
    """A proxy answered 504 long ago; the first request has ended meanwhile, with nothing sold."""
    number, key = scene.held(), uuid4()
    scene.line.once(CONFIRM, tricks.instead(429))
    with pytest.raises(Unavailable):
        click_sell(scene, number, key=key)

    again = click_sell(scene, number, key=key)
    assert (again.state, len(scene.line.came(CONFIRM))) == (OrderState.DRAFT, 1)
    assert scene.sell(number) == ""  # a click of the agent has a key of its own
    scene.check_books()


def test_case_18_a_browser_that_retries_what_is_in_doubt_is_told_so(scene: Scene) -> None:
    number, key = scene.held(), uuid4()
    total = scene.desk.order(number).total
    scene.line.once(CONFIRM, tricks.lose_the_answer)
    click_sell(scene, number, key=key, total=total)

    again = click_sell(scene, number, key=key, total=total)
    assert (again.state, again.in_doubt) == (OrderState.SELLING, True)
    scene.recover(timedelta(seconds=10))
    assert len(scene.line.came(CONFIRM)) == 1
    scene.check_books()


def test_case_19_a_key_that_sold_is_refused_for_another_total(scene: Scene) -> None:
    number, key = scene.held(), uuid4()
    click_sell(scene, number, key=key, total=scene.desk.order(number).total)
    with pytest.raises(KeyReused):
        click_sell(scene, number, key=key, total=Money(1, "CHF"))
    assert len(scene.line.came(CONFIRM)) == 1


def test_case_19_a_key_that_quoted_is_refused_for_other_tickets(scene: Scene) -> None:
    scene.desk.sell(scene.held(adults=2))
    number = Order.objects.get().number
    first, second = Ticket.objects.order_by("pk")
    key = uuid4()

    def quote(ticket: int) -> None:
        refund.quote_refund(
            number,
            key=key,
            tickets=(ticket,),
            reason=None,
            actor=scene.desk.actor,
            distributor=scene.desk.distributor,
            clock=scene.desk.clock,
        )

    quote(first.pk)
    quote(first.pk)
    with pytest.raises(KeyReused):
        quote(second.pk)
    assert [list(row.lines.values_list("ticket", flat=True)) for row in Refund.objects.all()] == [
        [first.pk]
    ]


def test_case_19_another_agency_with_the_same_key_gets_an_order_of_its_own_and_sees_no_other(
    scene: Scene, make_desk: Callable[..., Desk]
) -> None:
    key, number = uuid4(), scene.held()
    stranger = make_desk(agency="seereisen").actor

    def start(actor: Actor) -> str:
        order, _ = drafts.start_order(
            key=key, customer_reference="", cost_centre="", actor=actor, clock=scene.desk.clock
        )
        return order.number

    assert start(scene.desk.actor) == start(scene.desk.actor) != start(stranger)
    theirs = replace(scene, desk=replace(scene.desk, actor=stranger))
    with pytest.raises(OrderNotFound):
        click_sell(theirs, number, key=uuid4(), total=scene.desk.order(number).total)
    assert told(lambda: click_sell(theirs, number, key=uuid4(), total=Money(1, "CHF"))) == (
        "order-not-found"
    )
    assert scene.line.came(CONFIRM) == []
