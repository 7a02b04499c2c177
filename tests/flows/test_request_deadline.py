"""A request comes to its end in time: what it cannot end it does not begin, and nothing is lost."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from agenturclient.outbound import deadline
from agenturclient.sales.ports import OfferKind
from agenturclient.sales.states import OrderState, SaleState

if TYPE_CHECKING:
    from pytest_django import Settings

    from tests.flows.conftest import Desk


_LONGEST, _TAKES, _REQUEST = 0.3, 0.2, 0.4


def _take_time(desk: Desk, slow: str) -> None:
    def on_call(method: str) -> None:
        if method == slow:
            time.sleep(_TAKES)

    desk.distributor.knobs.on_call = on_call


def _states(desk: Desk, number: str) -> list[SaleState | None]:
    return [item.sale.state if item.sale else None for item in desk.order(number).items]


def _documents(desk: Desk, number: str) -> int:
    return sum(len(item.sale.documents) for item in desk.order(number).items if item.sale)


def test_what_there_is_no_time_to_hold_is_held_when_asked_again(
    desk: Desk, settings: Settings
) -> None:
    settings.HOLD_DEADLINE_SECONDS = _LONGEST
    number = desk.prepare(OfferKind.REGULAR, OfferKind.SUPERSAVER)
    _take_time(desk, "hold")

    with deadline.within(_REQUEST):
        desk.hold(number)

    assert _states(desk, number) == [SaleState.HELD, None]
    assert desk.distributor.count("hold") == 1
    desk.hold(number)
    assert _states(desk, number) == [SaleState.HELD, SaleState.HELD]
    assert desk.distributor.count("hold") == 2


def test_what_there_is_no_time_to_sell_is_sold_by_recovery(desk: Desk, settings: Settings) -> None:
    settings.ISSUE_DEADLINE_SECONDS = _LONGEST
    number = desk.prepare(OfferKind.REGULAR, OfferKind.SUPERSAVER)
    desk.hold(number)
    _take_time(desk, "issue")

    with deadline.within(_REQUEST):
        order = desk.sell(number)

    assert order.state is OrderState.SELLING
    assert order.unsettled
    assert _states(desk, number) == [SaleState.ISSUED, SaleState.HELD]
    desk.recover()
    assert desk.order(number).state is OrderState.SOLD
    assert _states(desk, number) == [SaleState.ISSUED, SaleState.ISSUED]
    assert desk.distributor.count("issue") == 2


def test_documents_are_waited_for_a_short_while_once_all_is_sold(
    desk: Desk, settings: Settings
) -> None:
    settings.DOCUMENTS_NOW_SECONDS = 5.0
    number = desk.prepare(OfferKind.REGULAR, OfferKind.SUPERSAVER)
    desk.hold(number)
    seen: list[tuple[OrderState, bool]] = []

    def on_call(method: str) -> None:
        if method == "fetch_documents":
            seen.append((desk.order(number).state, 0 < deadline.left() <= 5.0))

    desk.distributor.knobs.on_call = on_call
    desk.sell(number)

    assert seen == [(OrderState.SOLD, True), (OrderState.SOLD, True)]


def test_documents_that_there_is_no_time_for_come_later(desk: Desk, settings: Settings) -> None:
    settings.ISSUE_DEADLINE_SECONDS = _LONGEST
    settings.DOCUMENTS_NOW_SECONDS = _LONGEST
    number = desk.prepare()
    desk.hold(number)
    _take_time(desk, "issue")

    with deadline.within(_REQUEST):
        order = desk.sell(number)

    assert order.state is OrderState.SOLD
    assert desk.distributor.count("fetch_documents") == 0
    assert _documents(desk, number) == 0
    desk.recover()
    assert _documents(desk, number) == 1
