"""Cases 10, 11 and 12: an answer comes, and it is not the one that was expected."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from agenturclient.sales import sell
from agenturclient.sales.errors import PriceChanged
from agenturclient.sales.models import Operation, Refund, Sale
from agenturclient.sales.models.journal import OperationKind
from agenturclient.sales.states import OrderState, RefundState, SaleState
from tests.cases import tricks
from tests.cases.conftest import ACCEPT, CONFIRM, HOLD, Scene

if TYPE_CHECKING:
    from typing import Any

    from pytest_django.fixtures import Settings

    from agenturclient.kernel.money import Money

_LATER = timedelta(seconds=10)
_AGAIN = timedelta(seconds=3)
_ACCEPTED = b'{"fulfillments": []}'


def test_case_10_documents_that_never_come_do_not_put_the_sale_in_doubt(scene: Scene) -> None:
    """The strict distributor answers 202; its clock stands still, so nothing is ever complete."""
    number = scene.held()
    assert scene.sell(number) == ""
    for _ in range(4):
        scene.desk.clock.advance(timedelta(minutes=5))
        scene.recover_here()

    order = scene.desk.order(number)
    assert (order.state, order.in_doubt) == (OrderState.SOLD, False)
    assert not Sale.objects.get().documents_complete
    assert len(scene.line.came(CONFIRM)) == 1
    fetch = Operation.objects.get(kind=OperationKind.DOCUMENTS)
    assert (fetch.looks >= 4, fetch.settled_at) == (True, None)
    scene.check_books()


def test_case_10_a_confirmation_that_is_accepted_and_never_made_is_no_sale(scene: Scene) -> None:
    number = scene.held()
    for _ in range(10):
        scene.line.once(CONFIRM, tricks.instead(202, _ACCEPTED))
    assert scene.sell(number) == ""
    assert Sale.objects.get().state == SaleState.ISSUING

    for _ in range(24):
        scene.recover(_LATER)
    assert Sale.objects.get().state == SaleState.HELD
    assert scene.desk.order(number).state is OrderState.DRAFT
    assert {each.key for each in scene.line.came(CONFIRM)} == {str(Sale.objects.get().issue_key)}
    assert scene.sold_there() == []


def test_case_11_a_price_that_changed_at_the_hold_is_sold_only_as_it_was_accepted(
    scene: Scene,
) -> None:
    number = scene.desk.prepare()
    shown = scene.desk.order(number).total
    scene.sandbox.fault("booking", "price-change", times=1)
    held = scene.desk.hold(number)
    assert held.total != shown

    def sell_for(total: Money) -> None:
        sell.sell_order(
            number,
            key=uuid4(),
            total=total,
            actor=scene.desk.actor,
            distributor=scene.desk.distributor,
            clock=scene.desk.clock,
        )

    with pytest.raises(PriceChanged):
        sell_for(shown)
    assert scene.line.came(CONFIRM) == []
    sell_for(held.total)
    assert [price for _, price, _ in scene.sold_there()] == [held.total.amount]
    scene.check_books()


class TestKeysThatMetAnotherBody:
    """A distributor that answers a repeated key with something else than the first time."""

    @pytest.fixture
    def personality(self) -> str:
        """One that counts keys, so that recovery repeats under them."""
        return "plain"

    def test_case_12_a_repeated_hold_that_is_answered_with_another_booking_is_not_believed(
        self, settings: Settings, scene: Scene
    ) -> None:
        settings.OSDM_MISSING = ("bookings-search",)
        blind = scene.again()
        number = blind.desk.prepare()
        blind.line.once(HOLD, tricks.lose_the_answer)
        blind.line.once(HOLD, tricks.changed(_of_somebody_else))
        blind.desk.hold(number)

        blind.recover(_LATER)
        sale = Sale.objects.get()
        assert (sale.state, sale.booking_id) == (SaleState.HOLDING, "")

        blind.recover(_LATER)
        sale = Sale.objects.get()
        mine = blind.desk.distributor.read_booking(sale.booking_id)
        assert (sale.state, mine.reference) == (SaleState.HELD, sale.reference)
        assert len({each.key for each in blind.line.came(HOLD)}) == 1

    def test_case_12_a_repeated_acceptance_that_is_answered_with_another_refund_is_not_booked(
        self, scene: Scene
    ) -> None:
        number = scene.quoted()
        quoted = Refund.objects.get()
        scene.line.once(ACCEPT, tricks.lose_the_request)
        scene.line.once(ACCEPT, tricks.changed(_of_another_refund))
        assert scene.accept(number) == ""

        scene.recover(_LATER)
        scene.recover(_AGAIN)
        assert Refund.objects.get().state == RefundState.ACCEPTING

        scene.recover(_LATER)
        refund = Refund.objects.get()
        assert (refund.state, refund.confirmed_amount) == (RefundState.REFUNDED, quoted.amount)
        assert len(scene.line.reached(ACCEPT)) == 1
        scene.check_books()


def _of_somebody_else(content: dict[str, Any]) -> None:
    content["booking"] |= {"id": "theirs", "externalRef": "somebody-else-1"}


def _of_another_refund(content: dict[str, Any]) -> None:
    content["refundOffer"]["id"] = "another"
    content["refundOffer"]["refundableAmount"]["amount"] += 100
