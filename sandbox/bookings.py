"""Bookings: made from offers, read, changed before they are confirmed, and released."""

import secrets
from datetime import timedelta

from sandbox import quotas
from sandbox.booking_messages import booking_answer
from sandbox.jsontypes import Json
from sandbox.merging import merged
from sandbox.model import (
    CANCELLED,
    PREBOOKED,
    SOLD,
    BookedOffer,
    Booking,
    Offer,
    Part,
    Passenger,
    new_id,
)
from sandbox.offers import recall
from sandbox.passengers import passengers_for
from sandbox.problems import Problem
from sandbox.shelf import booking_of, save
from sandbox.tariff import rounded
from sandbox.wire import Answer, Call, mapping, mappings, text, texts

HOLD = timedelta(minutes=30)
CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CHANGEABLE = frozenset(
    {
        "externalRef",
        "usedPaymentMethods",
        "placeSelections",
        "requestedFulfillmentType",
        "preferredFulfillmentMedia",
    }
)


def create(call: Call) -> Answer:
    """`POST /bookings`: hold what the offers promise for 30 minutes."""
    if "expired-offer" in call.effects:
        raise Problem(400, "BOOKING_OFFER_NOT_FOUND", "the offer is unknown or has expired")
    selections = mappings(call.body.get("offers"), "/offers")
    if not selections:
        raise Problem(400, "VALIDATION_ERROR", "no offer is selected", pointers=["/offers"])
    chosen = [
        (each, *recall(call, text(each.get("offerId"), f"/offers/{index}/offerId")))
        for index, each in enumerate(selections)
    ]
    if len({offer.id for _, _, offer in chosen}) < len(chosen):
        raise Problem(400, "VALIDATION_ERROR", "an offer is selected twice", pointers=["/offers"])
    for selection, _, offer in chosen:
        _check_party(selection, offer)
    passengers = passengers_for(call, [(made, offer) for _, made, offer in chosen])
    booking = Booking(
        id=new_id("booking"),
        code=_fresh_code(call),
        external_ref=str(call.body.get("externalRef") or ""),
        created=call.now,
        limit=call.now + HOLD,
        passengers=passengers,
        offers=[_booked(call, selection, offer, passengers) for selection, _, offer in chosen],
        purchaser=call.body.get("purchaser"),
        language=call.language,
    )
    claims = [claim for _, _, offer in chosen for claim in offer.claims]
    if not quotas.claim(call.connection, booking.id, claims, call.now, booking.limit):
        detail = "the last places at this price have just been sold"
        raise Problem(400, "BOOKING_INSUFFICIENT_AVAILABILITY", detail)
    if mappings(call.body.get("promotionCodes"), "/promotionCodes"):
        call.warnings.add("VALUE_NOT_SUPPORTED", "promotion codes are not known here")
    save(call.connection, booking)
    return booking_answer(call, booking)


def _check_party(selection: Json, offer: Offer) -> None:
    refs = texts(selection.get("passengerRefs"), "/offers/passengerRefs")
    if set(refs) != set(offer.refs):
        detail = "an offer is sold for exactly the passengers that it was made for"
        raise Problem(400, "BOOKING_INCOMPATIBLE_OFFER_PART", detail, pointers=["/offers"])


def _fresh_code(call: Call) -> str:
    while True:
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(6))
        if not call.connection.execute("SELECT 1 FROM bookings WHERE code = ?", (code,)).fetchone():
            return code


def _booked(call: Call, selection: Json, offer: Offer, passengers: list[Passenger]) -> BookedOffer:
    ids = {each.ref: each.id for each in passengers}
    renumbers = call.personality.renumbers
    parts = [
        Part(
            id=new_id("part") if renumbers else part.id,
            product=part.product,
            shares={ids[ref]: _priced(call, amount) for ref, amount in part.shares.items()},
            collective=part.collective,
            valid_from=part.valid_from,
            valid_until=part.valid_until,
            trip=part.trip,
            inbound_trip=part.inbound_trip,
            created=call.now,
        )
        for part in offer.parts
    ]
    reference = selection.get("externalRef")
    return BookedOffer(
        id=new_id("offer") if renumbers else offer.id,
        selection=None if reference is None else str(reference),
        product=offer.product,
        trip=offer.trip,
        inbound_trip=offer.inbound_trip,
        parts=parts,
    )


