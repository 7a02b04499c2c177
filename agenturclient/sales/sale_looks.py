"""What recovery does with an open hold, release, confirmation or clean-up."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from agenturclient.sales import journal
from agenturclient.sales.deadlines import issue_lasts
from agenturclient.sales.differences import note_others
from agenturclient.sales.holding import (
    lapse,
    record_held,
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
from agenturclient.sales.looks import (
    MOST_ATTEMPTS,
    may_repeat,
    read_booking,
    remember_seen,
    said_twice,
)
from agenturclient.sales.moves import move_sale
from agenturclient.sales.ports import (
    Booking,
    BookingState,
    Refusals,
    Refused,
    Unavailable,
)
from agenturclient.sales.rules import chosen, says_gone
from agenturclient.sales.states import SaleState

if TYPE_CHECKING:
    from agenturclient.kernel.clock import Clock
    from agenturclient.sales.journal import Lease
    from agenturclient.sales.models import Operation, Sale
    from agenturclient.sales.ports import Distributor

# A clean-up that arrives after the booking was completed undoes what is sold: a booking is believed
# to stay only when none can be under way any more. Longer than any call was seen to be late.
_CLEAN_UP_QUIET = timedelta(seconds=75)


def look_at_hold(
    lease: Lease, operation: Operation, *, distributor: Distributor, clock: Clock
) -> None:
    """A hold is not money: one that cannot be found is repeated with its key where keys count, or
    left to lapse.
    """
    sale = _sale(operation)
    if distributor.abilities.find_by_reference:
        booking = _find(lease, sale, distributor, clock)
        if booking is None:
            return
        if isinstance(booking, Booking):
            record_held(lease, sale, booking, clock=clock)
            return
        if not said_twice(lease, operation, clock):
            return
    elif distributor.abilities.honours_keys and operation.attempts < MOST_ATTEMPTS:
        send_hold(lease, sale, distributor=distributor, clock=clock)
        return
    record_not_held(lease, sale, Unavailable("hold-unknown"), clock=clock)


def look_at_release(
    lease: Lease, operation: Operation, *, distributor: Distributor, clock: Clock
) -> None:
    """Giving back twice is giving back once: repeated, unless the booking has been sold."""
    sale = _sale(operation)
    booking = read_booking(lease, sale, distributor, clock)
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
    booking = read_booking(lease, sale, distributor, clock)
    if booking is None:
        return
    if isinstance(booking, Refused):
        # Not there is no proof of not sold: look by our reference, else leave it to a person
        # (flagged in time).
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
    """A booking confirmed only in part is undone there until nothing of it stands.

    A confirmation that was late may have completed it meanwhile: then it is sold, unless a clean-up
    may still be on its way there and undo it.
    """
    sale = _sale(operation)
    booking = read_booking(lease, sale, distributor, clock)
    if booking is None:
        return
    if isinstance(booking, Booking) and booking.state is BookingState.CONFIRMED:
        never_sent = operation.sent_at is None
        if never_sent or said_twice(lease, operation, clock, quiet=_CLEAN_UP_QUIET):
            record_issued(lease, sale, booking, clock=clock)
        return
    if isinstance(booking, Refused) or not any(
        part.confirmed and not part.refunded for part in booking.parts
    ):
        now = clock.now()
        with transaction.atomic(durable=True):
            journal.settle(lease, "done", now=now)
            move_sale(sale, SaleState.FAILED, user=None, now=now, problem_code="partly-confirmed")
        return
    journal.send(lease, now=clock.now(), lasts=issue_lasts())
    try:
        distributor.clean_up(sale.booking_id, key=operation.key)
    finally:
        journal.look_later(lease, now=clock.now())


def end_hold(sale: Sale, *, distributor: Distributor, clock: Clock) -> bool:
    """End a hold whose limit has passed; whether it did end.

    A confirmation that was taken for not done may have arrived late: then the booking says so, and
    it is booked, or cleaned up where it was confirmed only in part.
    """
    if not was_sent_to_issue(sale):
        lapse(sale, clock=clock)
        return True
    try:
        booking = distributor.read_booking(sale.booking_id, patient=True)
    except (Refused, Unavailable) as failure:
        gone = isinstance(failure, Refused) and says_gone(failure)
        if gone:
            lapse(sale, clock=clock)
        return gone
    if booking.state is BookingState.CONFIRMED:
        record_issued(begin_issue(sale, user=None, clock=clock), sale, booking, clock=clock)
    elif booking.state is BookingState.GONE or not any(part.confirmed for part in booking.parts):
        lapse(sale, clock=clock)
    else:
        begin_clean_up(begin_issue(sale, user=None, clock=clock), sale, clock=clock)
    return True


def _not_confirmed(
    lease: Lease,
    operation: Operation,
    booking: Booking,
    *,
    distributor: Distributor,
    clock: Clock,
) -> None:
    sale = _sale(operation)
    if not said_twice(lease, operation, clock):
        return
    if may_repeat(operation, clock):
        send_issue(lease, sale, distributor=distributor, clock=clock, patient=True)
    elif booking.state is BookingState.PARTLY_CONFIRMED:
        begin_clean_up(lease, sale, clock=clock)
    else:
        record_not_issued(lease, sale, Unavailable(journal.NOT_DONE), clock=clock)


def _find(
    lease: Lease, sale: Sale, distributor: Distributor, clock: Clock
) -> Booking | Refused | None:
    """The booking under our reference, the refusal that says there is none, or None (looked at
    later). Another one that is sold beside it is a difference at once.
    """
    try:
        bookings = distributor.find_bookings(sale.reference, patient=True)
    except Refused as refusal:
        return refusal
    except Unavailable:
        journal.look_later(lease, now=clock.now())
        return None
    if not bookings:
        gone = Refused(Refusals.BOOKING_NOT_FOUND)
        remember_seen(lease, gone, clock=clock)
        return gone
    found = chosen(bookings)
    remember_seen(lease, found, clock=clock)
    note_others(sale, [each for each in bookings if each.id != found.id], now=clock.now())
    return found


def _can_find(distributor: Distributor) -> bool:
    return distributor.abilities.find_by_reference


def _sale(operation: Operation) -> Sale:
    if operation.sale is None:
        raise LookupError(f"operation {operation.pk} has no sale")
    return operation.sale
