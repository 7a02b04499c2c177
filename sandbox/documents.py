"""Fulfillments and their documents on the wire, and the download of a document."""

import base64
from collections.abc import Iterable
from datetime import datetime, timedelta

from sandbox.clock import ZURICH
from sandbox.jsontypes import Json
from sandbox.model import CONFIRMED, FULFILLED, PERSON, Booking, Fulfillment, Part
from sandbox.network.journeys import Journey, journey_from_key
from sandbox.party import KINDS
from sandbox.problems import Problem
from sandbox.product_messages import OWNER
from sandbox.products import CATALOGUE, CATEGORY_NAMES, CLASS_NAMES
from sandbox.ticket import Right, Ticket, render
from sandbox.trips import iso
from sandbox.wire import Call

LINK_LIVES = timedelta(hours=24)


def fulfillment_message(call: Call, booking: Booking, fulfillment: Fulfillment) -> Json:
    """The OSDM `Fulfillment`, with its document or a reference to it once there is one."""
    readable = fulfillment.status == FULFILLED
    message: Json = {
        "id": fulfillment.id,
        "status": fulfillment.status,
        "bookingRef": booking.id,
        "createdOn": iso(fulfillment.created),
        "controlNumber": fulfillment.control_number,
        "issuer": OWNER,
        "bookingParts": [{"id": part} for part in fulfillment.parts],
        "issuingLanguage": booking.language,
        "contentComplete": fulfillment.status != CONFIRMED,
    }
    if readable and call.personality.links_documents:
        message["fulfillmentDocuments"] = [_linked(call, fulfillment)]
    elif readable:
        message["fulfillmentDocumentRefs"] = [_document_id(fulfillment)]
    return message


def collection_documents(
    call: Call, booking: Booking, fulfillments: Iterable[Fulfillment]
) -> list[Json]:
    """The documents beside their fulfillments, for the personality that puts them there."""
    if call.personality.links_documents:
        return []
    return [
        {
            **_document(fulfillment),
            "content": base64.b64encode(render(_ticket(booking, fulfillment))).decode(),
        }
        for fulfillment in fulfillments
        if fulfillment.status == FULFILLED
    ]


def _document_id(fulfillment: Fulfillment) -> str:
    return f"document-{fulfillment.control_number}"


def _document(fulfillment: Fulfillment) -> Json:
    return {
        "id": _document_id(fulfillment),
        "medium": "PDF_A4",
        "type": "TICKET",
        "format": "application/pdf",
        "controlNumber": fulfillment.control_number,
    }


def _linked(call: Call, fulfillment: Fulfillment) -> Json:
    until = call.now + LINK_LIVES
    path = f"documents/{fulfillment.id}/{fulfillment.key}/{int(until.timestamp())}.pdf"
    return {
        **_document(fulfillment),
        "downloadLink": f"{call.base_url}/{path}",
        "downloadExpiry": iso(until),
    }


def download(booking: Booking, fulfillment_id: str, key: str, until: int, now: datetime) -> bytes:
    """The PDF behind a download link. Problem RESOURCE_NOT_FOUND when the link is wrong or dead."""
    found = {each.id: each for each in booking.fulfillments}.get(fulfillment_id)
    if found is None or found.key != key or found.status != FULFILLED:
        raise Problem(404, "RESOURCE_NOT_FOUND", "no such document")
    if now.timestamp() >= until:
        raise Problem(404, "RESOURCE_NOT_FOUND", "the download link has expired")
    return render(_ticket(booking, found))


def _ticket(booking: Booking, fulfillment: Fulfillment) -> Ticket:
    parts = [part for part in booking.parts if part.id in fulfillment.parts]
    groups: dict[tuple[object, ...], list[Part]] = {}
    for part in parts:
        key = (part.product, part.trip, part.inbound_trip, part.valid_from, part.valid_until)
        groups.setdefault(key, []).append(part)
    return Ticket(
        language=booking.language,
        booking_code=booking.code,
        control_number=fulfillment.control_number,
        issued=fulfillment.created,
        amount=sum(
            amount
            for part in parts
            for passenger, amount in part.shares.items()
            if passenger in fulfillment.passengers
        ),
        rights=tuple(_right(booking, fulfillment, group) for group in groups.values()),
    )


def _right(booking: Booking, fulfillment: Fulfillment, parts: list[Part]) -> Right:
    """One right for parts that differ in their travellers only."""
    part, language = parts[0], booking.language
    product = CATALOGUE[part.product]
    ways = (part.trip, part.inbound_trip)
    journeys = [journey_from_key(key) for key in ways if key is not None]
    travellers = [
        each
        for each in booking.passengers
        if each.id in fulfillment.passengers and any(each.id in part.shares for part in parts)
    ]
    return Right(
        product=product.name(language),
        travel_class=CLASS_NAMES[product.travel_class][language],
        travellers=tuple(
            each.name if KINDS[each.kind] == PERSON else CATEGORY_NAMES[KINDS[each.kind]][language]
            for each in travellers
        ),
        valid_from=part.valid_from.astimezone(ZURICH),
        valid_until=part.valid_until.astimezone(ZURICH),
        lines=tuple(line for journey in journeys if journey for line in _lines(journey)),
        train_bound=product.train_bound,
    )


def _lines(journey: Journey) -> Iterable[str]:
    for ride in journey.rides:
        start, end = ride.calls[0], ride.calls[-1]
        left = f"{start.departure:%d.%m.%Y %H:%M}" if start.departure else ""
        reached = f"{end.arrival:%H:%M}" if end.arrival else ""
        yield (
            f"{left} {start.station.name} - {reached} {end.station.name}"
            f" ({ride.line}, {ride.number})"
        )
