"""How much of the journal is open, for whoever watches the shop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Min, Q

from agenturclient.sales.models import Operation
from agenturclient.sales.models.journal import OperationKind, OperationState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True)
class Pile:
    """The operations of one kind that are not settled.

    `in_doubt` were sent and their outcome is not known; `flagged` wait for a person too.
    """

    open: int = 0
    in_doubt: int = 0
    flagged: int = 0
    oldest_seconds: float = 0.0


def piles(*, now: datetime) -> Mapping[OperationKind, Pile]:
    """What is open, by kind; an empty pile where nothing is. One query."""
    rows = (
        Operation.objects.exclude(state=OperationState.SETTLED)
        .values("kind")
        .annotate(
            count=Count("pk"),
            in_doubt=Count("pk", filter=Q(state=OperationState.SENT)),
            flagged=Count("pk", filter=Q(flagged_at__isnull=False)),
            oldest=Min("created_at"),
        )
    )
    found = {
        row["kind"]: Pile(
            open=row["count"],
            in_doubt=row["in_doubt"],
            flagged=row["flagged"],
            oldest_seconds=max(0.0, (now - row["oldest"]).total_seconds()),
        )
        for row in rows
    }
    return {kind: found.get(kind, Pile()) for kind in OperationKind}
