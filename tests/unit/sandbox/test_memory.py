"""What is remembered comes back as it was, and a transaction that failed never was."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sandbox import clock
from sandbox.codec import decode, encode
from sandbox.merging import merged
from sandbox.model import (
    BookedOffer,
    Booking,
    Fulfillment,
    Offer,
    OfferPart,
    Part,
    Passenger,
    QuotaClaim,
    RefundLine,
    RefundOffer,
    Search,
    Traveller,
)
from sandbox.store import Store

NOW = datetime.fromisoformat("2027-03-02T10:00:00+01:00")


def test_a_booking_comes_back_as_it_was() -> None:
    part = Part("p", "P2P:SECOND", {"a": 5100}, False, NOW, NOW, "trip", None, NOW, refunded=0)  # noqa: FBT003 - a value among values
    booking = Booking(
        id="b",
        code="ABC234",
        external_ref="AC-1",
        created=NOW,
        limit=NOW + timedelta(minutes=30),
        passengers=[Passenger("a", {"externalRef": "P1", "type": "PERSON"})],
        offers=[BookedOffer("o", None, "P2P:SECOND", "trip", None, [part])],
        purchaser={"companyDetails": {"name": "Reisebüro"}},
        fulfillments=[Fulfillment("f", "0", NOW, ["p"], ["a"], "FULFILLED", "k")],
        refund_offers=[RefundOffer("r", NOW, NOW, ["f"], [RefundLine("p", "a", 1, 2)], None)],
        confirmed=NOW,
    )
    assert decode(Booking, encode(booking)) == booking


def test_a_search_comes_back_as_it_was() -> None:
    part = OfferPart("p", "STP-3:FIRST", {"P1": 1}, True, NOW, NOW, None, None, 7)  # noqa: FBT003 - a value among values
    offer = Offer("o", "STP-3:FIRST", (part,), None, None, (QuotaClaim("q", 3, 1),))
    traveller = Traveller("P1", "PERSON", NOW.date(), None, ("1185_HTA",), "FR")
    search = Search("s", NOW, NOW, (traveller,), (offer,))
    assert decode(Search, encode(search)) == search


def test_what_cannot_be_remembered_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match="cannot be remembered: object"):
        encode({"thing": object()})


def test_a_transaction_that_failed_never_was(tmp_path: Path) -> None:
    store = Store(tmp_path / "state.sqlite3")

    def fail() -> None:
        with store.write() as connection:
            clock.set_clock(connection, NOW, frozen=True)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store.read() as connection:
        assert clock.now(connection) != NOW
    store.close()


def test_a_merge_patch_merges_removes_and_replaces() -> None:
    known = {"a": 1, "b": {"c": 2, "d": 3}, "e": [1], "f": 4}
    change = {"a": None, "b": {"c": 5}, "e": [2], "g": {"h": 6}}
    assert merged(known, change) == {"b": {"c": 5, "d": 3}, "e": [2], "f": 4, "g": {"h": 6}}
    assert merged({"a": 1}, {"a": {"b": 2}}) == {"a": {"b": 2}}
