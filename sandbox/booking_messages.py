"""Bookings on the wire."""

from collections.abc import Callable

from sandbox.documents import collection_documents, fulfillment_message
from sandbox.jsontypes import Json
from sandbox.model import (
    CONFIRMED,
    PREBOOKED,
    PROPOSED,
    SOLD,
    BookedOffer,
    Booking,
    Part,
)
from sandbox.network.journeys import journey_from_key
from sandbox.offer_messages import coverage
from sandbox.passengers import passenger_message
from sandbox.product_messages import (
    OPTIONS,
    REFUNDABLE,
    after_sale_conditions,
    product_message,
    validity_of,
)
from sandbox.products import CATALOGUE
from sandbox.refund_messages import refund_offer_message
from sandbox.trips import iso, trip
from sandbox.wire import Answer, Call


def booking_answer(call: Call, booking: Booking) -> Answer:
    """The `BookingResponse` of a booking, with the sections that `embed` asks for."""
    return Answer(call.warnings.into({"booking": booking_message(call, booking)}))


def booking_message(call: Call, booking: Booking) -> Json:
    """The OSDM `Booking`. Passengers are always in it; everything else is embedded on request."""
    price = call.personality.price
    message: Json = {
        "id": booking.id,
        "bookingCode": booking.code,
        "createdOn": iso(booking.created),
        "passengers": [passenger_message(each) for each in booking.passengers],
        "confirmationTimeLimit": iso(booking.limit),
        "provisionalPrice": price(booking.provisional_price),
        "confirmedPrice": price(booking.sold_price - sum(each.refund for each in booking.refunds)),
        "provisionalRefundAmount": price(
            sum(each.refund for each in booking.refund_offers if each.status == PROPOSED)
        ),
    }
    if booking.external_ref:
        message["externalRef"] = booking.external_ref
    if booking.confirmed is not None:
        message["fulfillmentType"] = "ETICKET"
        waiting = any(part.status == CONFIRMED for part in booking.parts)
        message["fulfillmentStatus"] = "PENDING" if waiting else "COMPLETE"
    wanted = _embedded(call)
    for section, build in SECTIONS.items():
        if "ALL" in wanted or section in wanted:
            message.update(build(call, booking))
    return message


def _embedded(call: Call) -> set[str]:
    asked = [*call.query.get("embed", ()), *(call.body.get("embed") or ())]
    names = {name for each in asked for name in str(each).split(",") if name}
    return names or {"ALL"}


def _purchaser(_call: Call, booking: Booking) -> Json:
    return {} if booking.purchaser is None else {"purchaser": booking.purchaser}


def _trips(_call: Call, booking: Booking) -> Json:
    ways: dict[str, str] = {}
    for offer in booking.offers:
        for key, direction in ((offer.trip, "OUT_BOUND"), (offer.inbound_trip, "IN_BOUND")):
            if key is not None:
                ways.setdefault(key, direction)
    journeys = ((journey_from_key(key), direction) for key, direction in ways.items())
    return {
        "trips": [
            trip(journey, direction) for journey, direction in journeys if journey is not None
        ]
    }


def _booked_offers(call: Call, booking: Booking) -> Json:
    return {"bookedOffers": [_booked_offer(call, booking, each) for each in booking.offers]}


def _booked_offer(call: Call, booking: Booking, offer: BookedOffer) -> Json:
    message: Json = {
        "offerId": offer.id,
        "summary": CATALOGUE[offer.product].name(call.language),
        "admissions": [_part(call, booking, part) for part in offer.parts],
        "reservations": [],
        "ancillaries": [],
        "products": [product_message(offer.product, call.language)],
        **coverage(offer.trip, offer.inbound_trip),
    }
    if offer.selection is not None:
        message["externalRef"] = offer.selection
    return message


def _part(call: Call, booking: Booking, part: Part) -> Json:
    personality = call.personality
    product = CATALOGUE[part.product]
    validity = validity_of(
        part.product, part.valid_from, part.valid_until, booking.confirmed or part.created
    )
    message: Json = {
        "objectType": "Admission",
        "id": part.id,
        "summary": product.name(call.language),
        "createdOn": iso(part.created),
        "validFrom": iso(part.valid_from),
        "validUntil": iso(part.valid_until),
        "price": personality.price(part.price),
        "status": part.status,
        "offerMode": "COLLECTIVE" if part.collective else "INDIVIDUAL",
        "passengerIds": list(part.shares),
        "refundable": REFUNDABLE[product.rule],
        "exchangeable": "NO",
        "afterSaleConditions": after_sale_conditions(validity, part.price, personality),
        "summaryProductId": part.product,
        "products": [{"productId": part.product}],
        "availableFulfillmentOptions": OPTIONS,
        **coverage(part.trip, part.inbound_trip),
    }
    if part.status == PREBOOKED and personality.confirmable_until:
        message["confirmableUntil"] = iso(booking.limit)
    if booking.confirmed is not None and part.status in SOLD | {"REFUNDED"}:
        message["confirmedOn"] = iso(booking.confirmed)
        message["confirmedFulfillmentOptions"] = OPTIONS[0]
    if part.refunded is not None:
        message["refundAmount"] = personality.price(part.refunded)
    return message


def _fulfillments(call: Call, booking: Booking) -> Json:
    message: Json = {
        "fulfillments": [fulfillment_message(call, booking, each) for each in booking.fulfillments]
    }
    documents = collection_documents(call, booking, booking.fulfillments)
    if documents:
        message["fulfillmentDocuments"] = documents
    return message


def _refund_offers(call: Call, booking: Booking) -> Json:
    if not call.personality.lists_refund_offers:
        return {}
    return {
        "refundOffers": [
            refund_offer_message(call, booking, each) for each in booking.refund_offers
        ]
    }


def _payment_methods(_call: Call, booking: Booking) -> Json:
    return {"paymentMethods": booking.payment_methods} if booking.payment_methods else {}


SECTIONS: dict[str, Callable[[Call, Booking], Json]] = {
    "BOOKING_PURCHASER": _purchaser,
    "BOOKING_TRIPS": _trips,
    "BOOKING_BOOKEDOFFERS": _booked_offers,
    "BOOKING_FULFILLMENTS": _fulfillments,
    "BOOKING_REFUNDOFFERS": _refund_offers,
    "BOOKING": _payment_methods,
}
