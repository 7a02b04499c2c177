"""Supersaver quotas: how many places a train gives away cheaply, and how many are left.

A quota is stable: it follows from train number, service day and class alone. Places are taken by
bookings, held or sold; a lapsed hold gives them back by itself.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sandbox.model import QuotaClaim
from sandbox.tariff import LARGEST_QUOTA

SMALLEST = 3
FOREVER = 1e12


def quota_name(train: int, day: date, travel_class: str) -> str:
    """The name of the quota of a train on its service day in a class."""
    return f"{train}/{day.isoformat()}/{travel_class}"


def capacity(quota: str) -> int:
    """How many places the quota has in all: 3 to 30, always the same for the same train."""
    digest = hashlib.sha256(quota.encode()).digest()
    return SMALLEST + int.from_bytes(digest[:4], "big") % (LARGEST_QUOTA - SMALLEST + 1)


def places_left(
    connection: sqlite3.Connection, quotas: Iterable[str], now: datetime
) -> Mapping[str, int]:
    """How many places of each quota nobody holds or has bought."""
    names = sorted(set(quotas))
    taken = dict.fromkeys(names, 0)
    marks = ",".join("?" * len(names))
    taken.update(
        connection.execute(
            f"SELECT quota, SUM(seats) FROM claims WHERE quota IN ({marks}) AND until > ?"  # noqa: S608 - only question marks are put together
            " GROUP BY quota",
            (*names, now.timestamp()),
        )
    )
    return {name: capacity(name) - seats for name, seats in taken.items()}


def claim(
    connection: sqlite3.Connection,
    booking: str,
    claims: Sequence[QuotaClaim],
    now: datetime,
    until: datetime,
) -> bool:
    """Take the places until then, or none of them; whether there were enough.

    Must run in a write transaction: that is what keeps two buyers from getting the last place.
    """
    wanted: dict[str, int] = {}
    for each in claims:
        wanted[each.quota] = wanted.get(each.quota, 0) + each.seats
    left = places_left(connection, wanted, now)
    if any(left[quota] < seats for quota, seats in wanted.items()):
        return False
    connection.executemany(
        "INSERT INTO claims (booking, quota, seats, until) VALUES (?, ?, ?, ?)",
        [(booking, quota, seats, until.timestamp()) for quota, seats in wanted.items()],
    )
    return True


def keep(connection: sqlite3.Connection, booking: str) -> None:
    """The booking is confirmed: its places are sold for good."""
    connection.execute("UPDATE claims SET until = ? WHERE booking = ?", (FOREVER, booking))


def give_back(connection: sqlite3.Connection, booking: str) -> None:
    """The booking is released: its places are free again."""
    connection.execute("DELETE FROM claims WHERE booking = ?", (booking,))
