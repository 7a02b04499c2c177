"""Acts two and three of a refund's quote and of dropping it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from agenturclient.kernel.money import Money
from agenturclient.sales import journal, rules
from agenturclient.sales.deadlines import refund_lasts
from agenturclient.sales.models import (
    Fulfillment,
    Refund,
    RefundTicket,
    Ticket,
)
from agenturclient.sales.moves import move_refund
from agenturclient.sales.ports import (
    DistributorFailure,
    OutcomeUnknown,
    RefundQuote,
    RefundReason,
    RefundRequest,
    Refusals,
    Refused,
    Unavailable,
)
from agenturclient.sales.snapshots import freeze
from agenturclient.sales.states import RefundState

if TYPE_CHECKING:
    from agenturclient.kernel.clock import Clock
    from agenturclient.sales.journal import Lease
    from agenturclient.sales.ports import Distributor


def request_of(refund: Refund) -> RefundRequest:
    """What to ask the distributor: the fulfillments that cover the tickets, and which of their
    parts.
    """
    tickets = Ticket.objects.filter(refund_lines__refund=refund)
    parts = {part for ticket in tickets for part in ticket.parts}
    covering = [
        row
        for row in Fulfillment.objects.filter(sale=refund.sale, valid=True)
        if not row.parts or parts & set(row.parts)
    ]
    rest = Ticket.objects.filter(sale=refund.sale, refunded=False).exclude(refund=refund)
    other = {part for ticket in rest for part in ticket.parts}
    whole = not any(other & set(row.parts) for row in covering) and not (
        other and any(not row.parts for row in covering)
    )
    return RefundRequest(
        booking=refund.sale.booking_id,
        fulfillments=tuple(row.external_id for row in covering),
        parts=() if whole else tuple(sorted(parts)),
        reason=RefundReason(refund.reason) if refund.reason else None,
    )


def send_quote(
    lease: Lease, refund: Refund, *, distributor: Distributor, clock: Clock, again: bool = False
) -> None:
    """Acts two and three of a quote; `again` after an answer was lost.

    Raises Refused or Unavailable after recording it; an unknown outcome stays open.
    """
    request = request_of(refund)
    ask = distributor.requote_refund if again else distributor.quote_refund
    journal.send(lease, now=clock.now(), lasts=refund_lasts())
    try:
        quote = ask(request, key=refund.quote_key)
    except OutcomeUnknown:
        journal.look_later(lease, now=clock.now(), looked=False)
    except (Refused, Unavailable) as failure:
        record_not_quoted(lease, refund, failure, clock=clock)
        raise
    else:
        record_quoted(lease, refund, quote, distributor=distributor, clock=clock)


def record_quoted(
    lease: Lease, refund: Refund, quote: RefundQuote, *, distributor: Distributor, clock: Clock
) -> None:
    """Act three: quoted.

    Where nothing would be paid back for tickets that cost something, it ends here.

    Raises Refused(NOT_REFUNDABLE) in that case.
    """
    now = clock.now()
    nothing = quote.amount.amount <= 0 and _prices(refund) > 0
    with transaction.atomic(durable=True):
        journal.settle(lease, Refusals.NOT_REFUNDABLE if nothing else "done", now=now)
        fields = {
            "quote_id": quote.id,
            "fulfillments": list(quote.fulfillments),
            "shares": freeze(quote.shares),
            "fee_amount": quote.fee.amount,
            "amount": quote.amount.amount,
            "valid_until": quote.valid_until or now + rules.QUOTE_BLOCKS_FOR,
        }
        user = refund.agent_id
        if nothing:
            fields["problem_code"] = Refusals.NOT_REFUNDABLE
            move_refund(refund, RefundState.DECLINED, user=user, now=now, **fields)
            free_tickets(refund)
        else:
            facts = {"fee": quote.fee.amount, "amount": quote.amount.amount}
            move_refund(refund, RefundState.QUOTED, user=user, now=now, facts=facts, **fields)
            price_lines(refund, quote)
    if nothing:
        _drop_quietly(refund, distributor)
        raise Refused(Refusals.NOT_REFUNDABLE)


def record_not_quoted(
    lease: Lease, refund: Refund, failure: DistributorFailure, *, clock: Clock
) -> None:
    """Act three: certainly no quote. A definite no declines it, anything else lets it lapse."""
    now = clock.now()
    state = RefundState.DECLINED if isinstance(failure, Refused) else RefundState.LAPSED
    blocked = failure.code == Refusals.QUOTE_BLOCKED
    with transaction.atomic(durable=True):
        journal.settle(lease, failure.code, now=now)
        move_refund(
            refund,
            state,
            user=refund.agent_id,
            now=now,
            facts={"code": failure.code},
            problem_code=failure.code,
            blocked_until=now + rules.QUOTE_BLOCKS_FOR if blocked else None,
        )
        free_tickets(refund)


def send_drop(lease: Lease, refund: Refund, *, distributor: Distributor, clock: Clock) -> None:
    """Acts two and three of dropping a quote.

    Raises Unavailable after recording it; an unknown outcome stays open.
    """
    journal.send(lease, now=clock.now(), lasts=refund_lasts())
    try:
        distributor.drop_quote(refund.sale.booking_id, refund.quote_id)
    except OutcomeUnknown:
        journal.look_later(lease, now=clock.now(), looked=False)
    except Refused as refusal:
        if refusal.code == Refusals.ALREADY_CONFIRMED:
            journal.look_later(lease, now=clock.now(), looked=False)
            return
        record_dropped(lease, refund, clock=clock)
    except Unavailable as failure:
        with transaction.atomic(durable=True):
            journal.settle(lease, failure.code, now=clock.now())
            move_refund(refund, RefundState.QUOTED, user=None, now=clock.now())
        raise
    else:
        record_dropped(lease, refund, clock=clock)


def record_dropped(lease: Lease, refund: Refund, *, clock: Clock) -> None:
    """Act three: the quote is gone, its tickets are free."""
    now = clock.now()
    with transaction.atomic(durable=True):
        journal.settle(lease, "done", now=now)
        move_refund(refund, RefundState.DROPPED, user=refund.agent_id, now=now)
        free_tickets(refund)


def free_tickets(refund: Refund) -> None:
    """Let go of the tickets that a refund has claimed, in the transaction that ends it."""
    Ticket.objects.filter(refund=refund, refunded=False).update(refund=None)


def price_lines(refund: Refund, quote: RefundQuote) -> None:
    currency = refund.order.currency
    tickets = Ticket.objects.filter(refund_lines__refund=refund).order_by("pk")
    prices = [
        rules.TicketPrice(row.pk, Money(row.price_amount, currency), tuple(row.parts))
        for row in tickets
    ]
    for ticket, (fee, amount) in rules.share_refund(quote, prices).items():
        RefundTicket.objects.filter(refund=refund, ticket=ticket).update(
            fee_amount=fee.amount, amount=amount.amount
        )


def _prices(refund: Refund) -> int:
    tickets = Ticket.objects.filter(refund_lines__refund=refund)
    return sum(ticket.price_amount for ticket in tickets)


def _drop_quietly(refund: Refund, distributor: Distributor) -> None:
    try:
        distributor.drop_quote(refund.sale.booking_id, refund.quote_id)
    except DistributorFailure:
        # It blocks another quote until it ends by itself, nothing more.
        return
