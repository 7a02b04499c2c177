"""Confirmation: the point where a hold becomes a sale, and the fulfillments that prove it."""

import secrets
from collections.abc import Iterator
from datetime import timedelta

from sandbox import quotas
from sandbox.documents import collection_documents, fulfillment_message
from sandbox.jsontypes import Json
from sandbox.model import (
    CANCELLED,
    CONFIRMED,
    FULFILLED,
    PREBOOKED,
    Booking,
    Fulfillment,
    new_id,
)
from sandbox.passengers import missing
from sandbox.problems import Problem
from sandbox.products import LANGUAGES
from sandbox.shelf import booking_of, booking_of_fulfillment, save
from sandbox.wire import Answer, Call

LATE = "late-documents"


def confirm(call: Call) -> Answer:
    """`POST /bookings/{id}/fulfillments`: sell everything that is held. Cannot be undone."""
    booking = booking_of(call.connection, call.params["booking"], call.now)
    _check_held(call, booking)
    absent = _missing(booking)
    if absent:
        raise Problem(400, "CONFIRMATION_INFORMATION_MISSING", "data is missing", pointers=absent)
    wait = timedelta(seconds=call.effects[LATE]) if LATE in call.effects else None
    wait = call.personality.documents_after if wait is None else wait
    _read_wishes(call, booking)
    booking.confirmed = call.now
    booking.documents_at = call.now + wait
    status = CONFIRMED if wait else FULFILLED
    for part in booking.parts:
        if part.status == PREBOOKED:
            part.status = status
    booking.fulfillments += list(_fulfillments(call, booking, status))
    quotas.keep(call.connection, booking.id)
    save(call.connection, booking)
    if wait:
        # The sale has happened; only its documents have not, so there is nothing to list yet.
        return Answer(call.warnings.into({"fulfillments": []}), 202)
    return _collection(call, booking)


def _check_held(call: Call, booking: Booking) -> None:
    if booking.held:
        return
    conflict = call.personality.conflict
    if all(part.status == CANCELLED for part in booking.parts):
        detail = "the hold has lapsed or was released"
        raise Problem(conflict, "CONFIRMATION_BOOKING_ALREADY_CANCELLED", detail)
    detail = "the booking is confirmed already"
    raise Problem(conflict, "CONFIRMATION_BOOKING_ALREADY_CONFIRMED", detail)


def _missing(booking: Booking) -> list[str]:
    return [
        pointer
        for index, each in enumerate(booking.passengers)
        for pointer in missing(each.details, f"/passengers/{index}")
    ]


def _read_wishes(call: Call, booking: Booking) -> None:
    language = str(call.body.get("issuingLanguage") or call.language)[:2].lower()
    if language not in LANGUAGES:
        call.warnings.add("VALUE_NOT_SUPPORTED", "tickets are issued in de, fr, it and en")
        language = call.language
    booking.language = language
    if call.body.get("preferredFulfillmentMedia") not in {None, "PDF_A4", "UIC_PDF"}:
        call.warnings.add("VALUE_NOT_SUPPORTED", "tickets are issued as PDF_A4 only")


def _fulfillments(call: Call, booking: Booking, status: str) -> Iterator[Fulfillment]:
    parts = [part for part in booking.parts if part.status == status]
    everyone = [
        each.id for each in booking.passengers if any(each.id in part.shares for part in parts)
    ]
    groups = [everyone] if call.personality.one_fulfillment else [[each] for each in everyone]
    for group in groups:
        covered = [part.id for part in parts if set(group) & part.shares.keys()]
        yield new_fulfillment(call, covered, group, status)


def new_fulfillment(
    call: Call, parts: list[str], passengers: list[str], status: str
) -> Fulfillment:
    """A fresh proof for these parts and passengers."""
    return Fulfillment(
        id=new_id("fulfillment"),
        control_number=f"{secrets.randbelow(10**10):010d}",
        created=call.now,
        parts=parts,
        passengers=passengers,
        status=status,
        key=secrets.token_urlsafe(16),
    )


def check(call: Call) -> Answer:
    """`GET /bookings/{id}/fulfillment-check`: whether a confirmation would succeed now."""
    booking = booking_of(call.connection, call.params["booking"], call.now)
    absent = _missing(booking)
    if not booking.held or absent:
        detail = "data is missing" if absent else "the booking is not held"
        raise Problem(400, "CONFIRMATION_CHECK_FAILED", detail, pointers=absent)
    return Answer(None, 204)


def finish(call: Call) -> Answer:
    """`PATCH /bookings/{id}/fulfillments`: ask for late documents, which come by themselves."""
    booking = booking_of(call.connection, call.params["booking"], call.now)
    if any(each.status == CONFIRMED for each in booking.fulfillments):
        return Answer({"warnings": [{"code": "FULFILLMENT_PENDING"}]}, 202)
    return _collection(call, booking)


def one(call: Call) -> Answer:
    """`GET /fulfillments/{id}`."""
    fulfillment_id = call.params["fulfillment"]
    booking = booking_of_fulfillment(call.connection, fulfillment_id, call.now)
    found = {each.id: each for each in booking.fulfillments}[fulfillment_id]
    body: Json = {"fulfillment": fulfillment_message(call, booking, found)}
    return Answer(call.warnings.into(_with_documents(call, booking, [found], body)))


def _collection(call: Call, booking: Booking) -> Answer:
    body: Json = {
        "fulfillments": [fulfillment_message(call, booking, each) for each in booking.fulfillments]
    }
    return Answer(call.warnings.into(_with_documents(call, booking, booking.fulfillments, body)))


def _with_documents(
    call: Call, booking: Booking, fulfillments: list[Fulfillment], body: Json
) -> Json:
    documents = collection_documents(call, booking, fulfillments)
    return {**body, "fulfillmentDocuments": documents} if documents else body
