"""What we say to an OSDM distributor: the bodies of its requests, from the port's values. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from agenturclient.distributors.osdm.wire import SWITZERLAND
from agenturclient.sales.ports import (
    Card,
    HoldRequest,
    Page,
    Passenger,
    RefundReason,
    RefundRequest,
    TouristicQuery,
    TravelClass,
    TravellerKind,
    TravellerSpec,
    TripQuery,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

Body = dict[str, object]
CardCodes = Mapping[Card, tuple[str, str]]

# The timetable knows minutes: strictly earlier or later is a minute away.
_NEXT = timedelta(minutes=1)
_KINDS = {
    TravellerKind.PERSON: "PERSON",
    TravellerKind.DOG: "DOG",
    TravellerKind.BICYCLE: "BICYCLE",
}
_CLASSES = {TravelClass.FIRST: "FIRST", TravelClass.SECOND: "SECOND"}
_MEDIA = [{"type": "ETICKET", "media": "PDF_A4"}]
OVERRULE_CODES: Mapping[RefundReason, str] = {
    RefundReason.SALES_STAFF_ERROR: "SALES_STAFF_ERROR",
    RefundReason.TECHNICAL_FAILURE: "TECHNICAL_FAILURE",
    RefundReason.CONNECTION_BROKEN: "CONNECTION_BROKEN",
    RefundReason.STRIKE: "STRIKE",
    RefundReason.NOT_USED: "TICKET_NOT_USED",
}


def places(text: str, limit: int) -> Body:
    """`PlaceRequest`."""
    return {"placeInput": {"name": text}, "restrictions": {"numberOfResults": limit}}


def trip_offers(query: TripQuery, cards: CardCodes) -> Body:
    """`OfferCollectionRequest` for connections and their offers in one call."""
    criteria: Body = {
        "origin": _place(query.origin),
        "destination": _place(query.destination),
        "arrivalTime" if query.arrive_by else "departureTime": _local(_moment(query)),
        "parameters": _window(query),
    }
    if query.via:
        criteria["vias"] = [{"viaPlace": _place(each)} for each in query.via]
    if query.return_when is not None:
        criteria["returnSearchParameters"] = {
            "departureTime": _local(query.return_when),
            "parameters": {"numberOfResultsBefore": 0, "numberOfResultsAfter": query.count},
        }
    return {"tripSearchCriteria": criteria, **_offers(query.travellers, query, cards)}


def touristic_offers(query: TouristicQuery, cards: CardCodes) -> Body:
    """`OfferCollectionRequest` for what is valid without a trip."""
    start = datetime.combine(query.day, time())
    return {
        "nonTripSearchCriteria": {"validFrom": start.isoformat()},
        **_offers(query.travellers, query, cards),
    }


def booking(request: HoldRequest, cards: CardCodes) -> Body:
    """`BookingRequest` with all data of the travellers: some distributors take none later."""
    refs = list(request.offer.travellers)
    chosen = [each for each in request.passengers if each.spec.ref in refs]
    return {
        "externalRef": request.reference,
        "offers": [
            {
                "offerId": request.offer.id,
                "passengerRefs": refs,
                "externalRef": request.reference,
            }
        ],
        "passengerSpecifications": [_passenger(each, cards) for each in chosen],
        "purchaser": {"companyDetails": {"name": request.agency}},
    }


def fulfillments(language: str) -> Body:
    """`FulfillmentPostRequest`."""
    return {
        "requestedFulfillmentType": "ETICKET",
        "preferredFulfillmentMedia": "PDF_A4",
        "issuingLanguage": language,
    }


def booking_search(reference: str, most: int) -> Body:
    """`BookingSearchRequest` by our reference."""
    return {"externalRef": reference, "parameters": {"numberOfResults": most}}


def refund_offer(
    request: RefundRequest, parts_of: Mapping[str, Sequence[str]] | None = None
) -> Body:
    """`RefundOfferRequest`; `parts_of` names the parts of each fulfillment, if not all."""
    chosen = [each for each in request.fulfillments if not parts_of or parts_of.get(each)]
    body: Body = {"fulfillmentIds": chosen}
    if parts_of:
        body["refundSpecifications"] = [
            {"fulfillmentId": fulfillment, "bookingPartIds": list(parts)}
            for fulfillment, parts in parts_of.items()
            if parts
        ]
    if request.reason is not None:
        body["overruleCode"] = OVERRULE_CODES[request.reason]
    return body


def _offers(
    travellers: tuple[TravellerSpec, ...], query: TripQuery | TouristicQuery, cards: CardCodes
) -> Body:
    wish: Body = {
        "currency": query.currency,
        "offerMode": "INDIVIDUAL",
        "requestedOfferParts": ["ADMISSION"],
    }
    if isinstance(query, TripQuery) and query.travel_class is not None:
        wish["travelClasses"] = [_CLASSES[query.travel_class]]
    return {
        "anonymousPassengerSpecifications": [_traveller(each, cards) for each in travellers],
        "offerSearchCriteria": wish,
        "requestedFulfillmentOptions": _MEDIA,
        "embed": ["ALL"],
    }


def _traveller(spec: TravellerSpec, cards: CardCodes) -> Body:
    body: Body = {"externalRef": spec.ref, "type": _KINDS[spec.kind]}
    if spec.birth_date is not None:
        body["dateOfBirth"] = spec.birth_date.isoformat()
    elif spec.age is not None:
        body["age"] = spec.age
    if spec.cards:
        body["cards"] = [_card(cards[each]) for each in spec.cards]
    return body


def _card(card: tuple[str, str]) -> Body:
    """`CardReference`. A code of the form "1185_HTA" begins with its issuer's RICS number."""
    kind, code = card
    body: Body = {"type": kind, "code": code}
    issuer = code.split("_", 1)[0]
    if issuer.isdecimal():
        body["issuer"] = f"urn:uic:rics:{issuer}"
    return body


def _passenger(passenger: Passenger, cards: CardCodes) -> Body:
    body = _traveller(passenger.spec, cards)
    if passenger.spec.kind is not TravellerKind.PERSON:
        return body
    contact = {"email": passenger.email, "phoneNumber": passenger.phone}
    given = {name: value for name, value in contact.items() if value}
    detail: Body = {"firstName": passenger.first_name, "lastName": passenger.last_name}
    if given:
        # Beside the contact also flat, the way before 3.5: older providers read only that.
        detail |= {"contact": given, **given}
    return {**body, "detail": detail}


def _place(place: str) -> Body:
    return {"objectType": "StopPlaceRef", "stopPlaceRef": place}


def _moment(query: TripQuery) -> datetime:
    shift = {Page.AT: timedelta(), Page.EARLIER: -_NEXT, Page.LATER: _NEXT}
    # Those before a departure leave strictly before it already; all other borders are inclusive.
    if query.page is Page.EARLIER and not query.arrive_by:
        return query.when
    return query.when + shift[query.page]


def _window(query: TripQuery) -> Body:
    backwards = query.page is Page.EARLIER or (query.page is Page.AT and query.arrive_by)
    before, after = (query.count, 0) if backwards else (0, query.count)
    return {"numberOfResultsBefore": before, "numberOfResultsAfter": after}


def _local(when: datetime) -> str:
    """Swiss wall-clock time without offset, as OSDM wants the times of a search."""
    local = when.astimezone(SWITZERLAND) if when.tzinfo else when
    return local.replace(tzinfo=None).isoformat(timespec="seconds")
