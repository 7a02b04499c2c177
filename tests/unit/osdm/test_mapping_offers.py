"""Offers and trips as other distributors than the sandbox write them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from agenturclient.distributors.osdm.mapping import places
from agenturclient.distributors.osdm.mapping_offers import offers
from agenturclient.distributors.osdm.wire import Node
from agenturclient.kernel.money import Money
from agenturclient.sales.ports import (
    FeeStep,
    Flexibility,
    Offer,
    OfferKind,
    Place,
    TravelClass,
)
from tests.unit.osdm.messages import Json, offer, offer_part, price, product, trip

START = datetime(2026, 12, 10, 6, tzinfo=UTC)


def read(*found: Json, **more: Any) -> tuple[Offer, ...]:
    """The offers of an answer."""
    return offers(Node({"offers": list(found), "trips": [trip()], **more})).offers


def refund(fee: int, **more: str) -> Json:
    """A condition of refund."""
    return {"condition": "REFUND", "afterSaleFee": price(fee), **more}


def test_the_message_of_the_reference_is_understood() -> None:
    (found,) = read(offer())
    assert (found.id, found.kind, found.product) == ("o1", OfferKind.SUPERSAVER, "SPAR")
    assert (found.travel_class, found.flexibility) == (TravelClass.SECOND, Flexibility.NONE)
    assert (found.price, found.trip, found.return_trip) == (Money(3400, "CHF"), "t1", None)
    assert found.valid_from == START
    assert found.bookable_until == datetime(2026, 11, 21, 10, 54, 34, tzinfo=UTC)


def test_fees_are_part_of_the_price() -> None:
    (found,) = read(offer(fees=[{"id": "fee1", "price": price(250)}]))
    assert found.price == Money(3650, "CHF")
    assert (found.parts[1].id, found.parts[1].travellers) == ("fee1", ("P1",))


def test_an_offer_that_cannot_be_read_is_left_out() -> None:
    odd = offer(offerId="odd", admissionOfferParts=[offer_part(price=price(34001, scale=3))])
    mixed = offer_part(price={"currency": "EUR", "amount": 100})
    two = offer(offerId="two", admissionOfferParts=[offer_part(), mixed])
    nothing = offer(offerId="nothing", admissionOfferParts=[])
    assert [each.id for each in read(odd, two, nothing, offer())] == ["o1"]


@pytest.mark.parametrize(
    ("kind", "mode", "covers", "expected"),
    [
        ("ADMISSION_POINT2POINT", "INDIVIDUAL", True, OfferKind.REGULAR),
        ("ADMISSION_PASS", "INDIVIDUAL", True, OfferKind.REGULAR),
        ("ADMISSION_PASS", "INDIVIDUAL", False, OfferKind.PASS),
        ("ADMISSION_PASS", "COLLECTIVE", False, OfferKind.EXCURSION),
        ("ADMISSION_POINT2POINT", "INDIVIDUAL", False, OfferKind.EXCURSION),
    ],
)
def test_the_kind_follows_product_trip_and_mode(
    kind: str, mode: str, expected: OfferKind, *, covers: bool
) -> None:
    coverage = {"coveredTripId": "t1"} if covers else None
    (found,) = read(
        offer(
            products=[product(type=kind, isTrainBound=False)],
            admissionOfferParts=[offer_part(offerMode=mode)],
            tripCoverage=coverage,
        )
    )
    assert found.kind is expected


def test_the_trips_may_stand_in_the_parts_only() -> None:
    there, back = {"coveredTripId": "t1"}, {"coveredTripId": "t2"}
    part = offer_part(tripCoverage=there, inboundTripCoverage=back)
    (found,) = read(offer(tripCoverage=None, admissionOfferParts=[part]))
    assert (found.trip, found.return_trip) == ("t1", "t2")


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        ({"overallTravelClass": "FIRST"}, TravelClass.FIRST),
        ({"overallServiceClass": {"type": "BEST"}}, TravelClass.FIRST),
        ({"overallServiceClass": {"type": "STANDARD"}}, TravelClass.SECOND),
        (
            {"overallTravelClass": "ANY_CLASS", "overallServiceClass": {"type": "HIGH"}},
            TravelClass.FIRST,
        ),
    ],
)
def test_the_class_is_read_from_travel_or_service_class(
    summary: Json, expected: TravelClass
) -> None:
    assert read(offer(offerSummary=summary))[0].travel_class is expected


def test_the_refund_line_is_in_order_and_knows_when_nothing_comes_back() -> None:
    turn = "2026-12-10T07:00:00+01:00"
    part = offer_part(
        afterSalesConditions=[
            refund(3400, validFrom=turn),
            {"condition": "EXCHANGE", "afterSaleFee": price(500)},
            refund(0, validUntil=turn),
        ]
    )
    assert read(offer(admissionOfferParts=[part]))[0].fee_steps == (
        FeeStep(None, START, Money(0, "CHF")),
        FeeStep(START, None, None),
    )


def test_the_refund_line_is_that_of_the_dearest_part() -> None:
    cheap = offer_part(id="a2", price=price(500), afterSalesConditions=[refund(500)])
    dear = offer_part(afterSalesConditions=[refund(1000)])
    (found,) = read(offer(admissionOfferParts=[cheap, dear]))
    assert found.fee_steps == (FeeStep(None, None, Money(1000, "CHF")),)


def test_without_conditions_only_a_clear_no_is_known() -> None:
    never = offer(admissionOfferParts=[offer_part(refundable="NO")])
    assert read(never)[0].fee_steps == (FeeStep(None, None, None),)
    assert read(offer())[0].fee_steps == ()


def test_the_fewest_places_left_count() -> None:
    parts = [offer_part(numericAvailability=7), offer_part(id="a2", numericAvailability=3)]
    assert read(offer(admissionOfferParts=parts))[0].remaining == 3
    assert read(offer())[0].remaining is None


def test_what_any_part_wants_to_know_is_asked_for() -> None:
    parts = [
        offer_part(requestedInformation="passengerSpecifications[0].detail.phoneNumber"),
        offer_part(id="a2", requestedInformation="passengerSpecifications[1].detail.email"),
    ]
    assert read(offer(admissionOfferParts=parts))[0].required == ("email", "phone")


def test_a_sold_out_train_is_named_by_its_pointer() -> None:
    pointer = {"responsePointer": "/trips/0", "detail": "SECOND"}
    elsewhere = {"responsePointer": "/trips/9", "detail": "SECOND"}
    problem = {"code": "urn:uic:problem:FULLY_BOOKED", "pointers": [pointer, elsewhere]}
    found = offers(Node({"trips": [trip()], "problems": [problem]}))
    assert found.sold_out == (("t1", TravelClass.SECOND),)
    assert found.notices == ()


def test_warnings_of_older_providers_are_read_too() -> None:
    warning = {"code": "VALUE_NOT_SUPPORTED", "detail": "card"}
    assert offers(Node({"warnings": [warning]})).notices == ("VALUE_NOT_SUPPORTED: card",)


def test_a_train_without_line_shows_category_and_number() -> None:
    leg = offers(Node({"trips": [trip()]})).trips[0].legs[0]
    assert (leg.line, leg.category, leg.number) == ("IC 708", "IC", "708")
    assert leg.operator == "urn:uic:rics:1185"


def test_a_trip_without_names_duration_and_changes_tells_them_by_its_legs() -> None:
    (found,) = offers(Node({"trips": [trip(duration=None, transfers=None)]})).trips
    assert (found.origin, found.destination) == ("Bern", "Zürich HB")
    assert (found.duration, found.changes) == (60, 0)


def test_places_other_than_stations_are_left_out() -> None:
    answer = Node(
        {
            "places": [
                {"objectType": "Address", "id": "a", "name": "Bernstrasse"},
                {"objectType": "StopPlace", "id": "s", "name": "Bern", "alternativeIds": ["x:BN"]},
                {"objectType": "StopPlace", "id": "t", "name": "Berne"},
            ]
        }
    )
    assert places(answer, 5) == (Place("s", "Bern", "BN"), Place("t", "Berne"))
