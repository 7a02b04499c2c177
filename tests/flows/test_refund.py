"""Refunding: the quote, its acceptance, and what happens when an answer is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from agenturclient.kernel.money import Money
from agenturclient.sales import errors, refund
from agenturclient.sales.ports import Abilities, OfferKind, OutcomeUnknown, Refused, Unavailable
from agenturclient.sales.states import RefundState
from agenturclient.settlement.models import Entry

if TYPE_CHECKING:
    from collections.abc import Callable

    from agenturclient.sales.details import OrderDetail
    from tests.flows.conftest import Desk


def balance(account: str) -> int:
    return sum(entry.amount for entry in Entry.objects.filter(account=account))


def ticket_states(order: OrderDetail) -> list[str]:
    return [t.state for item in order.items if item.sale for t in item.sale.tickets]


def test_a_ticket_is_quoted_and_refunded_in_full_before_it_is_valid(desk: Desk) -> None:
    quoted = desk.quote(desk.sold())
    assert quoted.refunds[0].state is RefundState.QUOTED
    assert quoted.refunds[0].amount == Money(2600, "CHF")
    assert ticket_states(quoted) == ["refunding"]

    refunded = desk.accept(quoted)

    assert refunded.refunds[0].state is RefundState.REFUNDED
    assert refunded.refunded == Money(2600, "CHF")
    assert ticket_states(refunded) == ["refunded"]
    assert (balance("carrier"), balance("commission")) == (0, 0)
    assert (balance("operator-fee"), balance("agency")) == (-50, 50)
    assert refunded.items[0].sale is not None
    assert [document.current for document in refunded.items[0].sale.documents] == [False]


def test_one_of_two_tickets_is_refunded_and_the_other_stays(desk: Desk) -> None:
    order = desk.sold(adults=2)
    assert order.items[0].sale is not None
    first = order.items[0].sale.tickets[0].id
    refunded = desk.accept(desk.quote(order, first))
    assert ticket_states(refunded) == ["refunded", "valid"]
    assert refunded.refunded == Money(2600, "CHF")
    both = desk.accept(desk.quote(refunded, order.items[0].sale.tickets[1].id))
    assert ticket_states(both) == ["refunded", "refunded"]
    assert balance("carrier") == 0


def test_tickets_of_one_fulfillment_go_together_where_nothing_can_be_refunded_in_part(
    make_desk: Callable[..., Desk],
) -> None:
    desk = make_desk(abilities=Abilities(partial_refund=False))
    order = desk.sold(adults=2)
    assert order.items[0].sale is not None
    with pytest.raises(errors.TicketsTogether):
        desk.quote(order, order.items[0].sale.tickets[0].id)
    assert desk.distributor.count("quote_refund") == 0


def test_a_refunded_ticket_is_not_refunded_again(desk: Desk) -> None:
    order = desk.accept(desk.quote(desk.sold()))
    with pytest.raises(errors.TicketAlreadyRefunded):
        desk.quote(order)
    assert desk.distributor.count("accept_refund") == 1


def test_an_open_quote_blocks_another_and_can_be_dropped(desk: Desk) -> None:
    quoted = desk.quote(desk.sold())
    with pytest.raises(errors.QuoteBlocked):
        desk.quote(quoted)
    dropped = refund.drop_quote(
        quoted.number,
        quoted.refunds[0].id,
        actor=desk.actor,
        distributor=desk.distributor,
        clock=desk.clock,
    )
    assert dropped.refunds[0].state is RefundState.DROPPED
    assert ticket_states(dropped) == ["valid"]
    assert desk.quote(dropped).refunds[1].state is RefundState.QUOTED


def test_another_amount_than_the_quoted_one_is_not_accepted(desk: Desk) -> None:
    quoted = desk.quote(desk.sold())
    with pytest.raises(errors.QuoteDiffers):
        refund.accept_refund(
            quoted.number,
            quoted.refunds[0].id,
            key=uuid4(),
            amount=Money(2601, "CHF"),
            actor=desk.actor,
            distributor=desk.distributor,
            clock=desk.clock,
        )
    assert desk.distributor.count("accept_refund") == 0


def test_a_quote_ends_by_itself_and_frees_its_tickets(desk: Desk) -> None:
    quoted = desk.quote(desk.sold())
    desk.clock.advance(timedelta(minutes=25))
    with pytest.raises(errors.QuoteLapsed):
        desk.accept(quoted)
    desk.recover()
    order = desk.order(quoted.number)
    assert order.refunds[0].state is RefundState.LAPSED
    assert ticket_states(order) == ["valid"]


def test_a_supersaver_long_after_its_purchase_brings_nothing_back(desk: Desk) -> None:
    order = desk.sold(OfferKind.SUPERSAVER)
    desk.clock.advance(timedelta(hours=2))
    with pytest.raises(Refused, match="not-refundable"):
        desk.quote(order)
    declined = desk.order(order.number)
    assert declined.refunds[0].state is RefundState.DECLINED
    assert ticket_states(declined) == ["valid"]


def test_a_lost_answer_to_the_acceptance_is_found_out_and_posted_once(desk: Desk) -> None:
    quoted = desk.quote(desk.sold())
    desk.distributor.fail_next("accept_refund", OutcomeUnknown("no-answer"), effect=True)
    unknown = desk.accept(quoted)
    assert unknown.refunds[0].state is RefundState.ACCEPTING
    assert unknown.in_doubt
    desk.recover()
    order = desk.order(quoted.number)
    assert order.refunds[0].state is RefundState.REFUNDED
    assert order.refunded == Money(2600, "CHF")
    assert desk.distributor.count("accept_refund") == 1
    assert balance("carrier") == 0


@pytest.mark.parametrize(
    "abilities",
    [
        Abilities(lists_quotes=False),
        Abilities(lists_quotes=False, reads_quotes=False),
        Abilities(honours_keys=True),
    ],
    ids=["quotes-not-listed", "quotes-not-readable", "keys-honoured"],
)
def test_a_lost_acceptance_is_found_out_whatever_the_distributor_tells(
    make_desk: Callable[..., Desk], abilities: Abilities
) -> None:
    desk = make_desk(abilities=abilities)
    quoted = desk.quote(desk.sold())
    desk.distributor.fail_next("accept_refund", OutcomeUnknown("no-answer"), effect=True)
    desk.accept(quoted)
    desk.recover(minutes=2)
    order = desk.order(quoted.number)
    assert order.refunds[0].state is RefundState.REFUNDED
    assert order.refunded == Money(2600, "CHF")


def test_an_acceptance_that_never_arrived_is_repeated(desk: Desk) -> None:
    quoted = desk.quote(desk.sold())
    desk.distributor.fail_next("accept_refund", OutcomeUnknown("server-error"), effect=False)
    desk.accept(quoted)
    desk.recover()
    assert desk.order(quoted.number).refunds[0].state is RefundState.REFUNDED
    keys = [call.key for call in desk.distributor.calls if call.method == "accept_refund"]
    assert len(keys) == 2
    assert keys[0] == keys[1]


def test_a_lost_quote_is_found_in_the_booking(desk: Desk) -> None:
    order = desk.sold()
    desk.distributor.fail_next("quote_refund", OutcomeUnknown("no-answer"), effect=True)
    assert desk.quote(order).unsettled
    desk.recover()
    found = desk.order(order.number)
    assert found.refunds[0].state is RefundState.QUOTED
    assert found.refunds[0].amount == Money(2600, "CHF")


def test_a_lost_quote_that_nobody_tells_blocks_until_it_ends(
    make_desk: Callable[..., Desk],
) -> None:
    desk = make_desk(abilities=Abilities(lists_quotes=False, reads_quotes=False))
    order = desk.sold()
    desk.distributor.fail_next("quote_refund", OutcomeUnknown("no-answer"), effect=True)
    desk.quote(order)
    desk.recover()
    ended = desk.order(order.number).refunds[0]
    assert ended.state is RefundState.DECLINED
    assert ended.blocked_until is not None
    assert ticket_states(desk.order(order.number)) == ["valid"]


def test_an_unavailable_distributor_leaves_the_quote_to_be_accepted_later(desk: Desk) -> None:
    quoted = desk.quote(desk.sold())
    desk.distributor.fail_next("accept_refund", Unavailable("distributor-unavailable"))
    with pytest.raises(Unavailable):
        desk.accept(quoted)
    assert desk.order(quoted.number).refunds[0].state is RefundState.QUOTED
    assert desk.accept(quoted).refunds[0].state is RefundState.REFUNDED


def test_what_the_distributor_confirms_is_posted_also_where_it_differs(desk: Desk) -> None:
    quoted = desk.quote(desk.sold())
    desk.distributor.change_next_refund(Money(-100, "CHF"))
    refunded = desk.accept(quoted)
    assert refunded.refunds[0].confirmed_amount == Money(2500, "CHF")
    assert refunded.refunded == Money(2500, "CHF")
    assert balance("carrier") == -100
    assert sum(entry.amount for entry in Entry.objects.all()) == 0
