"""OSDM's bookings, fulfillments and refund offers in the port's words. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agenturclient.distributors.osdm.problems import warnings_of
from agenturclient.distributors.osdm.requests import OVERRULE_CODES
from agenturclient.distributors.osdm.wire import Node, Unreadable
from agenturclient.kernel.money import total
from agenturclient.sales.ports import (
    BookedPart,
    Booking,
    BookingState,
    Document,
    Fulfillment,
    RefundQuote,
    RefundShare,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

_HELD = frozenset({"PREBOOKED", "ON_HOLD"})
_TRAVELS = frozenset({"CONFIRMED", "FULFILLED", "EXCHANGE_ONGOING"})
_SOLD = _TRAVELS | {"REFUNDED", "RELEASED", "EXCHANGED"}
_REFUNDED = "REFUNDED"
_GONE = "CANCELLED"
_OVER = frozenset({"CANCELLED", "RELEASED", "REFUNDED", "EXCHANGED", "EXPIRED"})
_PART_LISTS = ("admissions", "reservations", "ancillaries", "continuousServices", "fees")
_REASONS = {code: reason.value for reason, code in OVERRULE_CODES.items()}


def booking(answer: Node) -> Booking:
    """A `BookingResponse`. Raises Unreadable when it does not hold what we need."""
    found = answer.node("booking")
    priced = tuple(_priced(found))
    if not priced:
        raise Unreadable(f"{found.where}.bookedOffers: priced parts are expected")
    statuses = [part.text_or("status") for part in priced]
    state = state_of(statuses)
    parts = tuple(_part(part, found) for part in priced)
    held = state is BookingState.HELD
    # Some list fulfillments before anything is sold: they prove nothing yet.
    fulfillments = () if held else tuple(fulfillments_of(found, [part.id for part in parts]))
    return Booking(
        id=found.text("id"),
        state=state,
        price=total((part.price for part in parts), parts[0].price.currency),
        parts=parts,
        code=found.text_or("bookingCode"),
        reference=found.text_or("externalRef"),
        hold_until=_hold_until(found, priced) if held else None,
        fulfillments=fulfillments,
        documents_complete=state is BookingState.CONFIRMED and _complete(found),
        quotes=tuple(quote(each) for each in found.nodes("refundOffers")),
        notices=tuple(each.notice for each in warnings_of(answer)),
    )


def created(answer: Node) -> datetime:
    """When the booking of a `BookingResponse` was made."""
    return answer.node("booking").moment("createdOn")


def state_of(statuses: Iterable[str]) -> BookingState:
    """The state of a booking, which OSDM tells of its parts only.

    Fulfillments are no proof: some distributors list them before the sale. What was cancelled
    beside something that is sold was confirmed in part; beside something refunded, cleaned up.
    """
    seen = set(statuses)
    if seen <= _HELD:
        return BookingState.HELD
    if seen <= {_GONE}:
        return BookingState.GONE
    if seen <= _SOLD:
        return BookingState.CONFIRMED
    if _GONE in seen and not seen & (_TRAVELS | _HELD | {"ERROR"}):
        return BookingState.GONE
    if seen <= _HELD | {_GONE}:
        return BookingState.HELD
    return BookingState.PARTLY_CONFIRMED


def quote(offer: Node) -> RefundQuote:
    """A `RefundOffer`. `refundableAmount` is what the purchaser gets, the fee already kept."""
    return RefundQuote(
        id=offer.text("id"),
        fee=offer.price("refundFee"),
        amount=offer.price("refundableAmount"),
        fulfillments=tuple(each.text("id") for each in offer.nodes("fulfillments")),
        valid_until=offer.moment_or_none("validUntil"),
        confirmed=offer.text("status") == "CONFIRMED",
        shares=tuple(
            RefundShare(
                parts=tuple(part.text("id") for part in each.nodes("bookingParts")),
                fee=each.price("refundFee"),
                amount=each.price("refundableAmount"),
            )
            for each in offer.nodes("refundOfferBreakdown")
        ),
        overrule=_overrule(offer),
    )


def fulfillments_of(found: Node, parts: list[str]) -> Iterator[Fulfillment]:
    """The fulfillments of a booking, or of the answer to its confirmation."""
    listed = found.nodes("fulfillments")
    beside = {each.text_or("id"): each for each in found.nodes("fulfillmentDocuments")}
    for each in listed:
        named = tuple(part.text("id") for part in each.nodes("bookingParts"))
        # One that names no parts proves all of them, if it is the only one.
        covers = named or (tuple(parts) if len(listed) == 1 else ())
        yield Fulfillment(
            id=each.text("id"),
            parts=covers,
            valid=not is_over(each),
            control_number=each.text_or("controlNumber"),
            documents=tuple(
                Document(document_id, document.text_or("format"))
                for document_id, document in documents_of(each, beside)
            ),
        )


def is_over(fulfillment: Node) -> bool:
    """Whether a fulfillment was refunded, cancelled, exchanged or has run out."""
    return fulfillment.text_or("status") in _OVER


def documents_of(fulfillment: Node, beside: Mapping[str, Node]) -> Iterator[tuple[str, Node]]:
    """The documents of a fulfillment: in it (before 3.8) or beside it, with references (3.8)."""
    inside = fulfillment.nodes("fulfillmentDocuments")
    for index, each in enumerate(inside):
        yield each.text_or("id") or f"{fulfillment.text('id')}-{index}", each
    known = {each.text_or("id") for each in inside}
    for ref in fulfillment.texts("fulfillmentDocumentRefs"):
        if ref in beside and ref not in known:
            yield ref, beside[ref]


def _priced(found: Node) -> Iterator[Node]:
    """Everything in a booking that has a price and a status; free fees are left out."""
    for offer in found.nodes("bookedOffers"):
        for name in _PART_LISTS:
            for part in offer.nodes(name):
                if name != "fees" or part.price("price").amount:
                    yield part


def _part(part: Node, found: Node) -> BookedPart:
    refs = {each.text("id"): each.text_or("externalRef") for each in found.nodes("passengers")}
    ids = part.texts("passengerIds") or tuple(refs)
    status = part.text_or("status")
    return BookedPart(
        id=part.text_or("id") or part.where,
        price=part.price("price"),
        travellers=tuple(refs.get(each) or each for each in ids),
        confirmed=status in _SOLD,
        refunded=status == _REFUNDED,
    )


def _hold_until(found: Node, priced: tuple[Node, ...]) -> datetime | None:
    limits = [part.moment_or_none("confirmableUntil") for part in priced]
    limits.append(found.moment_or_none("confirmationTimeLimit"))
    return min((each for each in limits if each is not None), default=None)


def _complete(found: Node) -> bool:
    """Whether all documents are there. `contentComplete` is false when it is left out by default,
    so that only documents or a clear word count."""
    live = [each for each in found.nodes("fulfillments") if not is_over(each)]
    pending = found.text_or("fulfillmentStatus", "COMPLETE") != "COMPLETE"
    if pending or not found.nodes("fulfillments"):
        return False
    beside = {each.text_or("id"): each for each in found.nodes("fulfillmentDocuments")}
    return all(
        each.flag("contentComplete")
        or (each.flag("contentComplete") is None and any(documents_of(each, beside)))
        for each in live
    )


def _overrule(offer: Node) -> str | None:
    code = offer.text_or("appliedOverruleCode")
    return _REASONS.get(code, code.lower().replace("_", "-")) if code else None
