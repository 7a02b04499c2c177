"""The rows of one order, fetched in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
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
    from datetime import datetime

    from agenturclient.settlement.rules import TermsOfSale


@dataclass(frozen=True)
class OrderRows:
    """The rows of one order, fetched once and joined here."""

    order: Order
    travellers: tuple[Traveller, ...]
    items: tuple[Item, ...]
    sales: dict[int, Sale]
    tickets: dict[int, list[Ticket]]
    documents: dict[int, list[Document]]
    refunds: tuple[Refund, ...]
    refund_tickets: dict[int, list[int]]
    operations: dict[str, Operation]
    events: tuple[Event, ...]
    terms: TermsOfSale


def fetch_rows(order: Order, now: datetime) -> OrderRows:
    fresh = Order.objects.select_related("agency", "branch", "agent").get(pk=order.pk)
    sales: dict[int, Sale] = {}
    for sale in Sale.objects.filter(order=order).order_by("attempt"):
        sales[sale.item_id] = sale
    tickets: dict[int, list[Ticket]] = defaultdict(list)
    for ticket in Ticket.objects.filter(sale__order=order).select_related("refund").order_by("pk"):
        tickets[ticket.sale_id].append(ticket)
    documents: dict[int, list[Document]] = defaultdict(list)
    for document in Document.objects.filter(sale__order=order).order_by("pk"):
        documents[document.sale_id].append(document)
    refund_tickets: dict[int, list[int]] = defaultdict(list)
    for line in RefundTicket.objects.filter(refund__order=order).order_by("ticket_id"):
        refund_tickets[line.refund_id].append(line.ticket_id)
    open_operations = Operation.objects.filter(order=order).exclude(state=OperationState.SETTLED)
    return OrderRows(
        order=fresh,
        travellers=tuple(Traveller.objects.filter(order=order).order_by("pk")),
        items=tuple(Item.objects.filter(order=order, dropped_at=None).order_by("position")),
        sales=sales,
        tickets=tickets,
        documents=documents,
        refunds=tuple(Refund.objects.filter(order=order).select_related("agent").order_by("pk")),
        refund_tickets=refund_tickets,
        operations={row.open_subject or "": row for row in open_operations},
        events=tuple(
            Event.objects.filter(order=order)
            .select_related("user", "sale", "refund")
            .order_by("pk")
        ),
        terms=ledger.terms_at(fresh.agency_id, now),
    )
