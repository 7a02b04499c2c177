"""Selling an order: a move of the draft, not a creation.

The intent is written first and always comes to an end.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from agenturclient.identity.actors import Actor, Permission
from agenturclient.kernel.money import Money
from agenturclient.sales import journal, rules
from agenturclient.sales.access import own_order
from agenturclient.sales.deadlines import is_time_for, issue_lasts
from agenturclient.sales.documents import fetch_now
from agenturclient.sales.dossier import detail_of
from agenturclient.sales.errors import (
    BeingClarified,
    HoldLapsed,
    KeyReused,
    NotHeld,
    OrderEmpty,
    PriceChanged,
)
from agenturclient.sales.issuing import Issued, begin_issue, send_issue
from agenturclient.sales.journal import LeaseLost
from agenturclient.sales.models import Item, Operation, Order, Sale
from agenturclient.sales.models.journal import OperationKind
from agenturclient.sales.moves import MoveLost, move_order
from agenturclient.sales.ports import Refused, Unavailable
from agenturclient.sales.states import UNSETTLED_SALES, OrderState, SaleState
from agenturclient.sales.summary import is_sold

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from agenturclient.kernel.clock import Clock
    from agenturclient.sales.details import OrderDetail
    from agenturclient.sales.journal import Lease
    from agenturclient.sales.ports import Distributor


def sell_order(  # noqa: PLR0913 - what a request brings
    number: str,
    *,
    key: UUID,
    total: Money,
    actor: Actor,
    distributor: Distributor,
    clock: Clock,
    stopping: Callable[[], bool] = lambda: False,
) -> OrderDetail:
    """Sell what is held, at exactly the total that the agent saw; of several sales, recovery makes
    those that the request has no time for, and the rest once this process is `stopping`.

    A double click, a second tab and a repeated request all end in the same order: only a draft can
    be moved, and a key that has served is not served again. Raises OrderNotFound, OrderEmpty,
    NotHeld, HoldLapsed, BeingClarified, PriceChanged, KeyReused (for another total); Refused or
    Unavailable when the distributor sold nothing at all and nothing is in doubt.
    """
    actor.require(Permission.SELL)
    order = own_order(number, actor)
    lease = _begin(order, key=key, total=total, actor=actor, clock=clock)
    if lease is not None:
        with suppress(LeaseLost, MoveLost):
            for sale in carry_on(lease, distributor=distributor, clock=clock, stopping=stopping):
                if sale.state == SaleState.ISSUED:
                    fetch_now(sale, distributor=distributor, clock=clock)
        _tell_when_nothing_was_sold(order, lease)
    return detail_of(order, now=clock.now())


def carry_on(
    lease: Lease,
    *,
    distributor: Distributor,
    clock: Clock,
    stopping: Callable[[], bool] = lambda: False,
) -> list[Sale]:
    """Issue the held sales of an intent one after another, then end it; what is unknown waits for
    recovery. When the request has no time for another, or this process is `stopping`, the intent
    is given back between two sales: another worker carries on at once.

    Returns the intent's sales as they are then.
    """
    operation = Operation.objects.select_related("order").get(pk=lease.operation)
    until = datetime.fromisoformat(operation.facts["until"])
    outcome, issued = "done", None
    sales = _sales_of(operation)
    for sale in sales:
        if sale.state == SaleState.HELD:
            if not _in_time(sale, until, clock):
                outcome = "too-late"
                break
            if issued and (stopping() or not is_time_for(issue_lasts())):
                journal.look_later(lease, now=clock.now(), looked=False, within=timedelta())
                return sales
            journal.renew(lease, now=clock.now(), lasts=issue_lasts())
            issuing = begin_issue(sale, user=operation.user_id, clock=clock)
            issued = send_issue(issuing, sale, distributor=distributor, clock=clock)
            if issued is Issued.REFUSED:
                outcome = Issued.REFUSED
            elif issued is Issued.UNAVAILABLE:
                outcome = Issued.UNAVAILABLE
                break
        if sale.state in UNSETTLED_SALES:
            journal.look_later(lease, now=clock.now(), looked=False)
            return sales
    _end(lease, operation, outcome, clock=clock)
    return sales


def _begin(order: Order, *, key: UUID, total: Money, actor: Actor, clock: Clock) -> Lease | None:
    now = clock.now()
    with transaction.atomic(durable=True):
        row = Order.objects.select_for_update().get(pk=order.pk)
        served = Operation.objects.filter(order=row, kind=OperationKind.SELL, key=key).first()
        if served and served.facts["total"] != total.amount:
            raise KeyReused
        if served or row.state != OrderState.DRAFT:
            return None
        sales = _held_sales(row, now)
        held = Money(sum(sale.price_amount or 0 for sale in sales), row.currency)
        if held != total:
            raise PriceChanged(shown=total.amount, held=held.amount, currency=row.currency)
        move_order(row, OrderState.SELLING, user=actor.user_id, now=now)
        return journal.begin(
            OperationKind.SELL,
            row,
            key=key,
            user=actor.user_id,
            now=now,
            lasts=issue_lasts(),
            facts={
                "total": total.amount,
                "sales": [sale.pk for sale in sales],
                "until": (now + rules.SELL_WINDOW).isoformat(),
            },
        )


def _held_sales(order: Order, now: datetime) -> list[Sale]:
    items = list(Item.objects.filter(order=order, dropped_at=None).order_by("position"))
    if not items:
        raise OrderEmpty
    live = {sale.live_item_id: sale for sale in Sale.objects.filter(live_item__in=items)}
    held = []
    for item in items:
        sale = live.get(item.pk)
        if sale is None:
            raise NotHeld(item=item.position)
        if sale.state in UNSETTLED_SALES:
            raise BeingClarified
        if sale.state == SaleState.HELD:
            if sale.hold_until is not None and sale.hold_until <= now + rules.HOLD_MARGIN:
                raise HoldLapsed(item=item.position)
            held.append(sale)
    if not held:
        raise OrderEmpty
    return held


def _sales_of(operation: Operation) -> list[Sale]:
    rows = Sale.objects.filter(pk__in=operation.facts["sales"])
    sales = list(rows.select_related("item").order_by("pk"))
    for sale in sales:
        sale.order = operation.order
    return sales


def _in_time(sale: Sale, until: datetime, clock: Clock) -> bool:
    now = clock.now()
    limit = sale.hold_until - rules.HOLD_MARGIN if sale.hold_until else until
    return now <= min(until, limit)


def _end(lease: Lease, operation: Operation, outcome: str, *, clock: Clock) -> None:
    now, user = clock.now(), operation.user_id
    with transaction.atomic(durable=True):
        journal.settle(lease, outcome, now=now)
        row = Order.objects.select_for_update().get(pk=operation.order_id)
        if is_sold(row):
            move_order(row, OrderState.SOLD, user=user, now=now, sold_at=now)
        else:
            move_order(row, OrderState.DRAFT, user=user, now=now)


def _tell_when_nothing_was_sold(order: Order, lease: Lease) -> None:
    """The same answer as a hold gives: what was not done at all is a failure, not a success."""
    operation = Operation.objects.get(pk=lease.operation)
    sales = Sale.objects.filter(pk__in=operation.facts["sales"])
    failed = sales.exclude(problem_code="").order_by("pk").last()
    if operation.outcome not in (Issued.REFUSED, Issued.UNAVAILABLE) or failed is None:
        return
    if sales.filter(state=SaleState.ISSUED).exists():
        return
    if operation.outcome == Issued.REFUSED:
        raise Refused(failed.problem_code, order.number)
    wait = failed.problem_facts.get("retry_after")
    raise Unavailable(failed.problem_code, order.number, retry_after=wait)
