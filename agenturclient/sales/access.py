"""Which orders an actor may see and change: the one place that spells it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agenturclient.identity.actors import PermissionMissing, Role
from agenturclient.sales.errors import OrderNotFound
from agenturclient.sales.models import Order

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from agenturclient.identity.actors import Actor

_NUMBER = re.compile(r"(?:AC)?0*([1-9][0-9]{0,14})", re.IGNORECASE)


def visible_orders(actor: Actor) -> QuerySet[Order]:
    """Orders that the actor may read: the own agency's; all for the wide roles."""
    return Order.objects.all() if actor.is_wide else own_orders(actor)


def own_orders(actor: Actor) -> QuerySet[Order]:
    """Orders that the actor may change: the active agency's, whatever else may be read."""
    if actor.agency_id is None:
        return Order.objects.none()
    return Order.objects.filter(agency_id=actor.agency_id)


def require_operator(actor: Actor) -> None:
    """Raise PermissionMissing unless the actor is one of the operator's people."""
    if actor.role is not Role.OPERATOR:
        raise PermissionMissing(permission=Role.OPERATOR.value)


def agency_of(actor: Actor) -> int:
    """The active agency of an actor who may do something in one.

    Raises LookupError: a permission without an agency is a programming error.
    """
    if actor.agency_id is None:
        raise LookupError("an actor with a permission has an agency")
    return actor.agency_id


def order_key(number: str) -> int | None:
    """The primary key that an order number stands for; None when it is not an order number."""
    match = _NUMBER.fullmatch(number.strip())
    return int(match[1]) if match else None


def visible_order(number: str, actor: Actor) -> Order:
    """The order, to read. Raises OrderNotFound, also for another agency's."""
    return _get(visible_orders(actor), number)


def own_order(number: str, actor: Actor) -> Order:
    """The order, to change. Raises OrderNotFound, also for another agency's."""
    return _get(own_orders(actor), number)


def _get(orders: QuerySet[Order], number: str) -> Order:
    key = order_key(number)
    for order in orders.filter(pk=key) if key is not None else ():
        return order
    raise OrderNotFound
