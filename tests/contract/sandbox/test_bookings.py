"""Holds: made, changed, found, released, lapsed, refused."""

from datetime import timedelta
from typing import Any

import pytest

from tests.contract.sandbox.orders import (
    booking_request,
    code,
    held,
    offer_of,
    offers,
    person,
    read,
    sold,
    statuses,
    thing,
)
from tests.contract.sandbox.osdm_client import Json, OsdmClient


def test_a_released_hold_stays_readable_as_cancelled(either: OsdmClient) -> None:
    address = f"/bookings/{held(either)['id']}"
    either.call("DELETE", address, expect=204)
    assert statuses(either.call("GET", address)["booking"]) == ["CANCELLED"]
    assert code(either.call("DELETE", address, expect=404)) == "BOOKING_BOOKING_ALREADY_CANCELLED"
    expect = 409 if either.late_documents else 400
    refused = either.call("POST", f"{address}/fulfillments", {}, expect=expect)
    assert code(refused) == "CONFIRMATION_BOOKING_ALREADY_CANCELLED"


def test_a_sold_booking_is_neither_released_nor_sold_again(either: OsdmClient) -> None:
    address = f"/bookings/{sold(either)['id']}"
    assert code(either.call("DELETE", address, expect=409)) == "BOOKING_BOOKING_ALREADY_CONFIRMED"
    expect = 409 if either.late_documents else 400
    refused = either.call("POST", f"{address}/fulfillments", {}, expect=expect)
    assert code(refused) == "CONFIRMATION_BOOKING_ALREADY_CONFIRMED"
    refused = either.call("GET", f"{address}/fulfillment-check", expect=400)
    assert code(refused) == "CONFIRMATION_CHECK_FAILED"


def test_a_hold_lapses_after_half_an_hour(either: OsdmClient) -> None:
    booking = held(either)
    either.sandbox.clock_set(either.sandbox.clock() + timedelta(minutes=30))
    assert statuses(read(either, booking["id"])) == ["CANCELLED"]


def test_an_offer_is_bookable_for_half_an_hour(either: OsdmClient) -> None:
    offer = offer_of(offers(either), "P2P")
    either.sandbox.clock_set(either.sandbox.clock() + timedelta(minutes=30))
    request = booking_request(offer, [person()])
    assert code(either.call("POST", "/bookings", request, expect=400)) == "BOOKING_OFFER_NOT_FOUND"


def test_missing_names_are_named_by_pointer(either: OsdmClient) -> None:
    party = [person("P1"), person("P2")]
    request = booking_request(offer_of(offers(either, *party), "P2P"), party)
    request["passengerSpecifications"][1]["detail"]["lastName"] = ""
    del request["passengerSpecifications"][1]["dateOfBirth"]
    refused = either.call("POST", "/bookings", request, expect=400)
    assert code(refused) == "BOOKING_INFORMATION_MISSING"
    assert [each["requestPointer"] for each in refused["pointers"]] == [
        "/passengerSpecifications/1/detail/lastName",
        "/passengerSpecifications/1/dateOfBirth",
    ]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"dateOfBirth": "2018-01-01"}, "/passengerSpecifications/0/dateOfBirth"),
        ({"type": "DOG"}, "/passengerSpecifications/0/type"),
        ({"cards": []}, "/passengerSpecifications/0/cards"),
    ],
)
def test_a_passenger_must_be_the_one_that_the_price_was_made_for(
    either: OsdmClient, change: dict[str, Any], pointer: str
) -> None:
    party = [person(card="1185_HTA")]
    request = booking_request(offer_of(offers(either, *party), "P2P"), party)
    request["passengerSpecifications"][0].update(change)
    refused = either.call("POST", "/bookings", request, expect=400)
    assert code(refused) == "BOOKING_INCOMPATIBLE_OFFER_PART"
    assert refused["pointers"][0]["requestPointer"] == pointer


