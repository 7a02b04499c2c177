"""What recovery does with an open quote, acceptance or drop."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from agenturclient.kernel.money import Money
from agenturclient.sales import journal, rules
from agenturclient.sales.journal import LeaseLost
from agenturclient.sales.looks import MOST_ATTEMPTS, may_repeat, read_booking, said_twice
from agenturclient.sales.models import Operation, Refund
from agenturclient.sales.moves import MoveLost
from agenturclient.sales.ports import (
    Booking,
    RefundQuote,
    Refusals,
    Refused,
    Unavailable,
)
from agenturclient.sales.quoting import (
    record_dropped,
    record_not_quoted,
    record_quoted,
    send_drop,
    send_quote,
)
from agenturclient.sales.refund import lapse_quote
from agenturclient.sales.refunding import (
    begin_acceptance,
    record_not_accepted,
    record_refunded,
    send_acceptance,
    was_sent_to_accept,
)

if TYPE_CHECKING:
    from agenturclient.kernel.clock import Clock
    from agenturclient.sales.journal import Lease
    from agenturclient.sales.ports import Distributor


def look_at_quote(
    lease: Lease, operation: Operation, *, distributor: Distributor, clock: Clock
) -> None:
    """A quote is not money: found in the booking, asked for again, or left to end by itself where
    the distributor does not tell the one that is open.
    """
    refund = _refund(operation)
    booking = read_booking(lease, refund.sale, distributor, clock)
    if booking is None:
        return
    quotes = () if isinstance(booking, Refused) else booking.quotes
    open_quotes = [quote for quote in quotes if not quote.confirmed and _is_new(quote, refund)]
    if open_quotes:
        record_quoted(lease, refund, open_quotes[-1], distributor=distributor, clock=clock)
    elif operation.attempts < MOST_ATTEMPTS:
        send_quote(lease, refund, distributor=distributor, clock=clock, again=True)
    else:
        record_not_quoted(lease, refund, Refused(Refusals.QUOTE_BLOCKED), clock=clock)


def look_at_acceptance(
    lease: Lease, operation: Operation, *, distributor: Distributor, clock: Clock
) -> None:
    """Money: the confirmed quote is proof, refunded parts are proof; a quote that still stands says
    "not done".
    """
    refund = _refund(operation)
    booking = read_booking(lease, refund.sale, distributor, clock)
    if booking is None:
        return
    if isinstance(booking, Refused):
        journal.look_later(lease, now=clock.now())
        return
    proof = proof_of_refund(refund, booking, distributor)
    if proof is not None:
        record_refunded(lease, refund, proof, clock=clock)
    elif said_twice(lease, operation, clock):
        _not_accepted(lease, operation, distributor=distributor, clock=clock)


def _not_accepted(
    lease: Lease, operation: Operation, *, distributor: Distributor, clock: Clock
) -> None:
    refund = _refund(operation)
    if refund.valid_until is not None and refund.valid_until <= clock.now():
        record_not_accepted(lease, refund, Refused(Refusals.QUOTE_LAPSED), clock=clock)
    elif "refused" in operation.facts:
        record_not_accepted(lease, refund, Refused(operation.facts["refused"]), clock=clock)
    elif may_repeat(operation, clock):
        send_acceptance(lease, refund, distributor=distributor, clock=clock, patient=True)
    else:
        record_not_accepted(lease, refund, Unavailable(journal.NOT_DONE), clock=clock)


def look_at_drop(
    lease: Lease, operation: Operation, *, distributor: Distributor, clock: Clock
) -> None:
    """Dropping twice is dropping once, so it is repeated, unless the quote was accepted."""
    refund = _refund(operation)
    booking = read_booking(lease, refund.sale, distributor, clock)
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


def end_quote(refund: Refund, *, distributor: Distributor, clock: Clock) -> bool:
    """End a quote whose time has passed; whether it did end.

    An acceptance that was taken for not done may have arrived late: then the distributor says so,
    and it is booked.
    """
    if not was_sent_to_accept(refund):
        lapse_quote(refund, clock=clock)
        return True
    booking_id = refund.sale.booking_id
    try:
        booking = distributor.read_booking(booking_id, patient=True)
        quote = distributor.read_quote(booking_id, refund.quote_id, patient=True)
    except (Refused, Unavailable) as failure:
        gone = isinstance(failure, Refused) and rules.says_gone(failure)
        if gone:
            lapse_quote(refund, clock=clock)
        return gone
    confirmed = quote if quote is not None and quote.confirmed else None
    if confirmed is None and not _is_refunded(refund, booking):
        lapse_quote(refund, clock=clock)
        return True
    with suppress(LeaseLost, MoveLost):
        lease = begin_acceptance(refund, user=None, clock=clock)
        record_refunded(lease, refund, confirmed or as_quoted(refund), clock=clock)
    return True


def proof_of_refund(
    refund: Refund, booking: Booking, distributor: Distributor
) -> RefundQuote | None:
    """What proves that the refund is done there: the confirmed quote, or the tickets' parts."""
    quote = _quote_in(booking, refund, distributor)
    if quote is not None and quote.confirmed:
        return quote
    return as_quoted(refund) if _is_refunded(refund, booking) else None


def as_quoted(refund: Refund) -> RefundQuote:
    """The refund as if it had been confirmed exactly as quoted."""
    currency = refund.order.currency
    return RefundQuote(
        id=refund.quote_id,
        fee=Money(refund.fee_amount or 0, currency),
        amount=Money(refund.amount or 0, currency),
        fulfillments=tuple(refund.fulfillments),
        confirmed=True,
    )


def _quote_in(booking: Booking, refund: Refund, distributor: Distributor) -> RefundQuote | None:
    """The quote as far as anybody tells it: some list it in the booking, some only at its own
    address.
    """
    quote = next((entry for entry in booking.quotes if entry.id == refund.quote_id), None)
    if quote is not None and quote.confirmed:
        return quote
    try:
        found = distributor.read_quote(refund.sale.booking_id, refund.quote_id, patient=True)
    except (Refused, Unavailable):
        return quote
    return found or quote


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


def _refund(operation: Operation) -> Refund:
    if operation.refund is None:
        raise LookupError(f"operation {operation.pk} has no refund")
    return operation.refund
