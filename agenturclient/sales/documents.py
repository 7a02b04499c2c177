"""Documents: fetched when tickets are issued, so that they can be printed while the distributor is
down.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F

from agenturclient.outbound import deadline
from agenturclient.sales import journal
from agenturclient.sales.deadlines import documents_last, is_time_for, issue_lasts
from agenturclient.sales.models import Document, Fulfillment, Operation, Sale, Ticket
from agenturclient.sales.models.journal import OperationKind, OperationState
from agenturclient.sales.ports import Booking, DistributorFailure, DocumentFile

if TYPE_CHECKING:
    from datetime import datetime

    from agenturclient.kernel.clock import Clock
    from agenturclient.sales.journal import Lease
    from agenturclient.sales.ports import Distributor

logger = logging.getLogger(__name__)

_DROPPED_AT_ONCE = 100
_SUFFIXES = {
    "application/pdf": ".pdf",
    "application/vnd.apple.pkpass": ".pkpass",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "text/html": ".html",
}


def expect_documents(sale: Sale, *, now: datetime) -> None:
    """Queue a fetch, inside the transaction that made documents necessary.

    One that is under way brings what was true before: it is taken over, so that it writes nothing.
    """
    open_one = Operation.objects.filter(open_subject=f"documents:{sale.pk}")
    if open_one.update(next_at=now, lease_until=now, fence=F("fence") + 1) == 0:
        lease = journal.begin(
            OperationKind.DOCUMENTS, sale, key=uuid4(), user=None, now=now, lasts=issue_lasts()
        )
        # Nobody holds it yet: whoever is next, the request or recovery, claims it.
        Operation.objects.filter(pk=lease.operation).update(lease_until=now)
    Sale.objects.filter(pk=sale.pk).update(documents_complete=False)


def fetch_now(sale: Sale, *, distributor: Distributor, clock: Clock) -> None:
    """Try the queued fetch at once, in the request that sold: most documents are there within a
    second. Those that are not must not keep the agent from hearing that it is sold.
    """
    if not is_time_for(documents_last()):
        return
    now = clock.now()
    with transaction.atomic(durable=True):
        operation = (
            Operation.objects.filter(open_subject=f"documents:{sale.pk}", lease_until__lte=now)
            .exclude(state=OperationState.SETTLED)
            .first()
        )
        if operation is None:
            return
        claimed = Operation.objects.filter(pk=operation.pk, fence=operation.fence).update(
            fence=operation.fence + 1,
            lease_owner=journal.owner(),
            lease_until=now + issue_lasts() + journal.LEASE_SLACK,
        )
    if claimed:
        lease = journal.Lease(operation.pk, operation.fence + 1)
        with suppress(journal.LeaseLost), deadline.within(documents_last().total_seconds()):
            fetch(lease, sale, distributor=distributor, clock=clock)


def fetch(lease: Lease, sale: Sale, *, distributor: Distributor, clock: Clock) -> None:
    """Read the booking and its files; what is missing is asked for again later.

    Raises LeaseLost.
    """
    try:
        booking = distributor.read_booking(sale.booking_id, patient=True)
        files = distributor.fetch_documents(sale.booking_id)
    except DistributorFailure:
        journal.look_later(lease, now=clock.now())
        return
    try:
        complete = _keep(lease, sale, booking, files, now=clock.now())
    except OSError as failure:
        # The tickets are sold all the same; a store that is full or away is tried again.
        logger.warning("documents of %s cannot be stored: %s", sale.reference, failure)
        complete = False
    if not complete:
        journal.look_later(lease, now=clock.now())


def _keep(
    lease: Lease, sale: Sale, booking: Booking, files: tuple[DocumentFile, ...], *, now: datetime
) -> bool:
    """Write down what came; whether that is everything."""
    with transaction.atomic(durable=True):
        journal.check(lease)
        _align_tickets(sale, booking)
        replace_fulfillments(sale, booking)
        for file in files:
            _store(sale, file, now=now)
        _mark_current(sale, booking)
        complete = _is_complete(sale, booking)
        if complete:
            journal.settle(lease, "done", now=now)
            Sale.objects.filter(pk=sale.pk).update(documents_complete=True)
    return complete


def replace_fulfillments(sale: Sale, booking: Booking) -> None:
    """Have the sale's fulfillments say what the booking says."""
    Fulfillment.objects.filter(sale=sale).delete()
    Fulfillment.objects.bulk_create(
        Fulfillment(
            sale=sale,
            external_id=entry.id,
            control_number=entry.control_number[:80],
            parts=list(entry.parts),
            valid=entry.valid,
        )
        for entry in booking.fulfillments
    )


def drop_old(*, now: datetime, days: int) -> int:
    """Forget files some days after travel; the distributor still has them. Returns how many."""
    travelled = now - timedelta(days=days)
    old = Document.objects.filter(sale__order__travel_at__lt=travelled)[:_DROPPED_AT_ONCE]
    dropped = 0
    for document in old:
        default_storage.delete(document.storage_name)
        document.delete()
        dropped += 1
    return dropped


def _align_tickets(sale: Sale, booking: Booking) -> None:
    """A partial refund may give the rest new parts: tickets follow by their traveller."""
    seats: dict[str, str] = sale.item.travellers
    standing = [part for part in booking.parts if part.confirmed and not part.refunded]
    by_traveller: dict[str, list[str]] = {}
    for part in standing:
        for ref in part.travellers:
            by_traveller.setdefault(seats.get(ref, ref), []).append(part.id)
    for ticket in Ticket.objects.filter(sale=sale, refunded=False):
        parts = by_traveller.get(ticket.traveller)
        if parts and parts != ticket.parts:
            Ticket.objects.filter(pk=ticket.pk).update(parts=parts)


def _store(sale: Sale, file: DocumentFile, *, now: datetime) -> None:
    known = Document.objects.filter(sale=sale, fulfillment_id=file.fulfillment, external_id=file.id)
    if known.exists():
        return
    suffix = _SUFFIXES.get(file.media_type, ".bin")
    name = f"{sale.reference}-{Document.objects.filter(sale=sale).count() + 1}{suffix}"
    stored = default_storage.save(f"tickets/{name}", ContentFile(file.content))
    Document.objects.create(
        sale=sale,
        external_id=file.id,
        fulfillment_id=file.fulfillment,
        name=name,
        media_type=file.media_type,
        size=len(file.content),
        storage_name=stored,
        created_at=now,
    )


def _mark_current(sale: Sale, booking: Booking) -> None:
    seats: dict[str, str] = sale.item.travellers
    people = {part.id: part.travellers for part in booking.parts}
    valid = {entry.id: entry for entry in booking.fulfillments if entry.valid}
    for document in Document.objects.filter(sale=sale):
        entry = valid.get(document.fulfillment_id)
        parts = entry.parts if entry else ()
        refs = [seats.get(ref, ref) for part in parts for ref in people.get(part, ())]
        Document.objects.filter(pk=document.pk).update(
            current=entry is not None,
            travellers=list(dict.fromkeys(refs)) or document.travellers,
        )


def _is_complete(sale: Sale, booking: Booking) -> bool:
    stored = set(
        Document.objects.filter(sale=sale, current=True).values_list("fulfillment_id", flat=True)
    )
    wanted = {entry.id for entry in booking.fulfillments if entry.valid}
    return booking.documents_complete and wanted <= stored
