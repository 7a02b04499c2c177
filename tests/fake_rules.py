"""The fake distributor's rules: who may buy what, and what giving back costs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from agenturclient.kernel.money import Money, total
from agenturclient.sales.ports import (
    Abilities,
    HoldRequest,
    OfferKind,
    Passenger,
    RefundQuote,
    RefundReason,
    RefundRequest,
    RefundShare,
    Refusals,
    Refused,
    TravellerKind,
    TravellerSpec,
)

if TYPE_CHECKING:
    from tests.fake_books import Entry

QUOTE_LIFE = timedelta(minutes=20)
SUPERSAVER_GRACE = timedelta(minutes=30)
LATE_FEE = 1000
BOOKABLE_DAYS = 180
MOST_PERSONS = 9


def lapsed(quote: RefundQuote, now: datetime) -> bool:
    """Whether a proposed quote ran out."""
    return quote.valid_until is not None and quote.valid_until <= now


def covered(entry: Entry, request: RefundRequest, abilities: Abilities) -> tuple[str, ...]:
    """The parts that a refund request is about. Refused when they cannot be refunded (so)."""
    asked = [proof for proof in entry.proofs if proof.id in request.fulfillments]
    if not asked or not all(proof.valid for proof in asked):
        raise Refused(Refusals.NOT_REFUNDABLE, "no such valid fulfillment")
    whole = tuple(part for proof in asked for part in proof.parts)
    chosen = request.parts or whole
    if not set(chosen) <= set(whole):
        raise Refused(Refusals.NOT_REFUNDABLE, "parts of another fulfillment")
    if set(chosen) != set(whole) and not abilities.partial_refund:
        raise Refused(Refusals.CANNOT_DO_THAT, "no partial refund")
    return chosen


def refund_fee(entry: Entry, parts: tuple[str, ...], request: RefundRequest, now: datetime) -> int:
    """The fee in minor units: nothing early or for a mistake, everything for a late supersaver."""
    offer = entry.request.offer
    whole = sum(part.price.amount for part in entry.parts if part.id in parts)
    if offer.valid_until is not None and now >= offer.valid_until:
        raise Refused(Refusals.NOT_REFUNDABLE, "travel validity is over")
    if request.reason is RefundReason.SALES_STAFF_ERROR:
        return 0
    if offer.kind is OfferKind.SUPERSAVER:
        issued = entry.issued_at or now
        return 0 if now < issued + SUPERSAVER_GRACE else whole
    return 0 if now < offer.valid_from else min(LATE_FEE, whole)


def make_quote(
    entry: Entry, quote_id: str, request: RefundRequest, context: tuple[datetime, Abilities]
) -> RefundQuote:
    """A new refund quote."""
    now, abilities = context
    parts = covered(entry, request, abilities)
    prices = {part.id: part.price for part in entry.parts}
    currency = entry.parts[0].price.currency
    fee = Money(refund_fee(entry, parts, request, now), currency)
    fees = fee.split(len(parts))
    shares = tuple(
        RefundShare((part,), each, prices[part] - each)
        for part, each in zip(parts, fees, strict=True)
    )
    return RefundQuote(
        id=quote_id,
        fee=fee,
        amount=total((prices[part] for part in parts), currency) - fee,
        fulfillments=request.fulfillments,
        valid_until=now + QUOTE_LIFE,
        shares=shares,
        overrule=request.reason.value if request.reason else None,
    )


def is_for(quote: RefundQuote, request: RefundRequest, entry: Entry) -> bool:
    """Whether an open quote is about exactly what is asked for."""
    proofs = [proof for proof in entry.proofs if proof.id in request.fulfillments]
    parts = set(request.parts) or {part for proof in proofs for part in proof.parts}
    covered = {part for share in quote.shares for part in share.parts}
    return set(quote.fulfillments) == set(request.fulfillments) and covered == parts


def persons(passengers: tuple[Passenger, ...]) -> int:
    """How many people: dogs and bicycles take no place."""
    return sum(passenger.spec.kind is TravellerKind.PERSON for passenger in passengers)


def check_information(request: HoldRequest) -> None:
    """Every person has a name and a birth date, and what the offer requires beyond."""
    for passenger in request.passengers:
        if passenger.spec.kind is not TravellerKind.PERSON:
            continue
        complete = passenger.first_name and passenger.last_name and passenger.spec.birth_date
        details = {"email": passenger.email, "phone": passenger.phone}
        if not complete or not all(details[name] for name in request.offer.required):
            raise Refused(Refusals.INFORMATION_MISSING)


def check_day(when: datetime, now: datetime) -> None:
    """Tickets are sold from now on for half a year."""
    if not now <= when <= now + timedelta(days=BOOKABLE_DAYS):
        raise Refused(Refusals.DATE_OUT_OF_RANGE)


def check_travellers(travellers: tuple[TravellerSpec, ...]) -> None:
    """At least one traveller and at most nine persons."""
    if not travellers or sum(t.kind is TravellerKind.PERSON for t in travellers) > MOST_PERSONS:
        raise Refused(Refusals.INVALID_TRAVELLERS)
