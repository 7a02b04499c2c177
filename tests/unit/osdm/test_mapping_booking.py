"""Bookings and refund offers as other distributors than the sandbox write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agenturclient.distributors.osdm.mapping_booking import booking as read_booking
from agenturclient.distributors.osdm.mapping_booking import quote, state_of
from agenturclient.distributors.osdm.wire import Node, Unreadable
from agenturclient.kernel.money import Money
from agenturclient.sales.ports import BookingState, RefundReason, RefundShare
from tests.unit.osdm.messages import Json, booking, fulfillment, part, price, refund_offer


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["PREBOOKED", "PREBOOKED"], BookingState.HELD),
        (["ON_HOLD"], BookingState.HELD),
        (["PREBOOKED", "CANCELLED"], BookingState.HELD),
        (["CONFIRMED"], BookingState.CONFIRMED),
        (["FULFILLED", "CONFIRMED"], BookingState.CONFIRMED),
        (["REFUNDED", "FULFILLED"], BookingState.CONFIRMED),
        (["REFUNDED"], BookingState.CONFIRMED),
        (["RELEASED", "EXCHANGED", "EXCHANGE_ONGOING"], BookingState.CONFIRMED),
        (["CANCELLED", "CANCELLED"], BookingState.GONE),
        (["CANCELLED", "REFUNDED"], BookingState.GONE),
        (["PREBOOKED", "FULFILLED"], BookingState.PARTLY_CONFIRMED),
        (["ERROR", "FULFILLED"], BookingState.PARTLY_CONFIRMED),
        (["ERROR", "PREBOOKED"], BookingState.PARTLY_CONFIRMED),
        (["ERROR", "CANCELLED"], BookingState.PARTLY_CONFIRMED),
        (["CANCELLED", "FULFILLED"], BookingState.PARTLY_CONFIRMED),
        (["SOMETHING_NEW"], BookingState.PARTLY_CONFIRMED),
    ],
)
def test_the_state_is_that_of_the_parts(statuses: list[str], expected: BookingState) -> None:
    assert state_of(statuses) is expected


def test_a_fulfillment_alone_proves_nothing() -> None:
    found = read_booking(Node(booking(part("PREBOOKED"), fulfillments=[fulfillment("ON_HOLD")])))
    assert (found.state, found.fulfillments) == (BookingState.HELD, ())


def test_the_nearest_limit_ends_a_hold() -> None:
    early = part(confirmableUntil="2026-11-21T10:40:00Z")
    late = part(id="p2", confirmableUntil="2026-11-21T11:40:00Z")
    at = datetime(2026, 11, 21, 10, 40, tzinfo=UTC)
    assert read_booking(Node(booking(early, late))).hold_until == at
    only_parts = read_booking(Node(booking(early, confirmationTimeLimit=None)))
    assert only_parts.hold_until == at
    assert read_booking(Node(booking(part(), confirmationTimeLimit=None))).hold_until is None


def test_the_passengers_of_a_part_are_ours() -> None:
    assert read_booking(Node(booking(part()))).parts[0].travellers == ("P1",)
    nobody = part(passengerIds=[])
    assert read_booking(Node(booking(nobody))).parts[0].travellers == ("P1",)


def test_everything_with_a_price_is_a_part_and_free_fees_are_not() -> None:
    answer = booking(part())
    answer["booking"]["bookedOffers"][0] |= {
        "reservations": [part(id="seat", price=price(500))],
        "fees": [
            {"id": "fee", "price": price(250), "status": "PREBOOKED"},
            {"id": "none", "price": price(0), "status": "PREBOOKED"},
        ],
    }
    found = read_booking(Node(answer))
    assert [each.id for each in found.parts] == ["p1", "seat", "fee"]
    assert found.price == Money(4150, "CHF")


@pytest.mark.parametrize("more", [{"bookedOffers": []}, {"bookedOffers": [{"admissions": [{}]}]}])
def test_a_booking_without_priced_parts_cannot_be_used(more: Json) -> None:
    with pytest.raises(Unreadable):
        read_booking(Node(booking(**more)))


PDF: Json = {"id": "d1", "format": "application/pdf", "content": "JVBERg=="}


@pytest.mark.parametrize(
    ("more", "complete", "documents"),
    [
        ({"fulfillments": []}, False, 0),
        ({"fulfillments": [fulfillment(fulfillmentDocuments=[PDF])]}, True, 1),
        ({"fulfillments": [fulfillment()]}, False, 0),
        ({"fulfillments": [fulfillment(contentComplete=True)]}, True, 0),
        (
            {"fulfillments": [fulfillment(contentComplete=False, fulfillmentDocuments=[PDF])]},
            False,
            1,
        ),
        (
            {
                "fulfillments": [fulfillment(fulfillmentDocumentRefs=["d1"])],
                "fulfillmentDocuments": [PDF],
            },
            True,
            1,
        ),
        ({"fulfillments": [fulfillment(fulfillmentDocumentRefs=["d1"])]}, False, 0),
        (
            {
                "fulfillmentStatus": "PENDING",
                "fulfillments": [fulfillment(fulfillmentDocuments=[PDF])],
            },
            False,
            1,
        ),
    ],
)
def test_documents_are_complete_when_they_are_there(
    more: Json, documents: int, *, complete: bool
) -> None:
    found = read_booking(Node(booking(part("FULFILLED"), **more)))
    assert found.documents_complete is complete
    assert sum(len(each.documents) for each in found.fulfillments) == documents


def test_a_single_fulfillment_that_names_no_parts_proves_all() -> None:
    parts = (part("FULFILLED"), part("FULFILLED", id="p2"))
    one = [fulfillment(bookingParts=None)]
    found = read_booking(Node(booking(*parts, fulfillments=one)))
    assert found.fulfillments[0].parts == ("p1", "p2")
    two = [*one, fulfillment(id="f2", bookingParts=None)]
    found = read_booking(Node(booking(*parts, fulfillments=two)))
    assert [each.parts for each in found.fulfillments] == [(), ()]


@pytest.mark.parametrize("status", ["CANCELLED", "RELEASED", "REFUNDED", "EXCHANGED", "EXPIRED"])
def test_a_fulfillment_that_is_over_is_not_valid(status: str) -> None:
    found = read_booking(Node(booking(part("FULFILLED"), fulfillments=[fulfillment(status)])))
    assert not found.fulfillments[0].valid


def test_refund_offers_in_the_booking_are_its_quotes() -> None:
    answer = booking(part("FULFILLED"), refundOffers=[refund_offer("CONFIRMED")])
    (found,) = read_booking(Node(answer)).quotes
    assert (found.id, found.confirmed, found.amount) == ("r1", True, Money(3400, "CHF"))


def test_a_quote_may_have_no_end_and_no_breakdown() -> None:
    found = quote(Node(refund_offer(validUntil=None)))
    assert (found.valid_until, found.shares) == (None, ())


def test_the_breakdown_of_a_quote_is_its_shares() -> None:
    item = {
        "refundFee": price(400),
        "refundableAmount": price(3000),
        "bookingParts": [{"id": "p1"}],
    }
    found = quote(Node(refund_offer(refundOfferBreakdown=[item])))
    assert found.shares == (RefundShare(("p1",), Money(400, "CHF"), Money(3000, "CHF")),)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("TICKET_NOT_USED", RefundReason.NOT_USED),
        ("STRIKE", RefundReason.STRIKE),
        ("SOMETHING_NEW", "something-new"),
        (None, None),
    ],
)
def test_the_echo_of_an_overrule_code_is_in_our_words(
    code: str | None, expected: str | None
) -> None:
    assert quote(Node(refund_offer(appliedOverruleCode=code))).overrule == expected
