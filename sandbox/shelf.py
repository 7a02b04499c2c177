"""Bookings in the state file: finding them, bringing them up to the present, putting them back."""

import sqlite3
from datetime import datetime

from sandbox import codec
from sandbox.model import CANCELLED, CONFIRMED, FULFILLED, PREBOOKED, PROPOSED, Booking
from sandbox.problems import Problem


def booking_of(connection: sqlite3.Connection, booking_id: str, now: datetime) -> Booking:
    """The booking as it stands now. Problem RESOURCE_NOT_FOUND when there is none."""
    row = connection.execute("SELECT document FROM bookings WHERE id = ?", (booking_id,)).fetchone()
    if row is None:
        raise Problem(404, "RESOURCE_NOT_FOUND", "no such booking")
    return settled(codec.decode(Booking, row[0]), now)


def booking_of_fulfillment(
    connection: sqlite3.Connection, fulfillment_id: str, now: datetime
) -> Booking:
    """The booking that a fulfillment belongs to; the same Problem when there is none."""
    row = connection.execute(
        "SELECT booking FROM fulfillments WHERE id = ?", (fulfillment_id,)
    ).fetchone()
    if row is None:
        raise Problem(404, "RESOURCE_NOT_FOUND", "no such fulfillment")
    return booking_of(connection, row[0], now)


def settled(booking: Booking, now: datetime) -> Booking:
    """What time alone has done: a hold lapsed, late documents came, a refund offer expired."""
    if now >= booking.limit:
        for part in booking.parts:
            if part.status == PREBOOKED:
                part.status = CANCELLED
    if booking.documents_at is not None and now >= booking.documents_at:
        _bring_documents(booking)
    booking.refund_offers = [
        offer for offer in booking.refund_offers if offer.status != PROPOSED or now < offer.until
    ]
    return booking


def _bring_documents(booking: Booking) -> None:
    for part in booking.parts:
        if part.status == CONFIRMED:
            part.status = FULFILLED
    for fulfillment in booking.fulfillments:
        if fulfillment.status == CONFIRMED:
            fulfillment.status = FULFILLED


def save(connection: sqlite3.Connection, booking: Booking) -> None:
    """Write the booking back, in the caller's transaction."""
    names = "\n".join(
        f"{each.name}\t{each.details.get('dateOfBirth') or ''}" for each in booking.passengers
    )
    connection.execute(
        "INSERT OR REPLACE INTO bookings (id, code, external_ref, names, created, document)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            booking.id,
            booking.code,
            booking.external_ref,
            names.casefold(),
            booking.created.timestamp(),
            codec.encode(booking),
        ),
    )
    connection.executemany(
        "INSERT OR IGNORE INTO fulfillments (id, booking) VALUES (?, ?)",
        [(fulfillment.id, booking.id) for fulfillment in booking.fulfillments],
    )
