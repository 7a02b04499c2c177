"""Refund offers on the wire."""

from sandbox.documents import fulfillment_message
from sandbox.jsontypes import Json
from sandbox.model import Booking, RefundOffer
from sandbox.trips import iso
from sandbox.wire import Call


def refund_offer_message(call: Call, booking: Booking, offer: RefundOffer) -> Json:
    """The OSDM `RefundOffer`: what comes back, what is kept, and how that falls on the parts."""
    price = call.personality.price
    known = {each.id: each for each in booking.fulfillments}
    message: Json = {
        "id": offer.id,
        "createdOn": iso(offer.created),
        "validFrom": iso(offer.created),
        "validUntil": iso(offer.until),
        "status": offer.status,
        "fulfillments": [
            fulfillment_message(call, booking, known[each]) for each in offer.fulfillments
        ],
        "refundFee": price(offer.fee),
        "refundableAmount": price(offer.refund),
        "refundOfferBreakdown": [
            {
                "refundFee": price(sum(line.fee for line in offer.lines if line.part == part)),
                "refundableAmount": price(
                    sum(line.refund for line in offer.lines if line.part == part)
                ),
                "bookingParts": [{"id": part}],
            }
            for part in dict.fromkeys(line.part for line in offer.lines)
        ],
        "reimbursementStatus": "IMMEDIATE",
    }
    if offer.overrule is not None:
        message["appliedOverruleCode"] = offer.overrule
    if offer.confirmed is not None:
        message["confirmedOn"] = iso(offer.confirmed)
    if offer.issued:
        message["issuedFulfillments"] = [
            fulfillment_message(call, booking, known[each]) for each in offer.issued
        ]
    return message