def test_an_offer_is_not_sold_for_a_part_of_its_party(either: OsdmClient) -> None:
    party = [person("P1"), person("P2")]
    request = booking_request(offer_of(offers(either, *party), "P2P"), party)
    request["offers"][0]["passengerRefs"] = ["P1"]
    refused = either.call("POST", "/bookings", request, expect=400)
    assert code(refused) == "BOOKING_INCOMPATIBLE_OFFER_PART"


@pytest.mark.parametrize(
    "search",
    [
        {"externalRef": "AC-77"},
        {"bookingCode": "THE CODE"},
        {"bookingId": "THE ID"},
        {"passenger": {"lastName": "muster0", "dateOfBirth": "1990-01-01"}},
    ],
)
def test_a_booking_is_found_again(either: OsdmClient, search: Json) -> None:
    held(either, reference="AC-76-1", days=3)
    booking = held(either, "P2P", person("P1"), thing("D", "DOG"), reference="AC-77")
    sought = {
        name: {"THE CODE": booking["bookingCode"], "THE ID": booking["id"]}.get(str(value), value)
        for name, value in search.items()
    }
    results = either.call("POST", "/bookings-search", sought)["bookingSearchResults"]
    assert results[0]["id"] == booking["id"]
    assert results[0]["externalRef"] == "AC-77"
    assert [each["externalRef"] for each in results].count("AC-77") == 1


def test_a_search_for_nothing_in_particular_is_refused(either: OsdmClient) -> None:
    refused = either.call("POST", "/bookings-search", {}, expect=400)
    assert code(refused) == "MISSING_INFORMATION"


def test_names_are_corrected_while_a_booking_is_held_and_not_afterwards(
    either: OsdmClient,
) -> None:
    booking = held(either)
    address = f"/bookings/{booking['id']}/passengers/{booking['passengers'][0]['id']}"
    changed = {
        **booking["passengers"][0],
        "detail": {"firstName": "Zoë", "lastName": "Änderung"},
    }
    answer = either.call("PATCH", address, changed)
    assert answer["passenger"]["detail"]["firstName"] == "Zoë"
    assert either.call("GET", address)["passenger"]["detail"]["lastName"] == "Änderung"
    everyone = either.call("GET", f"/bookings/{booking['id']}/passengers")["passengers"]
    assert [each["id"] for each in everyone] == [booking["passengers"][0]["id"]]
    refused = either.call("PATCH", address, {**changed, "dateOfBirth": "1980-01-01"}, expect=409)
    assert code(refused) == "BOOKING_PASSENGER_PROPERTY_NOT_MODIFIABLE"
    late = either.late_documents
    either.call("POST", f"/bookings/{booking['id']}/fulfillments", {}, expect=202 if late else 200)
    refused = either.call("PATCH", address, changed, expect=409)
    assert code(refused) == "BOOKING_MODIFICATION_NOT_ALLOWED"


def test_purchaser_and_reference_are_changed_while_it_is_held(either: OsdmClient) -> None:
    address = f"/bookings/{held(either)['id']}"
    company = {"companyDetails": {"name": "Voyages Exemple SA"}}
    either.call("POST", f"{address}/purchaser", company)
    merged = either.call("PATCH", f"{address}/purchaser", {"externalRef": "4711"})["purchaser"]
    assert merged == {"externalRef": "4711", **company}
    assert either.call("GET", f"{address}/purchaser")["purchaser"] == merged
    changed = either.call("PATCH", address, {"externalRef": "AC-9"})["booking"]
    assert changed["externalRef"] == "AC-9"
    assert either.call("GET", f"{address}?embed=NONE")["booking"].get("bookedOffers") is None


def test_cleanup_releases_a_hold(either: OsdmClient) -> None:
    booking = held(either)
    either.call("POST", f"/bookings/{booking['id']}/cleanup", {}, expect=202)
    assert statuses(read(either, booking["id"])) == ["CANCELLED"]
