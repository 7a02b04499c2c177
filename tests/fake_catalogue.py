"""What the fake distributor sells: trips every half hour, at prices that are easy to add up.

A full second-class ticket costs 52.00, its supersaver half of it; first class costs 1.75 times as
much. Everything is derived from the query alone, so the same query brings the same answer.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from agenturclient.kernel.money import Money, total
from agenturclient.sales.ports import (
    Card,
    FeeStep,
    Flexibility,
    Leg,
    Offer,
    OfferKind,
    OfferPart,
    Offers,
    Page,
    Place,
    Stop,
    TouristicQuery,
    TravelClass,
    TravellerKind,
    TravellerSpec,
    Trip,
    TripQuery,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

SWITZERLAND = ZoneInfo("Europe/Zurich")
RUN_TIME = timedelta(minutes=56)
BOOKABLE = timedelta(minutes=30)
FULL_PRICE = 5200
PLACES = (
    Place("urn:uic:stn:8507000", "Bern", "BN"),
    Place("urn:uic:stn:8503000", "Zürich HB", "ZUE"),
    Place("urn:uic:stn:8500010", "Basel SBB", "BS"),
    Place("urn:uic:stn:8501008", "Genève", "GE"),
    Place("urn:uic:stn:8505000", "Luzern", "LZ"),
    Place("urn:uic:stn:8505300", "Lugano", "LG"),
)
_NAMES = {place.id: place.name for place in PLACES}


def places(text: str, limit: int) -> tuple[Place, ...]:
    """Stations whose name starts with the text or whose code is the text."""
    wanted = text.casefold()
    found = [
        place
        for place in PLACES
        if place.name.casefold().startswith(wanted) or (place.code or "").casefold() == wanted
    ]
    return tuple(found[:limit])


def is_place(place: str) -> bool:
    """Whether a station exists: any with a Swiss number does."""
    return place.rsplit(":", 1)[-1].startswith("85")


def trips(query: TripQuery) -> tuple[Trip, ...]:
    """Trains at :02 and :32, `count` of them at, before or after the moment asked for."""
    moment = query.when - RUN_TIME if query.arrive_by else query.when
    backwards = query.page is Page.EARLIER or (query.arrive_by and query.page is Page.AT)
    departures = list(_departures(query, moment, backwards=backwards))
    return tuple(_trip(query.origin, query.destination, each) for each in sorted(departures))


def answer(query: TripQuery, *, now: datetime, quota: int) -> Offers:
    """Regular and supersaver offers in both classes for every trip (and the first one back)."""
    outward = trips(query)
    back: tuple[Trip, ...] = ()
    if query.return_when is not None:
        turned = replace(
            query,
            origin=query.destination,
            destination=query.origin,
            when=query.return_when,
            arrive_by=False,
            page=Page.AT,
            count=1,
        )
        back = trips(turned)
    classes = [query.travel_class] if query.travel_class else list(TravelClass)
    offers = [
        _trip_offer(query, trip, back, travel_class, kind, now)
        for trip in outward
        for travel_class in classes
        for kind in (OfferKind.REGULAR, OfferKind.SUPERSAVER)
    ]
    return Offers(
        trips=outward + back,
        offers=tuple(
            replace(offer, remaining=quota) if offer.train_bound else offer for offer in offers
        ),
    )


def touristic(query: TouristicQuery, *, now: datetime) -> Offers:
    """A Swiss Travel Pass for each traveller and an excursion at one price for all."""
    start = datetime.combine(query.day, time(), tzinfo=SWITZERLAND)
    persons = tuple(t for t in query.travellers if t.kind is TravellerKind.PERSON)
    refs = tuple(traveller.ref for traveller in persons)
    travel_pass = _untimed(
        "stp-3",
        OfferKind.PASS,
        tuple(OfferPart(f"stp-3-{ref}", Money(24400, query.currency), (ref,)) for ref in refs),
        (start, start + timedelta(days=3)),
        now,
    )
    excursion = _untimed(
        "exc-rigi",
        OfferKind.EXCURSION,
        (OfferPart("exc-rigi-all", Money(9000 * len(refs), query.currency), refs),),
        (start, start + timedelta(days=1)),
        now,
    )
    return Offers(
        trips=(),
        offers=(
            replace(travel_pass, product="STP", title="Swiss Travel Pass 3", required=("email",)),
            replace(excursion, product="EXC-RIGI", title="Rigi"),
        ),
    )


def fare(
    traveller: TravellerSpec, travel_class: TravelClass, kind: OfferKind, day: datetime
) -> int:
    """Price in minor units for one way: half for cards, children, dogs and bicycles."""
    free = {Card.GA_FIRST} | ({Card.GA_SECOND} if travel_class is TravelClass.SECOND else set())
    if free & set(traveller.cards):
        return 0
    amount = FULL_PRICE if travel_class is TravelClass.SECOND else FULL_PRICE * 7 // 4
    child = traveller.kind is TravellerKind.PERSON and _age(traveller, day) < 16
    other = traveller.kind is not TravellerKind.PERSON
    if child or other or Card.HALF_FARE in traveller.cards:
        amount //= 2
    return amount // 2 if kind is OfferKind.SUPERSAVER else amount


def _age(traveller: TravellerSpec, day: datetime) -> int:
    if traveller.birth_date is None:
        return traveller.age or 0
    born = traveller.birth_date
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _departures(query: TripQuery, moment: datetime, *, backwards: bool) -> Iterator[datetime]:
    step = timedelta(minutes=30)
    at = moment.astimezone(UTC).replace(minute=2, second=0, microsecond=0) - 2 * step
    while at < moment.astimezone(UTC):
        at += step
    exact = at == moment.astimezone(UTC)
    if backwards:
        at -= step if query.page is Page.EARLIER or not exact else timedelta()
        step = -step
    elif query.page is Page.LATER and exact:
        at += step
    for index in range(query.count):
        yield (at + index * step).astimezone(SWITZERLAND)


def _trip(origin: str, destination: str, departure: datetime) -> Trip:
    arrival = (departure.astimezone(UTC) + RUN_TIME).astimezone(SWITZERLAND)
    leg = Leg(
        origin=Stop(origin, _NAMES.get(origin, origin), departure=departure, platform="7"),
        destination=Stop(destination, _NAMES.get(destination, destination), arrival=arrival),
        line="IC 1",
        category="IC",
        number=f"{departure:%H%M}",
        operator="urn:uic:rics:1185",
    )
    return Trip(
        id=f"trip-{origin[-7:]}-{destination[-7:]}-{departure:%Y%m%dT%H%M}",
        origin=leg.origin.name,
        destination=leg.destination.name,
        departure=departure,
        arrival=arrival,
        duration=56,
        changes=0,
        legs=(leg,),
    )


def _trip_offer(
    query: TripQuery,
    trip: Trip,
    back: tuple[Trip, ...],
    travel_class: TravelClass,
    kind: OfferKind,
    now: datetime,
) -> Offer:
    offer_id = f"offer-{trip.id}-{travel_class}-{kind}" + (f"-{back[0].id}" if back else "")
    ways = 2 if back else 1
    parts = tuple(
        OfferPart(
            f"{offer_id}-{spec.ref}",
            Money(fare(spec, travel_class, kind, trip.departure) * ways, query.currency),
            (spec.ref,),
        )
        for spec in query.travellers
    )
    bound = kind is OfferKind.SUPERSAVER
    return Offer(
        id=offer_id,
        kind=kind,
        product="SUPERSAVER" if bound else "P2P",
        travel_class=travel_class,
        flexibility=Flexibility.NONE if bound else Flexibility.FULL,
        train_bound=bound,
        price=total((part.price for part in parts), query.currency),
        travellers=tuple(spec.ref for spec in query.travellers),
        parts=parts,
        bookable_until=now + BOOKABLE,
        valid_from=trip.departure,
        valid_until=trip.departure + timedelta(days=1),
        trip=trip.id,
        return_trip=back[0].id if back else None,
        title="Supersaver" if bound else "Point-to-point",
        fee_steps=_steps(trip.departure, query.currency, bound=bound),
    )


def _steps(start: datetime, currency: str, *, bound: bool) -> tuple[FeeStep, ...]:
    if bound:
        return (FeeStep(None, None, None),)
    return (
        FeeStep(None, start, Money.zero(currency)),
        FeeStep(start, None, Money(1000, currency), proof=True),
    )


def _untimed(
    offer_id: str,
    kind: OfferKind,
    parts: tuple[OfferPart, ...],
    validity: tuple[datetime, datetime],
    now: datetime,
) -> Offer:
    currency = parts[0].price.currency
    return Offer(
        id=f"{offer_id}-{validity[0]:%Y%m%d}",
        kind=kind,
        product=offer_id,
        travel_class=TravelClass.SECOND,
        flexibility=Flexibility.FULL,
        train_bound=False,
        price=total((part.price for part in parts), currency),
        travellers=tuple(ref for part in parts for ref in part.travellers),
        parts=parts,
        bookable_until=now + BOOKABLE,
        valid_from=validity[0],
        valid_until=validity[1],
        fee_steps=_steps(validity[0], currency, bound=False),
    )
