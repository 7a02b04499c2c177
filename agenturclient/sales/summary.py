"""What an order repeats of its items for the list, and when it is sold as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agenturclient.sales.models import Item, Order, Sale
from agenturclient.sales.moves import move_order
from agenturclient.sales.states import LIVE_SALES, OrderState, SaleState

if TYPE_CHECKING:
    from datetime import datetime


def refresh_summary(order: Order) -> None:
    """Repeat on the order what its items say: total, route and day of travel, for the list."""
    items = list(Item.objects.filter(order=order, dropped_at=None).order_by("position"))
    sales = {sale.item_id: sale for sale in Sale.objects.filter(order=order, state__in=LIVE_SALES)}
    amounts = [
        sales[item.pk].price_amount
        if item.pk in sales and sales[item.pk].price_amount is not None
        else item.price_amount
        for item in items
    ]
    first = items[0] if items else None
    Order.objects.filter(pk=order.pk).update(
        total_amount=sum(amount or 0 for amount in amounts),
        route=_route(first) if first else "",
        travel_at=_travel_at(first) if first else None,
    )


def is_sold(order: Order) -> bool:
    """Whether there are items and every one of them is issued."""
    items = set(Item.objects.filter(order=order, dropped_at=None).values_list("pk", flat=True))
    issued = Sale.objects.filter(order=order, state=SaleState.ISSUED)
    return bool(items) and items <= set(issued.values_list("item", flat=True))


def close_if_sold(order: Order, *, user: int | None, now: datetime) -> None:
    """A draft whose last unsold item was taken out is sold."""
    row = Order.objects.select_for_update().get(pk=order.pk)
    if row.state == OrderState.DRAFT and is_sold(row):
        move_order(row, OrderState.SOLD, user=user, now=now, sold_at=now)


def _route(item: Item) -> str:
    if item.trip:
        return f"{item.trip['origin']} \N{EN DASH} {item.trip['destination']}"[:160]
    return str(item.offer["title"])[:160]


def _travel_at(item: Item) -> str:
    return str(item.trip["departure"] if item.trip else item.offer["valid_from"])
