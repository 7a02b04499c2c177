"""What recovery does with one open operation: look at the distributor's state and let it say what happened."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from agenturclient.kernel.money import Money
from agenturclient.sales import journal, rules
from agenturclient.sales.deadlines import issue_lasts
from agenturclient.sales.holds import (
    lapse,
    record_held,
    record_kept,
    record_not_held,
    record_released,
    send_hold,
    send_release,
    was_sent_to_issue,
)
from agenturclient.sales.issuing import (
    begin_clean_up,
    begin_issue,
    record_hold_gone,
    record_issued,
    record_not_issued,
    send_issue,
)
from agenturclient.sales.models import Operation, Refund, Sale
from agenturclient.sales.models.journal import OperationKind
from agenturclient.sales.moves import move_sale
from agenturclient.sales.ports import (
    Booking,
    BookingState,
    Refusals,
    Refused,
    RefundQuote,
    Unavailable,
)
from agenturclient.sales.refunding import (
    record_dropped,
    record_not_accepted,
    record_not_quoted,
    record_quoted,
    record_refunded,
    send_acceptance,
    send_drop,
    send_quote,
)
from agenturclient.sales.states import SaleState

if TYPE_CHECKING:
    from agenturclient.kernel.clock import Clock
    from agenturclient.sales.journal import Lease
    from agenturclient.sales.ports import Distributor

# "Not done" counts only from this long after the call was sent: it may still be on its way there.
_QUIET = timedelta(seconds=8)
_LOOKS_NEEDED = 2
_MOST_ATTEMPTS = 4
_NEVER_SENT = "never-sent"


def undo_intent(lease: Lease, operation: Operation, *, clock: Clock) -> None:
    """The process died before it sent anything: certainly not done."""
    failure = Unavailable(_NEVER_SENT)
    sale, refund = operation.sale, operation.refund
    if operation.kind == OperationKind.HOLD and sale:
        record_not_held(lease, sale, failure, clock=clock)
    elif operation.kind == OperationKind.RELEASE and sale:
        record_kept(lease, sale, failure, clock=clock)
    elif operation.kind == OperationKind.ISSUE and sale:
        record_not_issued(lease, sale, failure, clock=clock)
    elif operation.kind == OperationKind.QUOTE and refund:
        record_not_quoted(lease, refund, failure, clock=clock)
    elif operation.kind in (OperationKind.ACCEPT, OperationKind.DROP) and refund:
        record_not_accepted(lease, refund, failure, clock=clock)


def look_at_hold(
    lease: Lease, operation: Operation, *, distributor: Distributor, clock: Clock
) -> None:
    """A hold is not money: one that cannot be found is repeated with its key where keys count, or left to lapse."""
    sale = _sale(operation)
    if distributor.abilities.find_by_reference:
        booking = _find(lease, sale, distributor, clock)
        if booking is None:
            return
        if isinstance(booking, Booking):
            record_held(lease, sale, booking, clock=clock)
            return
        if not _said_twice(lease, operation, clock):
            return
    elif distributor.abilities.honours_keys and operation.attempts < _MOST_ATTEMPTS:
        send_hold(lease, sale, distributor=distributor, clock=clock)
        return
    record_not_held(lease, sale, Unavailable("hold-unknown"), clock=clock)


def look_at_release(
    lease: Lease, operation: Operation, *, distributor: Distributor, clock: Clock
) -> None:
    """Giving back twice is giving back once, so it is repeated, unless the booking has been sold."""
    sale = _sale(operation)
    booking = _read(lease, sale, distributor, clock)
    if booking is None:
        return
    if isinstance(booking, Refused) or booking.state is BookingState.GONE:
        record_released(lease, sale, clock=clock)
    elif booking.state is BookingState.CONFIRMED:
        record_issued(lease, sale, booking, clock=clock)
    else:
        send_release(lease, sale, distributor=distributor, clock=clock)


def look_at_issue(
    lease: Lease, operation: Operation, *, distributor: Distributor, clock: Clock
) -> None:
    """Money: the booking's own state decides, and nothing else."""
    sale = _sale(operation)
    booking = _read(lease, sale, distributor, clock)
    if booking is None:
        return
    if isinstance(booking, Refused):
        # Not there is no proof of not sold: look by our reference, else leave it to a person (flagged in time).
        found = _find(lease, sale, distributor, clock) if _can_find(distributor) else None
        if isinstance(found, Booking) and found.state is BookingState.CONFIRMED:
            record_issued(lease, sale, found, clock=clock)
        elif found is not None or not _can_find(distributor):
            journal.look_later(lease, now=clock.now())
    elif booking.state is BookingState.CONFIRMED:
        record_issued(lease, sale, booking, clock=clock)
    elif booking.state is BookingState.GONE:
        record_hold_gone(lease, sale, Refusals.HOLD_LAPSED, clock=clock)
    else:
        _not_confirmed(lease, operation, booking, distributor=distributor, clock=clock)


