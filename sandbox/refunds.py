"""Refund offers: proposed by the rules, confirmed once, whole or for some passengers only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sandbox import quotas
from sandbox.bookings import drop_held
from sandbox.confirmation import new_fulfillment
from sandbox.model import (
    CONFIRMED,
    PROPOSED,
    REFUNDED,
    SOLD,
    Booking,
    Fulfillment,
    Part,
    RefundLine,
    RefundOffer,
    new_id,
)
from sandbox.problems import Problem
from sandbox.product_messages import validity_of
from sandbox.refund_messages import refund_offer_message
from sandbox.refund_rules import (
    OVERRULES_FREE,
    OVERRULES_WITH_FEE,
    Verdict,
    fees,
    verdict,
)
from sandbox.shelf import booking_of, save
from sandbox.wire import Answer, Call, mappings, texts

PROPOSAL_LIVES = timedelta(minutes=20)


@dataclass(frozen=True)
class Claim:
    """One passenger's share of one part that is to be refunded."""

    part: Part
    passenger: str

    @property
    def amount(self) -> int:
        """What was paid for it."""
        return self.part.shares[self.passenger]


def propose(call: Call) -> Answer:
    """`POST /bookings/{id}/refund-offers`: what a refund of these fulfillments would give now."""
    booking = booking_of(call.connection, call.params["booking"], call.now)
    open_offer = next((each for each in booking.refund_offers if each.status == PROPOSED), None)
    if open_offer is not None:
        detail = f"the refund offer {open_offer.id} is open until {open_offer.until.isoformat()}"
        raise Problem(call.personality.conflict, "BOOKING_MODIFICATION_NOT_ALLOWED", detail)
    fulfillments = _fulfillments(call, booking)
    claims = _claims(call, booking, fulfillments)
    overrule = _overrule(call)
    offer = RefundOffer(
        id=new_id("refund"),
        created=call.now,
        until=call.now + PROPOSAL_LIVES,
        fulfillments=[each.id for each in fulfillments],
        lines=_lines(call, booking, claims, overrule),
        overrule=overrule,
    )
    booking.refund_offers.append(offer)
    save(call.connection, booking)
    body = {"refundOffers": [refund_offer_message(call, booking, offer)]}
    return Answer(call.warnings.into(body))


def _fulfillments(call: Call, booking: Booking) -> list[Fulfillment]:
    wanted = texts(call.body.get("fulfillmentIds"), "/fulfillmentIds")
    known = {each.id: each for each in booking.fulfillments}
    if not wanted or not set(wanted) <= known.keys():
        detail = "fulfillments of this booking are expected"
        raise Problem(400, "VALIDATION_ERROR", detail, pointers=["/fulfillmentIds"])
    found = [known[each] for each in dict.fromkeys(wanted)]
    if any(each.status not in SOLD for each in found):
        detail = "a fulfillment is refunded already"
        raise Problem(call.personality.conflict, "OPERATION_NOT_PERMITTED", detail)
    return found


def _claims(call: Call, booking: Booking, fulfillments: list[Fulfillment]) -> list[Claim]:
    specifications = {
        str(each.get("fulfillmentId")): each
        for each in mappings(call.body.get("refundSpecifications"), "/refundSpecifications")
    }
    found = []
    for fulfillment in fulfillments:
        wish = specifications.get(fulfillment.id, {})
        parts = set(texts(wish.get("bookingPartIds"), "/refundSpecifications/bookingPartIds"))
        passengers = set(texts(wish.get("passengerIds"), "/refundSpecifications/passengerIds"))
        found += [
            claim
            for claim in covered(booking, fulfillment)
            if (not parts or claim.part.id in parts)
            and (not passengers or claim.passenger in passengers)
        ]
    if not found:
        raise Problem(400, "VALIDATION_ERROR", "nothing refundable is named")
    return found


def covered(booking: Booking, fulfillment: Fulfillment) -> Iterable[Claim]:
    """What a fulfillment proves, as far as it is still sold."""
    for part_id in fulfillment.parts:
        part = booking.part(part_id)
        for passenger in part.shares:
            if part.status in SOLD and passenger in fulfillment.passengers:
                yield Claim(part, passenger)


def _overrule(call: Call) -> str | None:
    code = call.body.get("overruleCode")
    if code is None:
        return None
    if code not in OVERRULES_FREE | OVERRULES_WITH_FEE:
        call.warnings.add("OVERRULE_CODE_NOT_SUPPORTED", "this reason is not known here")
        return None
    if not call.personality.honours_overrule:
        call.warnings.add("OVERRULE_CODE_NOT_ACCEPTED", "the ordinary conditions apply")
        return None
    return str(code)


def _lines(
    call: Call, booking: Booking, claims: list[Claim], overrule: str | None
) -> list[RefundLine]:
    bought = booking.confirmed or booking.created
    verdicts = [
        verdict(
            validity_of(each.part.product, each.part.valid_from, each.part.valid_until, bought),
            call.now,
            overrule,
        )
        for each in claims
    ]
    if Verdict.CLOSED in verdicts:
        detail = "the validity has ended"
        raise Problem(call.personality.conflict, "OPERATION_NOT_PERMITTED", detail)
    silent = call.personality.honours_overrule
    if not silent and all(each is Verdict.NOTHING for each in verdicts):
        raise Problem(409, "OPERATION_NOT_PERMITTED", "the ticket is not refundable any more")
    amounts = [each.amount for each in claims]
    kept = fees(list(zip(amounts, verdicts, strict=True)))
    return [
        RefundLine(claim.part.id, claim.passenger, claim.amount - fee, fee)
        for claim, fee in zip(claims, kept, strict=True)
    ]


