"""Acts two and three of an acceptance: the point of no return of a refund."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q

from agenturclient.kernel.money import Money
from agenturclient.sales import journal
from agenturclient.sales.deadlines import refund_lasts
from agenturclient.sales.differences import note_refund
from agenturclient.sales.documents import expect_documents
from agenturclient.sales.issuing import ticket_money
from agenturclient.sales.models import (
    Document,
    Fulfillment,
    Operation,
    Order,
    Refund,
    Ticket,
)
from agenturclient.sales.models.journal import OperationKind
from agenturclient.sales.moves import move_refund
from agenturclient.sales.ports import (
    DistributorFailure,
    OutcomeUnknown,
    RefundQuote,
    Refusals,
    Refused,
    Unavailable,
)
from agenturclient.sales.quoting import free_tickets, price_lines
from agenturclient.sales.snapshots import freeze, thaw
from agenturclient.sales.states import RefundState
from agenturclient.settlement import ledger

if TYPE_CHECKING:
    from datetime import datetime

    from agenturclient.kernel.clock import Clock
    from agenturclient.sales.journal import Lease, Verdict
    from agenturclient.sales.ports import Distributor


def begin_acceptance(refund: Refund, *, user: int | None, clock: Clock) -> Lease:
    """Act one: the quote is being accepted. Raises MoveLost when it does not stand (any more)."""
    now = clock.now()
    with transaction.atomic(durable=True):
        move_refund(refund, RefundState.ACCEPTING, user=user, now=now, problem_code="")
        return journal.begin(
            OperationKind.ACCEPT,
            refund,
            key=refund.accept_key,
            user=user,
            now=now,
            lasts=refund_lasts(),
        )


def was_sent_to_accept(refund: Refund) -> bool:
    """Whether an acceptance ever left: then only the distributor knows that it did not happen."""
    sent = Operation.objects.filter(refund=refund, kind=OperationKind.ACCEPT).exclude(sent_at=None)
    return sent.exists()


def may_arrive_late(refund: Refund) -> bool:
    """Whether another acceptance than the one just answered may still reach the distributor: it was
    sent, and its outcome was never known.

    A process that was stopped sends on when it goes on, however long the lease is over.
    """
    sent = Operation.objects.filter(refund=refund, kind=OperationKind.ACCEPT)
    return sent.filter(Q(attempts__gt=1) | Q(outcome=journal.NOT_DONE)).exists()


def send_acceptance(
    lease: Lease,
    refund: Refund,
    *,
    distributor: Distributor,
    clock: Clock,
    patient: bool = False,
) -> None:
    """Acts two and three of an acceptance.

    Raises Refused or Unavailable after recording it; unknown stays open. So does a refusal that
    answers one try of several: the booking tells what became of the others.
    """
    journal.send(lease, now=clock.now(), lasts=refund_lasts())
    try:
        quote = distributor.accept_refund(
            refund.sale.booking_id, refund.quote_id, key=refund.accept_key, patient=patient
        )
    except OutcomeUnknown:
        journal.look_later(lease, now=clock.now(), looked=False)
    except Refused as refusal:
        if refusal.code == Refusals.ALREADY_CONFIRMED:
            journal.look_later(lease, now=clock.now(), looked=False)
            return
        if may_arrive_late(refund):
            journal.remember(lease, refused=refusal.code)
            journal.look_later(lease, now=clock.now(), looked=False)
            return
        record_not_accepted(lease, refund, refusal, clock=clock)
        raise
    except Unavailable as failure:
        record_not_accepted(lease, refund, failure, clock=clock)
        raise
    else:
        record_refunded(lease, refund, quote, clock=clock)


def record_refunded(
    lease: Lease,
    refund: Refund,
    quote: RefundQuote,
    *,
    clock: Clock,
    verdict: Verdict | None = None,
) -> None:
    """Act three: refunded, and posted as the distributor confirms it, also where that differs from
    the quote: then it is a difference.

    With a verdict it is a person who says so.
    """
    now = clock.now()
    user = verdict.user if verdict else Operation.objects.get(pk=lease.operation).user_id
    with transaction.atomic(durable=True):
        journal.settle(lease, "done", now=now, verdict=verdict)
        move_refund(
            refund,
            RefundState.REFUNDED,
            user=user,
            now=now,
            facts={
                "amount": quote.amount.amount,
                "quoted": refund.amount,
                **(verdict.facts if verdict else {}),
            },
            confirmed_amount=quote.amount.amount,
            refunded_at=now,
            problem_code="",
        )
        price_lines(refund, quote if quote.shares else _with_shares(quote, refund))
        _post(refund, now)
        _end_fulfillments(refund)
        expect_documents(refund.sale, now=now)
        note_refund(refund, now=now)


def record_not_accepted(
    lease: Lease, refund: Refund, failure: DistributorFailure, *, clock: Clock
) -> None:
    """Act three: certainly not refunded.

    What the distributor declines ends, unless an earlier try may still arrive; otherwise the quote
    stands as before, and recovery asks the distributor when it ends.
    """
    now = clock.now()
    gone = failure.code in (Refusals.QUOTE_LAPSED, Refusals.BOOKING_NOT_FOUND)
    declined = isinstance(failure, Refused) and not gone and not may_arrive_late(refund)
    state = RefundState.QUOTED
    if gone:
        state = RefundState.LAPSED
    elif declined:
        state = RefundState.DECLINED
    with transaction.atomic(durable=True):
        journal.settle(lease, failure.code, now=now)
        move_refund(
            refund,
            state,
            user=None,
            now=now,
            facts={"code": failure.code},
            problem_code=failure.code,
        )
        if state is not RefundState.QUOTED:
            free_tickets(refund)


def _with_shares(quote: RefundQuote, refund: Refund) -> RefundQuote:
    quoted = thaw({**freeze(quote), "shares": refund.shares}, RefundQuote)
    return quoted if refund.amount == quote.amount.amount else quote


def _post(refund: Refund, now: datetime) -> None:
    currency = refund.order.currency
    lines = list(refund.lines.select_related("ticket"))
    for line in lines:
        ledger.post_refund(
            ticket_money(refund.sale, line.ticket),
            Money(line.amount or 0, currency),
            refund=refund.pk,
            at=now,
        )
    Ticket.objects.filter(refund=refund).update(refunded=True)
    Order.objects.filter(pk=refund.order_id).update(
        refunded_amount=F("refunded_amount") + sum(line.amount or 0 for line in lines)
    )


def _end_fulfillments(refund: Refund) -> None:
    """The refunded tickets' documents must not be handed out any more, also before the distributor
    is read again.
    """
    parts = {part for line in refund.lines.select_related("ticket") for part in line.ticket.parts}
    for row in Fulfillment.objects.filter(sale=refund.sale, valid=True):
        if not row.parts or parts & set(row.parts):
            Fulfillment.objects.filter(pk=row.pk).update(valid=False)
            Document.objects.filter(sale=refund.sale, fulfillment_id=row.external_id).update(
                current=False
            )
