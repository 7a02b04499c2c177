"""A draft order: started by the browser's key, filled from kept searches, changed until it is held
or sold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from agenturclient.identity.actors import Actor, Permission
from agenturclient.sales import rules
from agenturclient.sales.access import agency_of, own_order
from agenturclient.sales.dossier import detail_of
from agenturclient.sales.errors import (
    CurrencyMixed,
    KeyReused,
    OfferExpired,
    OfferNotFound,
    OrderNotDraft,
    SearchExpired,
    SearchNotFound,
    TravellerIncomplete,
    TravellerLocked,
)
from agenturclient.sales.models import Item, Order, Sale, Search, Traveller
from agenturclient.sales.moves import record_birth
from agenturclient.sales.ports import TravellerKind
from agenturclient.sales.search import KeptSearch, offer_language, read_search
from agenturclient.sales.snapshots import freeze
from agenturclient.sales.states import LIVE_SALES, OrderState
from agenturclient.sales.summary import refresh_summary

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from agenturclient.kernel.clock import Clock
    from agenturclient.sales.details import OrderChange, OrderDetail, TravellerChange
    from agenturclient.sales.ports import Offer, TravellerSpec, Trip


# Folding may lengthen a name (ß becomes ss); the list's columns end here.
_FOLDED = 140


def start_order(
    *, key: UUID, customer_reference: str, cost_centre: str, actor: Actor, clock: Clock
) -> tuple[OrderDetail, bool]:
    """The draft with the browser's key, and whether it is new: the same key always ends in the same
    order.
    """
    actor.require(Permission.SELL)
    agency = agency_of(actor)
    now = clock.now()
    try:
        with transaction.atomic(durable=True):
            order = Order.objects.create(
                agency_id=agency,
                branch_id=actor.branch_id,
                agent_id=actor.user_id,
                key=key,
                state=OrderState.DRAFT,
                currency="CHF",
                customer_reference=customer_reference,
                cost_centre=cost_centre,
                created_at=now,
            )
            record_birth(order, user=actor.user_id, now=now)
    except IntegrityError:
        order = Order.objects.get(agency_id=agency, key=key)
        return detail_of(order, now=now), False
    return detail_of(order, now=now), True


def change_order(number: str, change: OrderChange, *, actor: Actor, clock: Clock) -> OrderDetail:
    """Change the dossier's texts at any time, travellers until a held or sold ticket names them.

    Raises OrderNotFound, TravellerLocked or TravellerIncomplete (no such traveller).
    """
    actor.require(Permission.SELL)
    with transaction.atomic(durable=True):
        order = _locked(number, actor)
        texts = {
            "customer_reference": change.customer_reference,
            "cost_centre": change.cost_centre,
        }
        fields = {name: value for name, value in texts.items() if value is not None}
        if fields:
            Order.objects.filter(pk=order.pk).update(**fields)
        locked = locked_travellers(order)
        for traveller in change.travellers:
            _change_traveller(order, traveller, locked)
    return detail_of(own_order(number, actor), now=clock.now())


def add_item(
    number: str, *, key: UUID, search: UUID, offer: int, actor: Actor, clock: Clock
) -> OrderDetail:
    """Copy an offer of one of the agency's searches into the draft, with its travellers.

    Raises OrderNotFound, OrderNotDraft, SearchNotFound, SearchExpired, OfferNotFound, OfferExpired
    or CurrencyMixed.
    """
    actor.require(Permission.SELL)
    now = clock.now()
    source = f"{search}:{offer}"
    with transaction.atomic(durable=True):
        order = _locked(number, actor)
        present = Item.objects.filter(order=order, key=key).first()
        if present is None:
            _copy(order, source, _offered(search, offer, actor, now), key=key, now=now)
        elif present.source != source:
            raise KeyReused
    return detail_of(own_order(number, actor), now=now)


def locked_travellers(order: Order) -> set[str]:
    """References of the travellers that a held or sold ticket names."""
    sales = Sale.objects.filter(order=order, state__in=LIVE_SALES).select_related("item")
    return {ref for sale in sales for ref in sale.item.travellers.values()}


def _locked(number: str, actor: Actor) -> Order:
    order = own_order(number, actor)
    return Order.objects.select_for_update().get(pk=order.pk)


def _offered(search: UUID, number: int, actor: Actor, now: datetime) -> tuple[KeptSearch, Offer]:
    row = Search.objects.filter(pk=search, agency_id=agency_of(actor)).first()
    if row is None:
        raise SearchNotFound
    kept = read_search(row)
    if not 0 <= number < len(kept.answer.offers):
        raise OfferNotFound
    offer = kept.answer.offers[number]
    if offer.bookable_until <= now:
        raise OfferExpired
    if row.expires_at <= now:
        raise SearchExpired
    return kept, offer


def _copy(
    order: Order, source: str, offered: tuple[KeptSearch, Offer], *, key: UUID, now: datetime
) -> None:
    if order.state != OrderState.DRAFT:
        raise OrderNotDraft(state=order.state)
    kept, offer = offered
    if offer.price.currency != order.currency:
        raise CurrencyMixed
    Item.objects.create(
        order=order,
        position=_next_position(order),
        key=key,
        source=source,
        kind=offer.kind,
        price_amount=offer.price.amount,
        language=offer_language(kept),
        created_at=now,
        **_copied(order, kept, offer),
    )
    refresh_summary(order)


def _next_position(order: Order) -> int:
    last = Item.objects.filter(order=order).aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


def _copied(order: Order, kept: KeptSearch, offer: Offer) -> dict[str, Any]:
    trips: dict[str | None, Trip] = {trip.id: trip for trip in kept.answer.trips}
    query = kept.trip_query or kept.touristic_query
    specs = {spec.ref: spec for spec in query.travellers} if query else {}
    return {
        "offer": freeze(offer),
        "trip": freeze(trips[offer.trip]) if offer.trip in trips else None,
        "return_trip": freeze(trips[offer.return_trip]) if offer.return_trip in trips else None,
        "travellers": _seat(order, [specs[ref] for ref in offer.travellers if ref in specs]),
    }


def _seat(order: Order, specs: list[TravellerSpec]) -> dict[str, str]:
    """Find each traveller of the offer in the order, or bring them in: offer's reference -> order's
    reference.

    Somebody of the same kind with the same cards and age is taken for the same person, so that a
    second ticket does not ask for the names again.
    """
    present = list(Traveller.objects.filter(order=order).order_by("pk"))
    seated: dict[str, str] = {}
    for spec in specs:
        match = next(
            (row for row in present if row.ref not in seated.values() and _same(row, spec)), None
        )
        if match is None:
            match = Traveller.objects.create(
                order=order,
                ref=f"T{len(present) + 1}",
                kind=spec.kind,
                age=spec.age,
                birth_date=spec.birth_date,
                cards=list(spec.cards),
            )
            present.append(match)
        seated[spec.ref] = match.ref
    return seated


def _same(row: Traveller, spec: TravellerSpec) -> bool:
    if row.kind != spec.kind or set(row.cards) != set(spec.cards):
        return False
    return row.age == spec.age if spec.age is not None else row.birth_date == spec.birth_date


def _change_traveller(order: Order, change: TravellerChange, locked: set[str]) -> None:
    row = Traveller.objects.filter(order=order, ref=change.ref).first()
    if row is None:
        raise TravellerIncomplete(traveller=change.ref, field="ref")
    fields = {
        "first_name": change.first_name,
        "last_name": change.last_name,
        "birth_date": change.birth_date or row.birth_date,
        "email": row.email if change.email is None else change.email,
        "phone": row.phone if change.phone is None else change.phone,
    }
    changed = {name: value for name, value in fields.items() if getattr(row, name) != value}
    if not changed:
        return
    if change.ref in locked:
        raise TravellerLocked(traveller=change.ref)
    if row.kind != TravellerKind.PERSON:
        changed.pop("birth_date", None)
    Traveller.objects.filter(pk=row.pk).update(
        **changed,
        last_first=rules.fold(f"{change.last_name} {change.first_name}")[:_FOLDED],
        first_last=rules.fold(f"{change.first_name} {change.last_name}")[:_FOLDED],
    )