def look_at_cleaning(
    lease: Lease, operation: Operation, *, distributor: Distributor, clock: Clock
) -> None:
    """A booking confirmed only in part is undone there until nothing of it stands."""
    sale = _sale(operation)
    booking = _read(lease, sale, distributor, clock)
    if booking is None:
        return
    if isinstance(booking, Booking) and booking.state is BookingState.CONFIRMED:
        record_issued(lease, sale, booking, clock=clock)
        return
    if isinstance(booking, Refused) or not any(
        part.confirmed and not part.refunded for part in booking.parts
    ):
        now = clock.now()
        with transaction.atomic(durable=True):
            journal.settle(lease, "done", now=now)
            move_sale(
                sale, SaleState.FAILED, user=None, now=now, problem_code="partly-confirmed"
            )
        return
    journal.send(lease, now=clock.now(), lasts=issue_lasts())
    try:
        distributor.clean_up(sale.booking_id, key=operation.key)
    finally:
        journal.look_later(lease, now=clock.now())


def look_at_quote(
    lease: Lease, operation: Operation, *, distributor: Distributor, clock: Clock
) -> None:
    """A quote is not money: found in the booking, asked again under its key, or left to end by itself."""
    refund = _refund(operation)
    booking = _read(lease, refund.sale, distributor, clock)
    if booking is None:
        return
    quotes = () if isinstance(booking, Refused) else booking.quotes
    open_quotes = [quote for quote in quotes if not quote.confirmed and _is_new(quote, refund)]
    if open_quotes:
        record_quoted(lease, refund, open_quotes[-1], distributor=distributor, clock=clock)
    elif distributor.abilities.honours_keys and operation.attempts < _MOST_ATTEMPTS:
        send_quote(lease, refund, distributor=distributor, clock=clock)
    else:
        record_not_quoted(lease, refund, Refused(Refusals.QUOTE_BLOCKED), clock=clock)


def look_at_acceptance(
    lease: Lease, operation: Operation, *, distributor: Distributor, clock: Clock
) -> None:
    """Money: the confirmed quote is proof, refunded parts are proof; a quote that still stands says "not done"."""
    refund = _refund(operation)
    booking = _read(lease, refund.sale, distributor, clock)
    if booking is None:
        return
    if isinstance(booking, Refused):
        journal.look_later(lease, now=clock.now())
        return
    quote = next((entry for entry in booking.quotes if entry.id == refund.quote_id), None)
    if quote is None or not quote.confirmed:
        quote = _read_quote(refund, distributor) or quote
    if quote is not None and quote.confirmed:
        record_refunded(lease, refund, quote, clock=clock)
    elif _is_refunded(refund, booking):
        record_refunded(lease, refund, _as_quoted(refund), clock=clock)
    elif not _said_twice(lease, operation, clock):
        return
    elif quote is None and not _quote_is_valid(refund, clock):
        record_not_accepted(lease, refund, Refused(Refusals.QUOTE_LAPSED), clock=clock)
    elif _may_repeat(operation, clock) and _quote_is_valid(refund, clock):
        send_acceptance(lease, refund, distributor=distributor, clock=clock, patient=True)
    else:
        record_not_accepted(lease, refund, Unavailable("not-done"), clock=clock)


def look_at_drop(
    lease: Lease, operation: Operation, *, distributor: Distributor, clock: Clock
) -> None:
    """Dropping twice is dropping once, so it is repeated, unless the quote was accepted."""
    refund = _refund(operation)
    booking = _read(lease, refund.sale, distributor, clock)
    if booking is None:
        return
    try:
        quote = distributor.read_quote(refund.sale.booking_id, refund.quote_id, patient=True)
    except (Refused, Unavailable):
        journal.look_later(lease, now=clock.now())
        return
    if quote is None:
        record_dropped(lease, refund, clock=clock)
    elif quote.confirmed:
        record_refunded(lease, refund, quote, clock=clock)
    else:
        send_drop(lease, refund, distributor=distributor, clock=clock)


