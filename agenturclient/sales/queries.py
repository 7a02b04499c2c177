"""Reads of searches, orders, clarifications and documents: frozen values, always scoped by the
actor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.files.storage import default_storage

from agenturclient.identity.actors import Actor, Permission
from agenturclient.sales.access import agency_of, visible_order, visible_orders
from agenturclient.sales.details import (
    ClarificationRow,
    Clarifications,
    DocumentContent,
    OrderCriteria,
    OrderDetail,
    OrderPage,
    SearchDetail,
)
from agenturclient.sales.dossier import detail_of
from agenturclient.sales.errors import DocumentNotFound, SearchExpired, SearchNotFound
from agenturclient.sales.listing import in_doubt_operations
from agenturclient.sales.listing import list_orders as page_of_orders
from agenturclient.sales.models import Document, Search
from agenturclient.sales.search import detail_of as search_detail
from agenturclient.sales.search import read_search
from agenturclient.settlement import ledger

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from agenturclient.kernel.clock import Clock

_MOST_ROWS = 100


def get_search(search: UUID, *, actor: Actor, clock: Clock) -> SearchDetail:
    """A kept search of the own agency. Raises SearchNotFound or SearchExpired."""
    actor.require(Permission.SELL)
    row = Search.objects.filter(pk=search, agency_id=agency_of(actor)).first()
    if row is None:
        raise SearchNotFound
    now = clock.now()
    if row.expires_at <= now:
        raise SearchExpired
    return search_detail(row, read_search(row), ledger.terms_at(row.agency_id, now))


def get_order(number: str, *, actor: Actor, clock: Clock) -> OrderDetail:
    """An order that the actor may read. Raises OrderNotFound."""
    return detail_of(visible_order(number, actor), now=clock.now())


def list_orders(criteria: OrderCriteria, *, actor: Actor) -> OrderPage:
    """A page of the orders that the actor may read."""
    return page_of_orders(criteria, actor=actor)


def list_clarifications(*, actor: Actor) -> Clarifications:
    """What is being clarified in the orders that the actor may read, oldest first."""
    rows = (
        in_doubt_operations()
        .filter(order__in=visible_orders(actor))
        .select_related("order", "sale", "refund")
        .order_by("created_at")
    )
    return Clarifications(
        count=rows.count(),
        rows=tuple(
            ClarificationRow(
                number=row.order.number,
                subject="refund" if row.refund else "sale",
                state=row.refund.state if row.refund else row.sale.state if row.sale else "",
                since=_since(row.sent_at, row.created_at),
                flagged=row.flagged_at is not None,
            )
            for row in rows[:_MOST_ROWS]
        ),
    )


def open_document(number: str, document: int, *, actor: Actor) -> DocumentContent:
    """A stored file of a visible order. Raises OrderNotFound or DocumentNotFound."""
    order = visible_order(number, actor)
    row = Document.objects.filter(pk=document, sale__order=order).first()
    if row is None:
        raise DocumentNotFound
    with default_storage.open(row.storage_name) as file:
        return DocumentContent(row.name, row.media_type, file.read())


def _since(sent_at: datetime | None, created_at: datetime) -> datetime:
    return sent_at or created_at
