"""move(): the only writer of a state.

It checks the table, writes conditionally and leaves an event beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agenturclient.sales.models import Event, Order, Refund, Sale
from agenturclient.sales.states import (
    LIVE_SALES,
    OPEN_REFUNDS,
    OrderState,
    RefundState,
    SaleState,
    check_order_move,
    check_refund_move,
    check_sale_move,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from agenturclient.kernel.errors import Fact


class MoveLost(RuntimeError):
    """Somebody else moved the row first: this transaction must roll back."""


def move_order(
    order: Order, to: OrderState, *, user: int | None, now: datetime, **fields: Any
) -> None:
    """Move an order; raises MoveLost when its state is no longer the one that was read."""
    old = OrderState(order.state)
    check_order_move(old, to)
    _write(Order, order, old, to, fields)
    Event.objects.create(
        order=order, user_id=user, at=now, subject="order", from_state=old, to_state=to
    )


def move_sale(
    sale: Sale,
    to: SaleState,
    *,
    user: int | None,
    now: datetime,
    facts: Mapping[str, Fact] | None = None,
    **fields: Any,
) -> None:
    """Move a sale; raises MoveLost when its state is no longer the one that was read."""
    old = SaleState(sale.state)
    check_sale_move(old, to)
    if to not in LIVE_SALES:
        fields["live_item"] = None
    _write(Sale, sale, old, to, fields)
    Event.objects.create(
        order_id=sale.order_id,
        sale=sale,
        user_id=user,
        at=now,
        subject="sale",
        from_state=old,
        to_state=to,
        facts=dict(facts or {}),
    )


def move_refund(
    refund: Refund,
    to: RefundState,
    *,
    user: int | None,
    now: datetime,
    facts: Mapping[str, Fact] | None = None,
    **fields: Any,
) -> None:
    """Move a refund; raises MoveLost when its state is no longer the one that was read."""
    old = RefundState(refund.state)
    check_refund_move(old, to)
    if to not in OPEN_REFUNDS:
        fields["open_sale"] = None
    _write(Refund, refund, old, to, fields)
    Event.objects.create(
        order_id=refund.order_id,
        sale_id=refund.sale_id,
        refund=refund,
        user_id=user,
        at=now,
        subject="refund",
        from_state=old,
        to_state=to,
        facts=dict(facts or {}),
    )


def record_birth(row: Order | Sale | Refund, *, user: int | None, now: datetime) -> None:
    """The first event of a row: it came to be in the state it has."""
    event = Event(user_id=user, at=now, to_state=row.state)
    if isinstance(row, Sale):
        event.subject, event.order, event.sale = "sale", row.order, row
    elif isinstance(row, Refund):
        event.subject, event.order, event.sale = "refund", row.order, row.sale
        event.refund = row
    else:
        event.subject, event.order = "order", row
    event.save()


def _write(
    model: type[Order | Sale | Refund],
    row: Order | Sale | Refund,
    old: str,
    new: str,
    fields: dict[str, Any],
) -> None:
    changed = model._default_manager.filter(pk=row.pk, state=old).update(state=new, **fields)  # noqa: SLF001 - Django's name for the manager of a class that is a parameter
    if changed != 1:
        raise MoveLost(f"{row} is no longer {old}")
    row.state = new
    for name, value in fields.items():
        setattr(row, name, value)