def _priced(call: Call, amount: int) -> int:
    """The share's price; a tenth more when the price is made to change."""
    if "price-change" not in call.effects or not amount:
        return amount
    call.warnings.add("OFFER_PART_PRICE_CHANGE", "the price has changed since the offer")
    return rounded(amount + -(-amount // 10))


def read(call: Call) -> Answer:
    """`GET /bookings/{id}`."""
    return booking_answer(call, booking_of(call.connection, call.params["booking"], call.now))


def change(call: Call) -> Answer:
    """`PATCH /bookings/{id}`: our reference and how it is paid, before the confirmation."""
    booking = booking_of(call.connection, call.params["booking"], call.now)
    unknown = sorted(call.body.keys() - CHANGEABLE)
    if unknown:
        pointers = [f"/{name}" for name in unknown]
        raise Problem(
            409, "BOOKING_MODIFY_READ_ONLY_PROPERTY", "cannot be changed", pointers=pointers
        )
    check_changeable(booking)
    if "externalRef" in call.body:
        booking.external_ref = str(call.body["externalRef"] or "")
    if "usedPaymentMethods" in call.body:
        booking.payment_methods = mappings(call.body["usedPaymentMethods"], "/usedPaymentMethods")
    if call.body.get("placeSelections"):
        call.warnings.add("PLACE_PROPERTY_NOT_RESPECTED", "no places are reserved here")
    save(call.connection, booking)
    return booking_answer(call, booking)


def check_changeable(booking: Booking) -> None:
    """Problem BOOKING_MODIFICATION_NOT_ALLOWED unless the booking is still held."""
    if not booking.held:
        detail = "the booking is not held any more"
        raise Problem(409, "BOOKING_MODIFICATION_NOT_ALLOWED", detail)


def release(call: Call) -> Answer:
    """`DELETE /bookings/{id}`: give a hold back; it stays readable as cancelled."""
    booking = booking_of(call.connection, call.params["booking"], call.now)
    if any(part.status in SOLD or part.refunded is not None for part in booking.parts):
        raise Problem(409, "BOOKING_BOOKING_ALREADY_CONFIRMED", "the booking is confirmed")
    if not booking.held:
        raise Problem(404, "BOOKING_BOOKING_ALREADY_CANCELLED", "the booking is cancelled already")
    drop_held(call, booking)
    save(call.connection, booking)
    return Answer(None, 204)


def drop_held(call: Call, booking: Booking) -> None:
    """Cancel what waits for confirmation and give its places back."""
    for part in booking.parts:
        if part.status == PREBOOKED:
            part.status = CANCELLED
    quotas.give_back(call.connection, booking.id)


def purchaser(call: Call) -> Answer:
    """`GET /bookings/{id}/purchaser`."""
    booking = booking_of(call.connection, call.params["booking"], call.now)
    if booking.purchaser is None:
        raise Problem(404, "RESOURCE_NOT_FOUND", "no purchaser is known")
    return Answer(call.warnings.into({"purchaser": booking.purchaser}))


def set_purchaser(call: Call) -> Answer:
    """`POST /bookings/{id}/purchaser`."""
    return _write_purchaser(call, {})


def change_purchaser(call: Call) -> Answer:
    """`PATCH /bookings/{id}/purchaser`: a merge into what is known."""
    booking = booking_of(call.connection, call.params["booking"], call.now)
    return _write_purchaser(call, booking.purchaser or {})


def _write_purchaser(call: Call, known: Json) -> Answer:
    booking = booking_of(call.connection, call.params["booking"], call.now)
    check_changeable(booking)
    booking.purchaser = merged(known, mapping(call.body, "/"))
    save(call.connection, booking)
    return Answer(call.warnings.into({"purchaser": booking.purchaser}))
