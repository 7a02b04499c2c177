"""The list of differences: noted, resolved, counted. Reading it as a page is in `worklist`."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Q

from agenturclient.sales import rules
from agenturclient.sales.details import DifferenceCause, DifferenceKind
from agenturclient.sales.models import Difference, Refund, Sale

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from agenturclient.sales.ports import Booking

logger = logging.getLogger(__name__)

# What the counter notes itself: it cannot be looked up again, so only a person resolves it.
NOTED_AT_THE_COUNTER = (DifferenceKind.PRICE_NOT_HELD, DifferenceKind.REFUND_NOT_QUOTED)
GONE = "gone"


@dataclass(frozen=True)
class Finding:
    """Something that differs, about a sale or one of its refunds (its id); minor units."""

    kind: DifferenceKind
    expected: int | None
    found: int | None
    refund: int | None = None
    cause: DifferenceCause = DifferenceCause.UNKNOWN


def note_price(sale: Sale, *, held: int | None, now: datetime) -> None:
    """Note a sale that was issued at another price than it was held for, in the transaction that
    posts it.
    """
    if held is not None and sale.price_amount != held:
        cause = DifferenceCause.AMOUNT_CHANGED
        kind = DifferenceKind.PRICE_NOT_HELD
        note(sale, Finding(kind, held, sale.price_amount, cause=cause), now=now)


def note_refund(refund: Refund, *, now: datetime) -> None:
    """Note a refund that brought something else than was quoted, in the transaction that posts
    it.
    """
    if refund.amount is not None and refund.confirmed_amount != refund.amount:
        cause = DifferenceCause.AMOUNT_CHANGED
        kind = DifferenceKind.REFUND_NOT_QUOTED
        amounts = (refund.amount, refund.confirmed_amount)
        note(refund.sale, Finding(kind, *amounts, refund.pk, cause), now=now)


def note_others(sale: Sale, bookings: Sequence[Booking], *, now: datetime) -> None:
    """Note what is sold under the sale's reference beside the booking that it is: once too often.

    Bookings that are only held lapse by themselves; they are said in the log.
    """
    if not bookings:
        return
    logger.error(
        "%d more bookings under one reference", len(bookings), extra={"reference": sale.reference}
    )
    worth = rules.sold_there(bookings)
    if worth:
        with transaction.atomic(durable=True):
            note(sale, Finding(DifferenceKind.SOLD_TWICE, 0, worth), now=now)


def note(sale: Sale, finding: Finding, *, now: datetime) -> Difference | None:
    """Note what differs, in the caller's transaction: a new row, or the open one seen again.

    None when a person has resolved exactly this before: it is not raised again.
    """
    seen = {
        "expected": finding.expected,
        "found": finding.found,
        "cause": finding.cause,
        "last_seen": now,
    }
    subject = _subject(sale, finding)
    if _is_resolved(sale, finding):
        return None
    row, created = Difference.objects.get_or_create(
        open_subject=subject,
        defaults={
            **seen,
            "kind": finding.kind,
            "order_id": sale.order_id,
            "sale": sale,
            "refund_id": finding.refund,
            "first_seen": now,
        },
    )
    if created:
        logger.error(
            "a difference: %s",
            finding.kind,
            extra={"order": sale.order.number, "difference": row.pk, "cause": str(finding.cause)},
        )
    else:
        Difference.objects.filter(pk=row.pk).update(**seen)
    return row


def resolve_gone(sale: Sale, still: Collection[int], *, now: datetime) -> int:
    """Resolve what a look at the sale did not find again, in the caller's transaction.

    `still` are the ids of the rows that it did find. Returns how many are gone.
    """
    return (
        Difference.objects.filter(sale=sale, resolved_at=None)
        .exclude(kind__in=NOTED_AT_THE_COUNTER)
        .exclude(pk__in=still)
        .update(open_subject=None, resolved_at=now, resolution=GONE)
    )


def counts() -> Mapping[DifferenceKind, int]:
    """How many differences are open, by kind; zero where there are none."""
    rows = Difference.objects.filter(resolved_at=None).values("kind").annotate(count=Count("pk"))
    found = {row["kind"]: row["count"] for row in rows}
    return {kind: found.get(kind, 0) for kind in DifferenceKind}


def _is_resolved(sale: Sale, finding: Finding) -> bool:
    about = Q(kind=finding.kind, sale=sale, refund=finding.refund)
    last = Difference.objects.filter(about).order_by("-pk").first()
    if last is None or last.resolved_by_id is None:
        return False
    return (last.expected, last.found) == (finding.expected, finding.found)


def _subject(sale: Sale, finding: Finding) -> str:
    about = f"sale:{sale.pk}" if finding.refund is None else f"refund:{finding.refund}"
    return f"{finding.kind}:{about}"
