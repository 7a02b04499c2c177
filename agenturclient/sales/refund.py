"""Refunding: quoted first, and what was quoted is accepted exactly so."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import IntegrityError, transaction

from agenturclient.identity.actors import Actor, Permission
from agenturclient.kernel.money import Money
from agenturclient.sales import journal, rules
from agenturclient.sales.access import own_order
from agenturclient.sales.deadlines import refund_lasts
from agenturclient.sales.documents import fetch_now
from agenturclient.sales.dossier import detail_of
from agenturclient.sales.errors import (
    AlreadyAccepted,
    BeingClarified,
    KeyReused,
    OneSaleOnly,
    QuoteBlocked,
    QuoteDiffers,
    QuoteLapsed,
    RefundNotFound,
    TicketAlreadyRefunded,
    TicketNotFound,
)
from agenturclient.sales.journal import Lease, LeaseLost
from agenturclient.sales.models import Order, Refund, RefundTicket, Sale, Ticket
from agenturclient.sales.models.journal import OperationKind
from agenturclient.sales.moves import MoveLost, move_refund, record_birth
from agenturclient.sales.quoting import free_tickets, send_drop, send_quote
from agenturclient.sales.refunding import begin_acceptance, send_acceptance
from agenturclient.sales.states import RefundState, SaleState

if TYPE_CHECKING:
    from uuid import UUID

    from agenturclient.kernel.clock import Clock
    from agenturclient.sales.details import OrderDetail
    from agenturclient.sales.ports import Distributor, RefundReason


def quote_refund(  # noqa: PLR0913 - the request's three facts and the three that every use case takes
    number: str,
    *,
    key: UUID,
    tickets: tuple[int, ...],
    reason: RefundReason | None,
    actor: Actor,
    distributor: Distributor,
    clock: Clock,
) -> OrderDetail:
    """What giving back these tickets of one sale would bring.

    The same key always ends in the same refund.

    Raises OrderNotFound, TicketNotFound, OneSaleOnly, TicketAlreadyRefunded, TicketsTogether,
    QuoteBlocked, KeyReused, Refused or Unavailable. An unknown outcome is no failure: the refund
    stays in `quoting` and recovery finds out.
    """
    actor.require(Permission.REFUND)
    order = own_order(number, actor)
    if not _is_repeated(order, key, tickets):
        sale = _sale_of(order, tickets)
        _check_tickets(sale, tickets, partial=distributor.abilities.partial_refund)
        started = _begin_quote(
            sale, key=key, tickets=tickets, reason=reason, actor=actor, clock=clock
        )
        if started is not None:
            lease, refund = started
            with suppress(LeaseLost, MoveLost):
                send_quote(lease, refund, distributor=distributor, clock=clock)
    return detail_of(order, now=clock.now())


def accept_refund(  # noqa: PLR0913 - the request's three facts and the three that every use case takes
    number: str,
    refund: int,
    *,
    key: UUID,
    amount: Money,
    actor: Actor,
    distributor: Distributor,
    clock: Clock,
) -> OrderDetail:
    """Refund exactly what was quoted. A repeated request ends in the same refund.

    Raises OrderNotFound, RefundNotFound, BeingClarified, QuoteLapsed, QuoteDiffers, Refused or
    Unavailable.
    """
    del key  # the refund's own key goes to the distributor: accepting twice is one acceptance
    actor.require(Permission.REFUND)
    order = own_order(number, actor)
    row = _refund_of(order, refund)
    if row.state not in (RefundState.ACCEPTING, RefundState.REFUNDED):
        _check_quote(row, amount, clock)
        with suppress(LeaseLost, MoveLost):
            lease = begin_acceptance(row, user=actor.user_id, clock=clock)
            send_acceptance(lease, row, distributor=distributor, clock=clock)
            fetch_now(row.sale, distributor=distributor, clock=clock)
    return detail_of(order, now=clock.now())


def drop_quote(
    number: str, refund: int, *, actor: Actor, distributor: Distributor, clock: Clock
) -> OrderDetail:
    """Take a quote back, so that another can be asked for.

    Raises OrderNotFound, RefundNotFound, AlreadyAccepted, BeingClarified or Unavailable.
    """
    actor.require(Permission.REFUND)
    order = own_order(number, actor)
    row = _refund_of(order, refund)
    if row.state == RefundState.REFUNDED:
        raise AlreadyAccepted
    if row.state in (RefundState.QUOTING, RefundState.ACCEPTING):
        raise BeingClarified
    if row.state == RefundState.QUOTED:
        now = clock.now()
        with suppress(LeaseLost, MoveLost):
            with transaction.atomic(durable=True):
                move_refund(row, RefundState.DROPPING, user=actor.user_id, now=now)
                lease = journal.begin(
                    OperationKind.DROP,
                    row,
                    key=uuid4(),
                    user=actor.user_id,
                    now=now,
                    lasts=refund_lasts(),
                )
            send_drop(lease, row, distributor=distributor, clock=clock)
    return detail_of(order, now=clock.now())


def lapse_quote(refund: Refund, *, clock: Clock) -> None:
    """A quote whose time has passed ends and frees its tickets.

    One that has moved meanwhile is left alone.
    """
    with suppress(MoveLost), transaction.atomic(durable=True):
        move_refund(refund, RefundState.LAPSED, user=None, now=clock.now())
        free_tickets(refund)


def _is_repeated(order: Order, key: UUID, tickets: tuple[int, ...]) -> bool:
    row = Refund.objects.filter(order=order, key=key).first()
    if row is None:
        return False
    if set(row.lines.values_list("ticket_id", flat=True)) != set(tickets):
        raise KeyReused
    return True


def _sale_of(order: Order, tickets: tuple[int, ...]) -> Sale:
    rows = Ticket.objects.filter(pk__in=tickets, sale__order=order, sale__state=SaleState.ISSUED)
    sales = {row.sale_id for row in rows}
    if not tickets or len(rows) != len(set(tickets)):
        raise TicketNotFound
    if len(sales) > 1:
        raise OneSaleOnly
    sale = Sale.objects.select_related("item").get(pk=sales.pop())
    sale.order = order
    return sale


def _check_tickets(sale: Sale, chosen: tuple[int, ...], *, partial: bool) -> None:
    rows = {row.pk: row for row in Ticket.objects.filter(sale=sale)}
    for ticket in chosen:
        if rows[ticket].refunded:
            raise TicketAlreadyRefunded(ticket=ticket)
    open_refund = Refund.objects.filter(open_sale=sale).first()
    if open_refund is not None:
        until = open_refund.valid_until
        raise QuoteBlocked(until=until.isoformat() if until else "")
    left = {pk: row for pk, row in rows.items() if not row.refunded}
    shared = "all"
    groups = rules.together({pk: row.parts if partial else [shared] for pk, row in left.items()})
    rules.check_together(chosen, groups)


def _begin_quote(
    sale: Sale,
    *,
    key: UUID,
    tickets: tuple[int, ...],
    reason: RefundReason | None,
    actor: Actor,
    clock: Clock,
) -> tuple[Lease, Refund] | None:
    now = clock.now()
    try:
        with transaction.atomic(durable=True):
            refund = Refund.objects.create(
                order=sale.order,
                sale=sale,
                open_sale=sale,
                agent_id=actor.user_id,
                key=key,
                quote_key=uuid4(),
                accept_key=uuid4(),
                state=RefundState.QUOTING,
                reason=reason or "",
                created_at=now,
            )
            RefundTicket.objects.bulk_create(
                RefundTicket(refund=refund, ticket_id=ticket) for ticket in tickets
            )
            _claim(tickets, refund)
            record_birth(refund, user=actor.user_id, now=now)
            lease = journal.begin(
                OperationKind.QUOTE,
                refund,
                key=refund.quote_key,
                user=actor.user_id,
                now=now,
                lasts=refund_lasts(),
            )
    except (IntegrityError, MoveLost):
        # A second tab was quicker: its refund stands for the tickets.
        return None
    return lease, refund


def _claim(tickets: tuple[int, ...], refund: Refund) -> None:
    claimed = Ticket.objects.filter(pk__in=tickets, refund=None).update(refund=refund)
    if claimed != len(tickets):
        raise MoveLost("a ticket was claimed by another refund")


def _refund_of(order: Order, refund: int) -> Refund:
    row = Refund.objects.filter(order=order, pk=refund).select_related("sale__item").first()
    if row is None:
        raise RefundNotFound
    row.order = row.sale.order = order
    return row


def _check_quote(row: Refund, amount: Money, clock: Clock) -> None:
    if row.state in (RefundState.QUOTING, RefundState.DROPPING):
        raise BeingClarified
    lapsed = row.valid_until is not None and row.valid_until <= clock.now()
    if row.state != RefundState.QUOTED or lapsed:
        raise QuoteLapsed
    if Money(row.amount or 0, row.order.currency) != amount:
        raise QuoteDiffers(shown=amount.amount, quoted=row.amount, currency=row.order.currency)