def _named(booking: Booking, offer_id: str) -> RefundOffer:
    found = {each.id: each for each in booking.refund_offers}.get(offer_id)
    if found is None:
        raise Problem(404, "RESOURCE_NOT_FOUND", "no such refund offer, or it has expired")
    return found


def read(call: Call) -> Answer:
    """`GET /bookings/{id}/refund-offers/{id}`."""
    booking = booking_of(call.connection, call.params["booking"], call.now)
    return _answer(call, booking, _named(booking, call.params["refund"]))


def _answer(call: Call, booking: Booking, offer: RefundOffer) -> Answer:
    body = {"refundOffer": refund_offer_message(call, booking, offer)}
    return Answer(call.warnings.into(body))


def check(call: Call) -> Answer:
    """`GET .../confirmation-check`: whether the refund offer could be confirmed now."""
    booking = booking_of(call.connection, call.params["booking"], call.now)
    if _named(booking, call.params["refund"]).status != PROPOSED:
        raise Problem(409, "CONFIRMATION_CHECK_FAILED", "the refund is confirmed already")
    return Answer(None, 204)


def drop(call: Call) -> Answer:
    """`DELETE .../refund-offers/{id}`: withdraw a proposal."""
    booking = booking_of(call.connection, call.params["booking"], call.now)
    offer = _named(booking, call.params["refund"])
    if offer.status != PROPOSED:
        status = call.personality.refund_gone
        code = "RESOURCE_NOT_FOUND" if status == 404 else "OPERATION_NOT_PERMITTED"  # noqa: PLR2004 - the status itself is the fact
        raise Problem(status, code, "the refund is confirmed already")
    booking.refund_offers.remove(offer)
    save(call.connection, booking)
    return Answer(None, 204)


def confirm(call: Call) -> Answer:
    """`PATCH .../refund-offers/{id}`: refund exactly what was proposed. Cannot be undone."""
    if call.body.get("status") != CONFIRMED:
        raise Problem(400, "VALIDATION_ERROR", "status CONFIRMED is expected", pointers=["/status"])
    booking = booking_of(call.connection, call.params["booking"], call.now)
    offer = _named(booking, call.params["refund"])
    if "expired-offer" in call.effects:
        booking.refund_offers.remove(offer)
        offer = _named(booking, offer.id)
    if offer.status == PROPOSED:
        carry_out(call, booking, offer)
        save(call.connection, booking)
    elif not call.personality.honours_keys:
        raise Problem(409, "OPERATION_NOT_PERMITTED", "the refund is confirmed already")
    return _answer(call, booking, offer)


def carry_out(call: Call, booking: Booking, offer: RefundOffer) -> None:
    """Do what the refund offer says: money back, rights gone, proofs replaced for what is left."""
    offer.status, offer.confirmed = CONFIRMED, call.now
    _refund_parts(booking, offer)
    for fulfillment in [each for each in booking.fulfillments if each.id in offer.fulfillments]:
        left = list(covered(booking, fulfillment))
        before, fulfillment.status = fulfillment.status, REFUNDED
        # Passengers taken out of a collective part have one of their own now.
        fulfillment.parts += [
            line.part
            for line in offer.lines
            if line.passenger in fulfillment.passengers and line.part not in fulfillment.parts
        ]
        if left:
            parts = list(dict.fromkeys(claim.part.id for claim in left))
            passengers = list(dict.fromkeys(claim.passenger for claim in left))
            issued = new_fulfillment(call, parts, passengers, before)
            booking.fulfillments.append(issued)
            offer.issued.append(issued.id)
    if all(part.status == REFUNDED for part in booking.parts):
        # A partial refund keeps its train places: the train's quota is small enough to be simple.
        quotas.give_back(call.connection, booking.id)


def _refund_parts(booking: Booking, offer: RefundOffer) -> None:
    for part in booking.parts:
        lines = [line for line in offer.lines if line.part == part.id]
        if not lines:
            continue
        target = part
        gone = {line.passenger for line in lines}
        if gone < part.shares.keys():
            target = _split(booking, part, gone)
            for line in lines:
                line.part = target.id
        target.status = REFUNDED
        target.refunded = sum(line.refund for line in lines)


def _split(booking: Booking, part: Part, gone: set[str]) -> Part:
    """Take some passengers out of a collective part into one of their own."""
    taken = Part(
        id=new_id("part"),
        product=part.product,
        shares={each: part.shares.pop(each) for each in sorted(gone)},
        collective=part.collective,
        valid_from=part.valid_from,
        valid_until=part.valid_until,
        trip=part.trip,
        inbound_trip=part.inbound_trip,
        created=part.created,
    )
    offer = next(each for each in booking.offers if part in each.parts)
    offer.parts.append(taken)
    return taken


def cleanup(call: Call) -> Answer:
    """`POST /bookings/{id}/cleanup`: release what is held and refund in full what is sold."""
    booking = booking_of(call.connection, call.params["booking"], call.now)
    booking.refund_offers = booking.refunds
    fulfillments = [each for each in booking.fulfillments if each.status in SOLD]
    claims = [claim for each in fulfillments for claim in covered(booking, each)]
    if claims:
        offer = RefundOffer(
            id=new_id("refund"),
            created=call.now,
            until=call.now,
            fulfillments=[each.id for each in fulfillments],
            lines=[RefundLine(each.part.id, each.passenger, each.amount, 0) for each in claims],
            overrule=None,
        )
        booking.refund_offers.append(offer)
        carry_out(call, booking, offer)
    if booking.held:
        drop_held(call, booking)
    save(call.connection, booking)
    return Answer({"warnings": [{"code": "CLEANUP_ACCEPTED"}]}, 202)
