"""The sandbox's books: what was sold and refunded, as JSON and as a small page without names."""

import sqlite3
from datetime import datetime
from html import escape

from sandbox import codec
from sandbox.jsontypes import Json
from sandbox.model import (
    CANCELLED,
    CONFIRMED,
    PREBOOKED,
    REFUNDED,
    Booking,
)
from sandbox.products import CATALOGUE
from sandbox.shelf import settled

CURRENCY = "CHF"
SHOWN = 200
COLUMNS = ("Code", "Reference", "State", "Sold", "Refunded", "Fee kept", "Parts")
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem;
  color: #1b1f24; background: #fff; }
h1 { font-size: 1.4rem; } p { color: #4a5560; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid #dfe3e8; }
td.amount, th.amount { text-align: right; }
"""


def books(connection: sqlite3.Connection, now: datetime) -> Json:
    """All bookings, the newest first, and the totals in minor units by currency.

    `confirmed` is what was sold, before refunds; what stays with the distributor is confirmed
    less refunded, and `fee` is the part of it that refunds left.
    """
    entries = [_entry(booking) for booking in _bookings(connection, now)]
    totals = {
        name: sum(entry[column] for entry in entries)
        for name, column in (("sold", "confirmed"), ("refunded", "refunded"), ("fees", "fee"))
    }
    return {"now": now.isoformat(), "totals": {CURRENCY: totals}, "bookings": entries}


def _bookings(connection: sqlite3.Connection, now: datetime) -> list[Booking]:
    rows = connection.execute("SELECT document FROM bookings ORDER BY created DESC, rowid DESC")
    return [settled(codec.decode(Booking, document), now) for (document,) in rows]


def _entry(booking: Booking) -> Json:
    return {
        "id": booking.id,
        "bookingCode": booking.code,
        "externalRef": booking.external_ref,
        "state": _state(booking),
        "currency": CURRENCY,
        "confirmed": booking.sold_price,
        "refunded": sum(offer.refund for offer in booking.refunds),
        "fee": sum(offer.fee for offer in booking.refunds),
        "parts": [
            {
                "id": part.id,
                "product": part.product,
                "status": part.status,
                "amount": part.price,
                "refunded": part.refunded,
            }
            for part in booking.parts
        ],
    }


def _state(booking: Booking) -> str:
    states = {part.status for part in booking.parts}
    if states == {REFUNDED}:
        return "refunded"
    if REFUNDED in states:
        return "partly refunded"
    names = {PREBOOKED: "held", CANCELLED: "cancelled", CONFIRMED: "sold, documents pending"}
    return next((name for status, name in names.items() if status in states), "sold")


def page(connection: sqlite3.Connection, now: datetime) -> str:
    """The books as a page: no script, nothing from elsewhere, no passenger's name."""
    found = books(connection, now)
    totals = found["totals"][CURRENCY]
    rows = "".join(_row(entry) for entry in found["bookings"][:SHOWN])
    head = "".join(f"<th>{name}</th>" for name in COLUMNS)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Sandbox books</title><style>{STYLE}</style></head><body>"
        "<h1>Books of the sandbox distributor</h1>"
        f"<p>Simulated. Its clock says {now:%d.%m.%Y %H:%M:%S}. {len(found['bookings'])} bookings, "
        f"{CURRENCY} {_money(totals['sold'])} sold, {_money(totals['refunded'])} refunded, "
        f"{_money(totals['fees'])} kept as fees.</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></body></html>"
    )


def _row(entry: Json) -> str:
    parts = ", ".join(
        f"{CATALOGUE[part['product']].name('en')} {part['status'].lower()}"
        for part in entry["parts"]
    )
    amounts = "".join(
        f'<td class="amount">{_money(entry[name])}</td>'
        for name in ("confirmed", "refunded", "fee")
    )
    texts = (entry["bookingCode"], entry["externalRef"], entry["state"])
    cells = "".join(f"<td>{escape(text)}</td>" for text in texts)
    return f"<tr>{cells}{amounts}<td>{escape(parts)}</td></tr>"


def _money(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}"
