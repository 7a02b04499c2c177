"""Acts two and three of a confirmation: the point of no return, and what its answer means."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import transaction

from agenturclient.kernel.money import Money
from agenturclient.sales import journal, rules
from agenturclient.sales.deadlines import issue_lasts
from agenturclient.sales.differences import note_price
from agenturclient.sales.documents import expect_documents, replace_fulfillments
from agenturclient.sales.models import Operation, Sale, Ticket, Traveller
from agenturclient.sales.models.journal import OperationKind
from agenturclient.sales.moves import move_sale
from agenturclient.sales.ports import (
    Booking,
    BookingState,
    DistributorFailure,
    OutcomeUnknown,
    Refusals,
    Refused,
    Unavailable,
)
from agenturclient.sales.states import SaleState
from agenturclient.sales.summary import close_if_sold, refresh_summary
from agenturclient.settlement import ledger

if TYPE_CHECKING:
    from agenturclient.kernel.clock import Clock
    from agenturclient.sales.journal import Lease, Verdict
    from agenturclient.sales.ports import Distributor


class Issued(StrEnum):
    """How a confirmation ended as far as we know."""

    DONE = "done"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"
    UNKNOWN = "unknown"


# Refusals after which the distributor holds nothing any more.
_HOLD_IS_GONE = {
    Refusals.HOLD_LAPSED,
    Refusals.BOOKING_NOT_FOUND,
    Refusals.OFFER_EXPIRED,
    Refusals.SOLD_OUT,
}


def begin_issue(sale: Sale, *, user: int | None, clock: Clock) -> Lease:
    """Act one: the sale is being issued. Raises MoveLost when it is not held (any more)."""
    now = clock.now()
    with transaction.atomic(durable=True):
        move_sale(sale, SaleState.ISSUING, user=user, now=now, problem_code="", problem_facts={})
        return journal.begin(
            OperationKind.ISSUE,
            sale,
            key=sale.issue_key,
            user=user,
            now=now,
            lasts=issue_lasts(),
        )


def send_issue(
    lease: Lease, sale: Sale, *, distributor: Distributor, clock: Clock, patient: bool = False
) -> Issued:
    """Acts two and three.

    Never raises a failure of the distributor: each ends as a state of the sale.
    """
    journal.send(lease, now=clock.now(), lasts=issue_lasts())
    try:
        booking = distributor.issue(
            sale.booking_id, key=sale.issue_key, language=sale.item.language, patient=patient
        )
    except OutcomeUnknown:
        journal.look_later(lease, now=clock.now(), looked=False)
        return Issued.UNKNOWN
    except Refused as refusal:
        return _record_refusal(lease, sale, refusal, clock=clock)
    except Unavailable as failure:
        record_not_issued(lease, sale, failure, clock=clock)
        return Issued.UNAVAILABLE
    return record_booking(lease, sale, booking, clock=clock)


def record_booking(lease: Lease, sale: Sale, booking: Booking, *, clock: Clock) -> Issued:
    """Act three with what the distributor has: confirmed is a fact, anything else is looked at
    again.
    """
    if booking.state is not BookingState.CONFIRMED:
        journal.look_later(lease, now=clock.now(), looked=False)
        return Issued.UNKNOWN
    record_issued(lease, sale, booking, clock=clock)
    return Issued.DONE


def record_issued(
    lease: Lease, sale: Sale, booking: Booking, *, clock: Clock, verdict: Verdict | None = None
) -> None:
    """Act three: sold. Tickets, fulfillments and postings come in the same transaction.

    With a verdict it is a person who says so. A price that is not the held one becomes a
    difference.
    """
    now = clock.now()
    user = verdict.user if verdict else Operation.objects.get(pk=lease.operation).user_id
    with transaction.atomic(durable=True):
        journal.settle(lease, "done", now=now, verdict=verdict)
        held = sale.price_amount
        move_sale(
            sale,
            SaleState.ISSUED,
            user=user,
            now=now,
            facts={
                "price": booking.price.amount,
                "held": held,
                "currency": booking.price.currency,
                **(verdict.facts if verdict else {}),
            },
            booking_id=booking.id,
            booking_code=booking.code[:40] or sale.booking_code,
            price_amount=booking.price.amount,
            issued_at=now,
            problem_code="",
            problem_facts={},
        )
        _make_tickets(sale, booking, clock=clock)
        replace_fulfillments(sale, booking)
        expect_documents(sale, now=now)
        refresh_summary(sale.order)
        close_if_sold(sale.order, user=user, now=now)
        note_price(sale, held=held, now=now)


def record_not_issued(
    lease: Lease, sale: Sale, failure: DistributorFailure, *, clock: Clock
) -> None:
    """Act three: certainly not sold, still held."""
    now = clock.now()
    facts = {"retry_after": failure.retry_after} if failure.retry_after else {}
    with transaction.atomic(durable=True):
        journal.settle(lease, failure.code, now=now)
        move_sale(
            sale,
            SaleState.HELD,
            user=None,
            now=now,
            facts={"code": failure.code},
            problem_code=failure.code,
            problem_facts=facts,
        )


def record_hold_gone(lease: Lease, sale: Sale, code: str, *, clock: Clock) -> None:
    """Act three: certainly not sold, and no longer held."""
    now = clock.now()
    with transaction.atomic(durable=True):
        journal.settle(lease, code, now=now)
        move_sale(
            sale, SaleState.LAPSED, user=None, now=now, facts={"code": code}, problem_code=code
        )
        refresh_summary(sale.order)


def begin_clean_up(lease: Lease, sale: Sale, *, clock: Clock) -> None:
    """A booking that stays confirmed only in part is cleaned up there; recovery sends it."""
    now = clock.now()
    with transaction.atomic(durable=True):
        journal.settle(lease, "partly-confirmed", now=now)
        move_sale(sale, SaleState.CLEANING, user=None, now=now)
        cleaning = journal.begin(
            OperationKind.CLEAN_UP, sale, key=uuid4(), user=None, now=now, lasts=issue_lasts()
        )
    journal.look_later(cleaning, now=now, looked=False)


def _record_refusal(lease: Lease, sale: Sale, refusal: Refused, *, clock: Clock) -> Issued:
    if refusal.code == Refusals.ALREADY_CONFIRMED:
        # It has happened before, so it is sold: what exactly, the booking tells.
        journal.look_later(lease, now=clock.now(), looked=False)
        return Issued.UNKNOWN
    if refusal.code in _HOLD_IS_GONE:
        record_hold_gone(lease, sale, refusal.code, clock=clock)
    else:
        record_not_issued(lease, sale, refusal, clock=clock)
    return Issued.REFUSED


def _make_tickets(sale: Sale, booking: Booking, *, clock: Clock) -> None:
    now = clock.now()
    travellers = {row.ref: row for row in Traveller.objects.filter(order_id=sale.order_id)}
    seats: dict[str, str] = sale.item.travellers
    for plan in rules.plan_tickets(booking):
        traveller = travellers[seats[plan.traveller]]
        ticket = Ticket.objects.create(
            sale=sale,
            traveller=traveller.ref,
            traveller_name=f"{traveller.first_name} {traveller.last_name}".strip(),
            kind=traveller.kind,
            parts=list(plan.parts),
            price_amount=plan.price.amount,
        )
        ledger.post_sale(ticket_money(sale, ticket), at=now)


def ticket_money(sale: Sale, ticket: Ticket) -> ledger.TicketMoney:
    """A ticket as the books need it."""
    return ledger.TicketMoney(
        ticket=ticket.pk,
        order_number=sale.order.number,
        agency=sale.order.agency_id,
        kind=sale.item.kind,
        price=Money(ticket.price_amount, sale.order.currency),
    )
