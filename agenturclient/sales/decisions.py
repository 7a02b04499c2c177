"""A person's decision about an operation that nobody could clear up: a move like any other, under
the fence.

The distributor is asked once more before it counts: what it proves outranks what a person says.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from django.db import transaction

from agenturclient.kernel.money import Money
from agenturclient.sales import journal
from agenturclient.sales.access import require_operator
from agenturclient.sales.deadlines import issue_lasts
from agenturclient.sales.details import Decision, Question
from agenturclient.sales.errors import (
    AlreadySettled,
    BeingClarified,
    BookingNumberMissing,
    KeyReused,
    NotDecidable,
    ReasonMissing,
)
from agenturclient.sales.issuing import record_issued
from agenturclient.sales.journal import LeaseLost, Verdict
from agenturclient.sales.models import Item, Operation, Refund, Sale
from agenturclient.sales.models.journal import OperationKind, OperationState
from agenturclient.sales.moves import MoveLost, move_refund, move_sale
from agenturclient.sales.ports import (
    BookedPart,
    Booking,
    BookingState,
    Offer,
    RefundQuote,
    Refused,
    Unavailable,
)
from agenturclient.sales.quoting import free_tickets
from agenturclient.sales.refund_looks import as_quoted, proof_of_refund
from agenturclient.sales.refunding import record_refunded
from agenturclient.sales.snapshots import thaw
from agenturclient.sales.states import RefundState, SaleState
from agenturclient.sales.summary import close_if_sold, refresh_summary
from agenturclient.sales.worklist import ENDS, QUESTIONS, case_of, find_case, state_of

if TYPE_CHECKING:
    from uuid import UUID

    from agenturclient.identity.actors import Actor
    from agenturclient.kernel.clock import Clock
    from agenturclient.sales.details import CaseDetail
    from agenturclient.sales.journal import Lease
    from agenturclient.sales.ports import Distributor

Proof = Booking | RefundQuote
# What the agency reads at a sale or a refund that a person has ended: it may be tried again.


def decide(
    operation: int,
    decision: Decision,
    *,
    key: UUID,
    actor: Actor,
    distributor: Distributor,
    clock: Clock,
) -> CaseDetail:
    """End a flagged operation as a person says. The same key always ends in the same decision.

    "It happened" posts the held price or the quoted refund, unless the distributor proves another
    one; "it did not" frees the item or the tickets. Raises PermissionMissing, ReasonMissing,
    CaseNotFound, KeyReused, AlreadySettled, NotDecidable, BookingNumberMissing, BeingClarified.
    """
    require_operator(actor)
    if not decision.reason.strip():
        raise ReasonMissing
    verdict = Verdict(
        actor.user_id,
        key,
        decision.happened,
        decision.reason.strip(),
        decision.booking_code.strip(),
    )
    row = find_case(operation)
    if not _is_served(row, verdict):
        _check(row, verdict)
        lease = journal.seize(operation, now=clock.now(), lasts=issue_lasts())
        if lease is not None:
            proof = _proof(row, distributor)
            with suppress(LeaseLost, MoveLost):
                _record(lease, find_case(operation), verdict, proof, clock=clock)
            journal.wake(row.order, now=clock.now())
        row = find_case(operation)
        if not _is_served(row, verdict):
            # Somebody else decided in the same moment and is about to write it down.
            raise BeingClarified
    return case_of(row, actor.name)


def _is_served(row: Operation, verdict: Verdict) -> bool:
    """Whether this decision has ended the operation. Raises AlreadySettled when something else
    has.
    """
    if row.state != OperationState.SETTLED:
        return False
    made = row.facts.get("decision", {})
    if made.get("key") != str(verdict.key):
        raise AlreadySettled(state=state_of(row))
    if made != verdict.kept:
        raise KeyReused
    return True


def _check(row: Operation, verdict: Verdict) -> None:
    kind = OperationKind(row.kind)
    if row.flagged_at is None or verdict.happened not in ENDS[kind]:
        raise NotDecidable(kind=kind.value)
    if verdict.happened and QUESTIONS[kind] is Question.SOLD and not verdict.booking_code:
        raise BookingNumberMissing


def _proof(row: Operation, distributor: Distributor) -> Proof | None:
    """What the distributor proves by now: a confirmed booking, a confirmed refund, or nothing."""
    sale = row.refund.sale if row.refund else row.sale
    if sale is None or not sale.booking_id:
        return None
    try:
        booking = distributor.read_booking(sale.booking_id, patient=True)
    except (Refused, Unavailable):
        return None
    if row.kind in (OperationKind.ACCEPT, OperationKind.DROP) and row.refund:
        return proof_of_refund(row.refund, booking, distributor)
    if row.refund is None and booking.state is BookingState.CONFIRMED:
        return booking
    return None


def _record(
    lease: Lease, row: Operation, verdict: Verdict, proof: Proof | None, *, clock: Clock
) -> None:
    end = ENDS[OperationKind(row.kind)][verdict.happened]
    # A proof that says what the person says carries the person's name, one that does not is a fact.
    agreed = verdict if end in (SaleState.ISSUED, RefundState.REFUNDED) else None
    if row.refund:
        quote = proof if isinstance(proof, RefundQuote) else None
        if quote is None and end is RefundState.REFUNDED:
            quote = as_quoted(row.refund)
        if quote is None:
            _end_refund(lease, row.refund, RefundState(end), verdict, clock=clock)
        else:
            record_refunded(lease, row.refund, quote, clock=clock, verdict=agreed)
    elif row.sale:
        booking = proof if isinstance(proof, Booking) else None
        if booking is None and end is SaleState.ISSUED:
            booking = as_held(row.sale, verdict.booking_code)
        if booking is None:
            _end_sale(lease, row.sale, SaleState(end), verdict, clock=clock)
        else:
            record_issued(lease, row.sale, booking, clock=clock, verdict=agreed)


def as_held(sale: Sale, booking_code: str) -> Booking:
    """The sale as if the distributor had confirmed exactly what it held.

    Prices per part are the offer's; where the hold cost something else, it is split evenly. The
    parts get their real ids when the documents are fetched.
    """
    currency = sale.order.currency
    held = Money(sale.price_amount or 0, currency)
    offered = thaw(sale.item.offer, Offer).parts
    parts = tuple(
        BookedPart(part.id, part.price, part.travellers, confirmed=True) for part in offered
    )
    if sum(part.price.amount for part in parts) != held.amount:
        everybody = tuple(dict.fromkeys(ref for part in offered for ref in part.travellers))
        parts = (BookedPart("held", held, everybody, confirmed=True),)
    return Booking(
        id=sale.booking_id,
        state=BookingState.CONFIRMED,
        price=held,
        parts=parts,
        code=booking_code,
        reference=sale.reference,
    )


def _end_sale(lease: Lease, sale: Sale, end: SaleState, verdict: Verdict, *, clock: Clock) -> None:
    now = clock.now()
    problem = "" if verdict.happened else journal.NOT_DONE
    with transaction.atomic(durable=True):
        journal.settle(lease, problem or "done", now=now, verdict=verdict)
        move_sale(sale, end, user=verdict.user, now=now, facts=verdict.facts, problem_code=problem)
        if end is SaleState.RELEASED:
            Item.objects.filter(pk=sale.item_id).update(dropped_at=now)
        refresh_summary(sale.order)
        close_if_sold(sale.order, user=verdict.user, now=now)


def _end_refund(
    lease: Lease, refund: Refund, end: RefundState, verdict: Verdict, *, clock: Clock
) -> None:
    now = clock.now()
    problem = "" if verdict.happened else journal.NOT_DONE
    with transaction.atomic(durable=True):
        journal.settle(lease, problem or "done", now=now, verdict=verdict)
        move_refund(
            refund, end, user=verdict.user, now=now, facts=verdict.facts, problem_code=problem
        )
        if end is not RefundState.QUOTED:
            free_tickets(refund)
