"""Holding and giving back: one attempt to get an item is one sale, and an item has one live sale at
most.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import UUID, uuid4, uuid5

from django.db import IntegrityError, transaction

from agenturclient.identity.actors import Actor, Permission
from agenturclient.sales import journal, rules
from agenturclient.sales.access import own_order
from agenturclient.sales.deadlines import hold_lasts, is_time_for
from agenturclient.sales.dossier import detail_of
from agenturclient.sales.errors import (
    BeingClarified,
    ItemNotFound,
    OfferExpired,
    OrderEmpty,
    OrderNotDraft,
)
from agenturclient.sales.holding import (
    lapse,
    passengers_of,
    send_hold,
    send_release,
    was_sent_to_issue,
)
from agenturclient.sales.journal import LeaseLost
from agenturclient.sales.models import Item, Operation, Sale
from agenturclient.sales.models.journal import OperationKind, OperationState
from agenturclient.sales.moves import MoveLost, move_sale, record_birth
from agenturclient.sales.ports import (
    Offer,
    Refused,
)
from agenturclient.sales.snapshots import thaw
from agenturclient.sales.states import OrderState, SaleState
from agenturclient.sales.summary import close_if_sold, refresh_summary

if TYPE_CHECKING:
    from agenturclient.kernel.clock import Clock
    from agenturclient.sales.details import OrderDetail
    from agenturclient.sales.ports import Distributor


def hold_order(
    number: str, *, key: UUID, actor: Actor, distributor: Distributor, clock: Clock
) -> OrderDetail:
    """Hold every item that is not held yet, as far as the request has time; asked again, the rest.
    The same key never makes a second attempt at an item.

    Raises OrderNotFound, OrderNotDraft, OrderEmpty, TravellerIncomplete, OfferExpired, Refused or
    Unavailable. An unknown outcome is no failure: the sale stays in `holding` and recovery finds
    out.
    """
    actor.require(Permission.SELL)
    order = own_order(number, actor)
    if order.state != OrderState.DRAFT:
        raise OrderNotDraft(state=order.state)
    items = list(Item.objects.filter(order=order, dropped_at=None).order_by("position"))
    if not items:
        raise OrderEmpty
    open_items = [item for item in items if not _is_live(item, distributor, clock)]
    requests = {item.pk: passengers_of(item) for item in open_items}
    for item in open_items:
        rules.check_passengers(requests[item.pk], thaw(item.offer, Offer).required)
    for place, item in enumerate(open_items):
        if place and not is_time_for(hold_lasts()):
            break
        _hold_item(
            item, key=uuid5(key, str(item.pk)), actor=actor, distributor=distributor, clock=clock
        )
    return detail_of(order, now=clock.now())


def drop_item(
    number: str, position: int, *, actor: Actor, distributor: Distributor, clock: Clock
) -> OrderDetail:
    """Take an item out of a draft; what is held for it is given back.

    Raises OrderNotFound, OrderNotDraft, ItemNotFound, BeingClarified or Unavailable.
    """
    actor.require(Permission.SELL)
    order = own_order(number, actor)
    if order.state != OrderState.DRAFT:
        raise OrderNotDraft(state=order.state)
    item = Item.objects.filter(order=order, position=position, dropped_at=None).first()
    if item is None:
        raise ItemNotFound
    sale = Sale.objects.filter(live_item=item).first()
    if sale is not None and sale.state != SaleState.HELD:
        raise OrderNotDraft(state=sale.state) if sale.state == SaleState.ISSUED else BeingClarified
    if sale is None:
        with transaction.atomic(durable=True):
            Item.objects.filter(pk=item.pk).update(dropped_at=clock.now())
            refresh_summary(order)
            close_if_sold(order, user=actor.user_id, now=clock.now())
    else:
        _release(sale, actor=actor, distributor=distributor, clock=clock)
    return detail_of(order, now=clock.now())


def open_operation(sale: Sale) -> Operation | None:
    """The operation that works on a sale, if one is open."""
    return (
        Operation.objects.filter(sale=sale)
        .exclude(state=OperationState.SETTLED)
        .exclude(kind=OperationKind.DOCUMENTS)
        .first()
    )


def _is_live(item: Item, distributor: Distributor, clock: Clock) -> bool:
    sale = Sale.objects.filter(live_item=item).select_related("order", "item").first()
    if sale is None:
        return False
    ended = sale.hold_until is not None and sale.hold_until <= clock.now()
    if sale.state != SaleState.HELD or not ended:
        return True
    if was_sent_to_issue(sale) and not _is_gone(sale, distributor):
        raise BeingClarified
    lapse(sale, clock=clock)
    return False


def _is_gone(sale: Sale, distributor: Distributor) -> bool:
    try:
        booking = distributor.read_booking(sale.booking_id)
    except Refused as refusal:
        if rules.says_gone(refusal):
            return True
        raise
    return not any(part.confirmed for part in booking.parts)


def _hold_item(
    item: Item, *, key: UUID, actor: Actor, distributor: Distributor, clock: Clock
) -> None:
    if Sale.objects.filter(hold_key=key).exists():
        return
    now = clock.now()
    if thaw(item.offer, Offer).bookable_until <= now:
        raise OfferExpired
    try:
        with transaction.atomic(durable=True):
            attempt = Sale.objects.filter(item=item).count() + 1
            sale = Sale.objects.create(
                order_id=item.order_id,
                item=item,
                live_item=item,
                attempt=attempt,
                reference=f"{item.order.number}-{item.position}-{attempt}",
                distributor=distributor.name,
                state=SaleState.HOLDING,
                hold_key=key,
                issue_key=uuid4(),
                created_at=now,
            )
            record_birth(sale, user=actor.user_id, now=now)
            lease = journal.begin(
                OperationKind.HOLD, sale, key=key, user=actor.user_id, now=now, lasts=hold_lasts()
            )
    except IntegrityError:
        # A second tab or a repeated request was quicker: its attempt stands for the item.
        return
    with suppress(LeaseLost, MoveLost):
        send_hold(lease, sale, distributor=distributor, clock=clock)


def _release(sale: Sale, *, actor: Actor, distributor: Distributor, clock: Clock) -> None:
    now = clock.now()
    # A second tab that was quicker gives it back, or sells it: the order says which.
    with suppress(LeaseLost, MoveLost):
        with transaction.atomic(durable=True):
            move_sale(sale, SaleState.RELEASING, user=actor.user_id, now=now)
            lease = journal.begin(
                OperationKind.RELEASE,
                sale,
                key=uuid4(),
                user=actor.user_id,
                now=now,
                lasts=hold_lasts(),
            )
        send_release(lease, sale, distributor=distributor, clock=clock)
