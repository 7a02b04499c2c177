"""Acts two and three of a hold and of giving it back, and what its end means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from agenturclient.sales import journal
from agenturclient.sales.deadlines import hold_lasts
from agenturclient.sales.models import Item, Operation, Sale, Traveller
from agenturclient.sales.models.journal import OperationKind
from agenturclient.sales.moves import MoveLost, move_sale
from agenturclient.sales.ports import (
    Booking,
    Card,
    DistributorFailure,
    HoldRequest,
    Offer,
    OutcomeUnknown,
    Passenger,
    Refusals,
    Refused,
    TravellerKind,
    TravellerSpec,
    Unavailable,
)
from agenturclient.sales.snapshots import thaw
from agenturclient.sales.states import SaleState
from agenturclient.sales.summary import close_if_sold, refresh_summary

if TYPE_CHECKING:
    from agenturclient.kernel.clock import Clock
    from agenturclient.sales.journal import Lease
    from agenturclient.sales.ports import Distributor


def passengers_of(item: Item) -> dict[str, Passenger]:
    """The item's travellers as a booking names them, by the order's reference of each."""
    rows = {row.ref: row for row in Traveller.objects.filter(order_id=item.order_id)}
    return {ref: _passenger(spec, rows[ref]) for spec, ref in item.travellers.items()}


def send_hold(lease: Lease, sale: Sale, *, distributor: Distributor, clock: Clock) -> None:
    """Acts two and three of a hold.

    Raises Refused or Unavailable after recording it; an unknown outcome stays open.
    """
    item = sale.item
    request = HoldRequest(
        offer=thaw(item.offer, Offer),
        passengers=tuple(passengers_of(item).values()),
        reference=sale.reference,
        agency=sale.order.agency.name,
        language=item.language,
    )
    journal.send(lease, now=clock.now(), lasts=hold_lasts())
    try:
        booking = distributor.hold(request, key=sale.hold_key)
    except OutcomeUnknown:
        journal.look_later(lease, now=clock.now(), looked=False)
    except (Refused, Unavailable) as failure:
        record_not_held(lease, sale, failure, clock=clock)
        raise
    else:
        record_held(lease, sale, booking, clock=clock)


def record_held(lease: Lease, sale: Sale, booking: Booking, *, clock: Clock) -> None:
    """Act three: the distributor holds it, perhaps at another price."""
    now = clock.now()
    with transaction.atomic(durable=True):
        journal.settle(lease, "done", now=now)
        move_sale(
            sale,
            SaleState.HELD,
            user=_user(lease),
            now=now,
            facts={"price": booking.price.amount, "currency": booking.price.currency},
            booking_id=booking.id,
            booking_code=booking.code[:40],
            hold_until=booking.hold_until,
            price_amount=booking.price.amount,
        )
        refresh_summary(sale.order)


def record_not_held(lease: Lease, sale: Sale, failure: DistributorFailure, *, clock: Clock) -> None:
    """Act three: certainly not held.

    A definite no ends the attempt as refused, anything else as lapsed.
    """
    now = clock.now()
    state = SaleState.REFUSED if isinstance(failure, Refused) else SaleState.LAPSED
    with transaction.atomic(durable=True):
        journal.settle(lease, failure.code, now=now)
        move_sale(
            sale,
            state,
            user=_user(lease),
            now=now,
            facts={"code": failure.code},
            problem_code=failure.code,
        )


def send_release(lease: Lease, sale: Sale, *, distributor: Distributor, clock: Clock) -> None:
    """Acts two and three of giving back.

    Raises Unavailable after recording it; an unknown outcome stays open.
    """
    journal.send(lease, now=clock.now(), lasts=hold_lasts())
    try:
        distributor.release(sale.booking_id)
    except OutcomeUnknown:
        journal.look_later(lease, now=clock.now(), looked=False)
    except Refused as refusal:
        if refusal.code == Refusals.ALREADY_CONFIRMED:
            # What we wanted to give back is sold there: recovery reads the booking and books it.
            journal.look_later(lease, now=clock.now(), looked=False)
            return
        record_released(lease, sale, clock=clock)
    except Unavailable as failure:
        record_kept(lease, sale, failure, clock=clock)
        raise
    else:
        record_released(lease, sale, clock=clock)


def record_released(lease: Lease, sale: Sale, *, clock: Clock) -> None:
    """Act three: the hold is gone, and with it the item."""
    now = clock.now()
    with transaction.atomic(durable=True):
        journal.settle(lease, "done", now=now)
        move_sale(sale, SaleState.RELEASED, user=_user(lease), now=now)
        Item.objects.filter(pk=sale.item_id).update(dropped_at=now)
        refresh_summary(sale.order)
        close_if_sold(sale.order, user=_user(lease), now=now)


def record_kept(lease: Lease, sale: Sale, failure: DistributorFailure, *, clock: Clock) -> None:
    """Act three: certainly not given back."""
    now = clock.now()
    with transaction.atomic(durable=True):
        journal.settle(lease, failure.code, now=now)
        move_sale(sale, SaleState.HELD, user=_user(lease), now=now, facts={"code": failure.code})


def lapse(sale: Sale, *, clock: Clock, user: int | None = None) -> None:
    """The distributor's limit has passed. A sale that has moved meanwhile is left alone."""
    try:
        with transaction.atomic(durable=True):
            move_sale(
                sale,
                SaleState.LAPSED,
                user=user,
                now=clock.now(),
                problem_code=Refusals.HOLD_LAPSED,
            )
            refresh_summary(sale.order)
    except MoveLost:
        return


def was_sent_to_issue(sale: Sale) -> bool:
    """Whether a confirmation of the sale ever left: then only the distributor knows that it is not
    sold.
    """
    return (
        Operation.objects.filter(sale=sale, kind=OperationKind.ISSUE).exclude(sent_at=None).exists()
    )


def _passenger(spec: str, row: Traveller) -> Passenger:
    return Passenger(
        spec=TravellerSpec(
            ref=spec,
            kind=TravellerKind(row.kind),
            age=row.age if row.birth_date is None else None,
            birth_date=row.birth_date,
            cards=tuple(Card(card) for card in row.cards),
        ),
        first_name=row.first_name,
        last_name=row.last_name,
        email=row.email,
        phone=row.phone,
    )


def _user(lease: Lease) -> int | None:
    return Operation.objects.values_list("user_id", flat=True).get(pk=lease.operation)
