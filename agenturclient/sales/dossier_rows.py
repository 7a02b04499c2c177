"""The rows of one order, fetched in a handful of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agenturclient.sales.models import (
    Document,
    Event,
    Item,
    Operation,
    Order,
    Refund,
    RefundTicket,
    Sale,
    Ticket,
    Traveller,
)
from agenturclient.sales.models.journal import OperationState
from agenturclient.settlement import ledger

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from agenturclient.settlement.ledger import BookLine
    from agenturclient.settlement.rules import TermsOfSale


@dataclass(frozen=True)
class OrderRows:
    """The rows of one order, fetched once and joined here.

    `sales` has the newest of each item by the item's key, `references` every sale's reference by
    its own.
    """

    order: Order
    travellers: tuple[Traveller, ...]
    items: tuple[Item, ...]
    sales: dict[int, Sale]
    references: dict[int, str]
    tickets: dict[int, list[Ticket]]
    documents: dict[int, list[Document]]
    refunds: tuple[Refund, ...]
    refund_tickets: dict[int, list[int]]
    operations: dict[str, Operation]
    events: tuple[Event, ...]
    lines: tuple[BookLine, ...]
    terms: TermsOfSale


def fetch_rows(order: Order, now: datetime) -> OrderRows:
    """At most twelve queries, whatever the number of rows. What was never sold has no tickets, and
    what has none was never refunded: a draft takes six.
    """
    fresh = Order.objects.select_related("agency", "branch", "agent").get(pk=order.pk)
    # Before the sales, so that those that the events speak of are among them.
    events = _events(order)
    sales = tuple(Sale.objects.filter(order=order).order_by("attempt"))
    tickets = _tickets(sales) if sales else {}
    refunds = _refunds(order) if tickets else ()
    return OrderRows(
        order=fresh,
        travellers=tuple(Traveller.objects.filter(order=order).order_by("pk")),
        items=tuple(Item.objects.filter(order=order, dropped_at=None).order_by("position")),
        sales={sale.item_id: sale for sale in sales},
        references={sale.pk: sale.reference for sale in sales},
        tickets=tickets,
        documents=_documents(sales) if tickets else {},
        refunds=refunds,
        refund_tickets=_refund_tickets(refunds) if refunds else {},
        operations=_open_operations(order) if sales else {},
        events=events,
        lines=ledger.lines_of(fresh.number) if tickets else (),
        terms=ledger.terms_at(fresh.agency_id, now),
    )


def _tickets(sales: Collection[Sale]) -> dict[int, list[Ticket]]:
    found: dict[int, list[Ticket]] = {}
    for ticket in Ticket.objects.filter(sale__in=sales).order_by("pk"):
        found.setdefault(ticket.sale_id, []).append(ticket)
    return found


def _documents(sales: Collection[Sale]) -> dict[int, list[Document]]:
    found: dict[int, list[Document]] = {}
    for document in Document.objects.filter(sale__in=sales).order_by("pk"):
        found.setdefault(document.sale_id, []).append(document)
    return found


def _refunds(order: Order) -> tuple[Refund, ...]:
    return tuple(Refund.objects.filter(order=order).select_related("agent").order_by("pk"))


def _refund_tickets(refunds: Collection[Refund]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    lines = RefundTicket.objects.filter(refund__in=refunds).order_by("ticket_id")
    for refund, ticket in lines.values_list("refund_id", "ticket_id"):
        found.setdefault(refund, []).append(ticket)
    return found


def _open_operations(order: Order) -> dict[str, Operation]:
    rows = Operation.objects.filter(order=order).exclude(state=OperationState.SETTLED)
    return {row.open_subject or "": row for row in rows}


def _events(order: Order) -> tuple[Event, ...]:
    return tuple(Event.objects.filter(order=order).select_related("user").order_by("pk"))
