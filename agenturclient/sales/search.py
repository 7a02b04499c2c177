"""Finding stations, connections and offers.

A search's answer is kept: offers are sold from here only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction

from agenturclient.identity.actors import Actor, Permission
from agenturclient.sales import rules
from agenturclient.sales.access import agency_of
from agenturclient.sales.details import (
    OfferDetail,
    SearchDetail,
    SearchQuery,
    SoldOut,
    TripDetail,
)
from agenturclient.sales.models import Search
from agenturclient.sales.ports import Offer, Offers, Place, TouristicQuery, TripQuery
from agenturclient.sales.snapshots import pack, unpack
from agenturclient.settlement import ledger

if TYPE_CHECKING:
    from datetime import datetime

    from agenturclient.kernel.clock import Clock
    from agenturclient.sales.ports import Distributor
    from agenturclient.settlement.rules import TermsOfSale

SWITZERLAND = ZoneInfo("Europe/Zurich")
_MOST_PLACES = 20
_SHORTEST_TEXT = 2


@dataclass(frozen=True)
class KeptSearch:
    """What is kept of a search: the question and the distributor's answer."""

    answer: Offers
    trip_query: TripQuery | None = None
    touristic_query: TouristicQuery | None = None


def find_places(
    text: str, *, actor: Actor, distributor: Distributor, language: str, limit: int
) -> tuple[Place, ...]:
    """Stations by name or abbreviation; nothing for less than two letters.

    Raises Unavailable.
    """
    del actor  # every member may
    wanted = text.strip()
    if len(wanted) < _SHORTEST_TEXT:
        return ()
    return distributor.find_places(wanted, language=language, limit=min(limit, _MOST_PLACES))


def search_trips(
    query: TripQuery, *, actor: Actor, distributor: Distributor, clock: Clock
) -> SearchDetail:
    """Connections with their offers.

    Raises SamePlace, DateInThePast, InvalidTravellers, TooManyTravellers, Refused (unknown place,
    date out of range, no connection) or Unavailable.
    """
    actor.require(Permission.SELL)
    rules.check_trip_query(query, now=clock.now())
    kept = KeptSearch(distributor.find_offers(query), trip_query=query)
    return _keep(kept, actor=actor, clock=clock)


def search_touristic(
    query: TouristicQuery, *, actor: Actor, distributor: Distributor, clock: Clock
) -> SearchDetail:
    """Passes and excursions, valid from a day.

    Raises DateInThePast, InvalidTravellers, TooManyTravellers, Refused or Unavailable.
    """
    actor.require(Permission.SELL)
    rules.check_travellers(query.travellers)
    rules.check_day(query.day, today=clock.now().astimezone(SWITZERLAND).date())
    kept = KeptSearch(distributor.find_touristic(query), touristic_query=query)
    return _keep(kept, actor=actor, clock=clock)


def read_search(row: Search) -> KeptSearch:
    """What a row of the table holds."""
    return unpack(bytes(row.body), KeptSearch)


def offer_language(kept: KeptSearch) -> str:
    """The language that the search was made in: tickets come in it."""
    query = kept.trip_query or kept.touristic_query
    return query.language if query else "de"


def detail_of(row: Search, kept: KeptSearch, terms: TermsOfSale) -> SearchDetail:
    """A kept search as readers see it; trips and offers are named by their place in it."""
    numbers = {trip.id: number for number, trip in enumerate(kept.answer.trips)}
    return SearchDetail(
        id=row.pk,
        kind=row.kind,
        expires_at=row.expires_at,
        query=_query_of(kept),
        trips=tuple(TripDetail(n, trip) for n, trip in enumerate(kept.answer.trips)),
        offers=tuple(
            _offer_detail(n, offer, numbers, terms) for n, offer in enumerate(kept.answer.offers)
        ),
        sold_out=tuple(
            SoldOut(numbers[trip], travel_class)
            for trip, travel_class in kept.answer.sold_out
            if trip in numbers
        ),
        notices=kept.answer.notices,
    )


def _keep(kept: KeptSearch, *, actor: Actor, clock: Clock) -> SearchDetail:
    now = clock.now()
    agency = agency_of(actor)
    with transaction.atomic(durable=True):
        row = Search.objects.create(
            agency_id=agency,
            kind="trip" if kept.trip_query else "touristic",
            created_at=now,
            expires_at=_end(kept.answer, now),
            body=pack(kept),
        )
    return detail_of(row, kept, ledger.terms_at(agency, now))


def _end(answer: Offers, now: datetime) -> datetime:
    ends = [offer.bookable_until for offer in answer.offers]
    return max(min([now + rules.SEARCH_LASTS, *ends]), now + timedelta(seconds=1))


def _query_of(kept: KeptSearch) -> SearchQuery:
    trip, touristic = kept.trip_query, kept.touristic_query
    if trip is None:
        return SearchQuery(
            travellers=touristic.travellers if touristic else (),
            day=touristic.day if touristic else None,
        )
    names = _names(kept.answer)
    return SearchQuery(
        travellers=trip.travellers,
        origin=names.get(trip.origin, Place(trip.origin, trip.origin)),
        destination=names.get(trip.destination, Place(trip.destination, trip.destination)),
        via=tuple(names.get(place, Place(place, place)) for place in trip.via),
        when=trip.when,
        arrive_by=trip.arrive_by,
        return_when=trip.return_when,
        travel_class=trip.travel_class,
    )


def _names(answer: Offers) -> dict[str, Place]:
    stops = [
        stop
        for trip in answer.trips
        for leg in trip.legs
        for stop in (leg.origin, *leg.stops, leg.destination)
    ]
    return {stop.place: Place(stop.place, stop.name) for stop in stops}


def _offer_detail(
    number: int, offer: Offer, trips: dict[str, int], terms: TermsOfSale
) -> OfferDetail:
    return OfferDetail(
        number=number,
        kind=offer.kind,
        title=offer.title,
        product=offer.product,
        travel_class=offer.travel_class,
        flexibility=offer.flexibility,
        train_bound=offer.train_bound,
        price=offer.price,
        commission=ledger.expected_commission(offer.price, offer.kind, terms),
        trip=trips.get(offer.trip) if offer.trip else None,
        return_trip=trips.get(offer.return_trip) if offer.return_trip else None,
        bookable_until=offer.bookable_until,
        valid_from=offer.valid_from,
        valid_until=offer.valid_until,
        conditions=offer.conditions,
        fee_steps=offer.fee_steps,
        remaining=offer.remaining,
        required=offer.required,
    )
