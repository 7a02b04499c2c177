"""Offers on the wire."""

from collections.abc import Sequence

from sandbox import tariff
from sandbox.jsontypes import Json
from sandbox.model import PERSON, Offer, OfferPart, Search, Traveller
from sandbox.personality import Personality
from sandbox.product_messages import (
    OPTIONS,
    REFUNDABLE,
    after_sale_conditions,
    card_reference,
    product_message,
    service_class,
    validity_of,
)
from sandbox.products import CATALOGUE, CATEGORY_NAMES
from sandbox.trips import iso


def offer_message(offer: Offer, search: Search, personality: Personality, language: str) -> Json:
    """The OSDM `Offer`."""
    product = CATALOGUE[offer.product]
    message: Json = {
        "offerId": offer.id,
        "summary": product.name(language),
        "createdOn": iso(search.created),
        "preBookableUntil": iso(search.until),
        "passengerRefs": list(offer.refs),
        "offerSummary": {
            "minimalPrice": personality.price(offer.price),
            "overallServiceClass": service_class(product, language),
            "overallTravelClass": product.travel_class,
            "overallFlexibility": product.flexibility,
        },
        "products": [product_message(offer.product, language)],
        "admissionOfferParts": [_part(part, search, personality, language) for part in offer.parts],
        "reservationOfferParts": [],
        "ancillaryOfferParts": [],
    }
    message.update(coverage(offer.trip, offer.inbound_trip))
    return message


def coverage(trip: str | None, inbound_trip: str | None) -> Json:
    """The trip coverages of an offer or part; none for what is valid without a trip."""
    message: Json = {}
    if trip is not None:
        message["tripCoverage"] = {"coveredTripId": trip}
    if inbound_trip is not None:
        message["inboundTripCoverage"] = {"coveredTripId": inbound_trip}
    return message


def _part(part: OfferPart, search: Search, personality: Personality, language: str) -> Json:
    product = CATALOGUE[part.product]
    validity = validity_of(part.product, part.valid_from, part.valid_until, search.created)
    travellers = [each for each in search.travellers if each.ref in part.shares]
    message: Json = {
        "objectType": "AdmissionOfferPart",
        "id": part.id,
        "summary": product.name(language),
        "createdOn": iso(search.created),
        "validFrom": iso(part.valid_from),
        "validUntil": iso(part.valid_until),
        "priceGuaranteedUntil": iso(search.until),
        "price": personality.price(part.price),
        "offerMode": "COLLECTIVE" if part.collective else "INDIVIDUAL",
        "isReusable": False,
        "passengerRefs": list(part.shares),
        "refundable": REFUNDABLE[product.rule],
        "exchangeable": "NO",
        "afterSalesConditions": after_sale_conditions(validity, part.price, personality),
        "requestedInformation": requested_information(search.travellers, part),
        "summaryProductId": part.product,
        "products": [{"productId": part.product}],
        "availableFulfillmentOptions": OPTIONS,
        "appliedPassengerTypes": [_applied(each, part, language) for each in travellers],
        "isReservationRequired": False,
    }
    if part.availability is not None:
        message["numericAvailability"] = part.availability
    message.update(coverage(part.trip, part.inbound_trip))
    return message


def _applied(traveller: Traveller, part: OfferPart, language: str) -> Json:
    category = tariff.category(traveller, part.valid_from.date())
    message: Json = {
        "passengerRef": traveller.ref,
        "type": category,
        "description": CATEGORY_NAMES[category][language],
    }
    if traveller.cards:
        message["appliedReductions"] = [card_reference(code) for code in traveller.cards]
    return message


def requested_information(travellers: Sequence[Traveller], part: OfferPart) -> str | None:
    """What the booking must know of the part's persons, as the standard's boolean expression."""
    wanted = [
        f"passengerSpecifications[{index}].{name}"
        for index, each in enumerate(travellers)
        if each.ref in part.shares and each.kind == PERSON
        for name in ("detail.firstName", "detail.lastName", "dateOfBirth")
    ]
    return " AND ".join(wanted) or None