def end_hold(sale: Sale, *, distributor: Distributor, clock: Clock) -> bool:
    """End a hold whose limit has passed; whether it did end.

    A confirmation that was taken for not done may have arrived late: then the booking says so, and it is booked.
    """
    if not was_sent_to_issue(sale):
        lapse(sale, clock=clock)
        return True
    try:
        booking = distributor.read_booking(sale.booking_id, patient=True)
    except Unavailable:
        return False
    except Refused:
        lapse(sale, clock=clock)
        return True
    if booking.state is BookingState.CONFIRMED:
        record_issued(
            begin_issue(sale, user=None, clock=clock), sale, booking, clock=clock
        )
        return True
    if booking.state is BookingState.GONE or not any(part.confirmed for part in booking.parts):
        lapse(sale, clock=clock)
        return True
    return False


def _not_confirmed(
    lease: Lease,
    operation: Operation,
    booking: Booking,
    *,
    distributor: Distributor,
    clock: Clock,
) -> None:
    sale = _sale(operation)
    if not _said_twice(lease, operation, clock):
        return
    if _may_repeat(operation, clock):
        send_issue(lease, sale, distributor=distributor, clock=clock, patient=True)
    elif booking.state is BookingState.PARTLY_CONFIRMED:
        begin_clean_up(lease, sale, clock=clock)
    else:
        record_not_issued(lease, sale, Unavailable("not-done"), clock=clock)


def _said_twice(lease: Lease, operation: Operation, clock: Clock) -> bool:
    """Whether "not done" has been read twice since the call had time to arrive; else look again later."""
    now = clock.now()
    sent = operation.sent_at or operation.created_at
    said = int(operation.facts.get(f"not-done-{operation.attempts}", 0))
    if now - sent >= _QUIET:
        said += 1
        if said >= _LOOKS_NEEDED:
            return True
        journal.remember(lease, **{f"not-done-{operation.attempts}": said})
    journal.look_later(lease, now=now)
    return False


def _may_repeat(operation: Operation, clock: Clock) -> bool:
    recent = clock.now() <= operation.created_at + rules.SELL_WINDOW
    return recent and operation.attempts < _MOST_ATTEMPTS


def _read(
    lease: Lease, sale: Sale, distributor: Distributor, clock: Clock
) -> Booking | Refused | None:
    """The booking, the refusal that says it does not exist, or None when nobody could be asked (looked at later)."""
    if not sale.booking_id:
        return Refused(Refusals.BOOKING_NOT_FOUND)
    try:
        return distributor.read_booking(sale.booking_id, patient=True)
    except Refused as refusal:
        return refusal
    except Unavailable:
        journal.look_later(lease, now=clock.now())
        return None


def _find(
    lease: Lease, sale: Sale, distributor: Distributor, clock: Clock
) -> Booking | Refused | None:
    """The booking under our reference, the refusal that says there is none, or None (looked at later)."""
    try:
        booking = distributor.find_booking(sale.reference, patient=True)
    except Refused as refusal:
        return refusal
    except Unavailable:
        journal.look_later(lease, now=clock.now())
        return None
    return booking or Refused(Refusals.BOOKING_NOT_FOUND)


def _can_find(distributor: Distributor) -> bool:
    return distributor.abilities.find_by_reference


def _read_quote(refund: Refund, distributor: Distributor) -> RefundQuote | None:
    try:
        return distributor.read_quote(refund.sale.booking_id, refund.quote_id, patient=True)
    except (Refused, Unavailable):
        return None


def _is_new(quote: RefundQuote, refund: Refund) -> bool:
    known = Refund.objects.filter(sale=refund.sale).exclude(pk=refund.pk)
    return quote.id not in set(known.values_list("quote_id", flat=True))


def _is_refunded(refund: Refund, booking: Booking) -> bool:
    parts = {part for line in refund.lines.select_related("ticket") for part in line.ticket.parts}
    named = [part for part in booking.parts if part.id in parts]
    if named and all(part.refunded for part in named):
        return True
    ended = {entry.id for entry in booking.fulfillments if not entry.valid}
    return not named and bool(refund.fulfillments) and set(refund.fulfillments) <= ended


def _as_quoted(refund: Refund) -> RefundQuote:
    currency = refund.order.currency
    return RefundQuote(
        id=refund.quote_id,
        fee=Money(refund.fee_amount or 0, currency),
        amount=Money(refund.amount or 0, currency),
        fulfillments=tuple(refund.fulfillments),
        confirmed=True,
    )


def _quote_is_valid(refund: Refund, clock: Clock) -> bool:
    return refund.valid_until is None or refund.valid_until > clock.now()


def _sale(operation: Operation) -> Sale:
    if operation.sale is None:
        raise LookupError(f"operation {operation.pk} has no sale")
    return operation.sale


def _refund(operation: Operation) -> Refund:
    if operation.refund is None:
        raise LookupError(f"operation {operation.pk} has no refund")
    return operation.refund
