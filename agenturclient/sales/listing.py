"""The order list: by name, number, booking code, reference or date; newest first, in pages."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from agenturclient.kernel.money import Money
from agenturclient.sales import rules
from agenturclient.sales.access import order_key, visible_orders
from agenturclient.sales.details import OrderCriteria, OrderPage, OrderRow
from agenturclient.sales.models import Operation, Order, Sale, Traveller
from agenturclient.sales.models.journal import OperationKind, OperationState
from agenturclient.sales.search import SWITZERLAND
from agenturclient.sales.states import OrderState

if TYPE_CHECKING:
    from agenturclient.identity.actors import Actor

_MOST_ROWS = 100
_NAMES_SHOWN = 3
_DATE_FORMATS = (
    re.compile(r"(?P<year>(?:19|2[01])\d{2})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"),
    re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>(?:19|2[01])\d{2})"),
)


def list_orders(criteria: OrderCriteria, *, actor: Actor) -> OrderPage:
    """A page of the orders that the actor may read. Four queries, whatever the number of rows."""
    orders = _matching(criteria, visible_orders(actor))
    if criteria.cursor.isdigit():
        orders = orders.filter(pk__lt=int(criteria.cursor))
    size = max(1, min(criteria.page_size, _MOST_ROWS))
    rows = list(orders.select_related("agent").order_by("-pk")[: size + 1])
    page = rows[:size]
    names: dict[int, list[str]] = defaultdict(list)
    for traveller in Traveller.objects.filter(order__in=page).order_by("pk"):
        full = ", ".join(part for part in (traveller.last_name, traveller.first_name) if part)
        names[traveller.order_id].append(full)
    unsettled = _unsettled_orders(page)
    return OrderPage(
        results=tuple(_row(order, names[order.pk], unsettled.get(order.pk)) for order in page),
        next=str(page[-1].pk) if len(rows) > size else None,
    )


def _matching(criteria: OrderCriteria, orders: QuerySet[Order]) -> QuerySet[Order]:
    text = criteria.text.strip()
    if text:
        orders = orders.filter(_text_filter(text))
    else:
        # A draft that nothing was put into is not worth a line until somebody looks for it.
        orders = orders.exclude(state=OrderState.DRAFT, route="")
    if criteria.state is not None:
        orders = orders.filter(state=criteria.state)
    if criteria.travel_from is not None:
        orders = orders.filter(travel_at__gte=_start_of(criteria.travel_from))
    if criteria.travel_to is not None:
        orders = orders.filter(travel_at__lt=_start_of(criteria.travel_to + timedelta(days=1)))
    if criteria.in_doubt:
        orders = orders.filter(pk__in=in_doubt_operations().values("order_id"))
    return orders


def in_doubt_operations() -> QuerySet[Operation]:
    """Open operations that may have moved money: what is being clarified."""
    return (
        Operation.objects.exclude(state=OperationState.SETTLED)
        .filter(
            Q(kind__in=(OperationKind.ISSUE, OperationKind.ACCEPT, OperationKind.CLEAN_UP))
            | Q(flagged_at__isnull=False)
        )
        .exclude(kind__in=(OperationKind.SELL, OperationKind.DOCUMENTS))
    )


def _text_filter(text: str) -> Q:
    day = _date_in(text)
    if day is not None:
        return Q(travel_at__gte=_start_of(day), travel_at__lt=_start_of(day + timedelta(days=1)))
    folded = rules.fold(text.replace(",", " "))
    named = Traveller.objects.filter(
        Q(last_first__startswith=folded) | Q(first_last__startswith=folded)
    )
    booked = Sale.objects.filter(booking_code__iexact=text)
    found = (
        Q(pk__in=named.values("order_id"))
        | Q(pk__in=booked.values("order_id"))
        | Q(customer_reference__istartswith=text)
    )
    key = order_key(text)
    return found | Q(pk=key) if key is not None else found


def _date_in(text: str) -> date | None:
    for pattern in _DATE_FORMATS:
        match = pattern.fullmatch(text)
        if match:
            try:
                return date(int(match["year"]), int(match["month"]), int(match["day"]))
            except ValueError:
                return None
    return None


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), SWITZERLAND).astimezone(UTC)


def _unsettled_orders(page: list[Order]) -> dict[int, bool]:
    """Order -> whether flagged, for those of the page that are being clarified."""
    rows = in_doubt_operations().filter(order__in=page)
    result: dict[int, bool] = {}
    for row in rows:
        result[row.order_id] = result.get(row.order_id, False) or row.flagged_at is not None
    return result


def _row(order: Order, names: list[str], flagged: bool | None) -> OrderRow:  # noqa: FBT001 - None means not in doubt
    return OrderRow(
        number=order.number,
        state=OrderState(order.state),
        in_doubt=flagged is not None,
        flagged=bool(flagged),
        travellers=tuple(name for name in names if name)[:_NAMES_SHOWN],
        traveller_count=len(names),
        route=order.route,
        travel_at=order.travel_at,
        created_at=order.created_at,
        sold_at=order.sold_at,
        agent=order.agent.full_name,
        customer_reference=order.customer_reference,
        total=Money(order.total_amount, order.currency),
        refunded=Money(order.refunded_amount, order.currency),
    )
