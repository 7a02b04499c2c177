"""Passes and excursions: offers without a trip."""

from tests.contract.sandbox.orders import (
    booking_request,
    offer_of,
    passes,
    person,
    read,
    statuses,
    thing,
    warnings,
)
from tests.contract.sandbox.osdm_client import OsdmClient


def test_passes_and_excursions_are_on_sale(either: OsdmClient) -> None:
    answer = passes(either)
    assert answer["trips"] == []
    names = {offer["products"][0]["id"] for offer in answer["offers"]}
    lengths = {f"STP-{days}:{each}" for days in (3, 4, 6, 8, 15) for each in ("FIRST", "SECOND")}
    assert names == {
        *lengths,
        "SDP:FIRST",
        "SDP:SECOND",
        "EXC-JUNGFRAU:SECOND",
        "EXC-TITLIS:SECOND",
        "EXC-RHEINFALL:SECOND",
    }


def test_names_come_in_the_language_asked_for(plain: OsdmClient) -> None:
    plain.http.headers["Accept-Language"] = "fr-CH"
    offer = offer_of(passes(plain), "SDP")
    assert offer["summary"] == "Carte journalière dégriffée"
    assert offer["offerSummary"]["overallServiceClass"]["name"] == "2e classe"


def test_an_excursion_is_one_part_for_all_and_can_be_refunded_for_one(plain: OsdmClient) -> None:
    party = [person("P1"), person("P2"), person("P3", card="1185_HTA")]
    offer = offer_of(passes(plain, *party), "EXC-TITLIS")
    assert [part["offerMode"] for part in offer["admissionOfferParts"]] == ["COLLECTIVE"]
    assert offer["offerSummary"]["minimalPrice"]["amount"] == 12800 + 12800 + 6400
    booking = plain.call("POST", "/bookings", booking_request(offer, party))["booking"]
    address = f"/bookings/{booking['id']}"
    plain.call("POST", f"{address}/fulfillments", {})
    booking = read(plain, booking["id"])
    fulfillment = booking["fulfillments"][0]["id"]
    third = booking["passengers"][2]["id"]
    proposal = plain.call(
        "POST",
        f"{address}/refund-offers",
        {
            "fulfillmentIds": [fulfillment],
            "refundSpecifications": [{"fulfillmentId": fulfillment, "passengerIds": [third]}],
        },
    )["refundOffers"][0]
    assert proposal["refundableAmount"]["amount"] == 6400
    refund = f"{address}/refund-offers/{proposal['id']}"
    done = plain.call("PATCH", refund, {"status": "CONFIRMED"})["refundOffer"]
    issued = done["issuedFulfillments"][0]
    booking = read(plain, booking["id"])
    assert statuses(booking) == ["FULFILLED", "REFUNDED"]
    left, gone = booking["bookedOffers"][0]["admissions"]
    assert left["price"]["amount"] == 25600
    assert gone["passengerIds"] == [third]
    assert gone["refundAmount"]["amount"] == 6400
    assert booking["confirmedPrice"]["amount"] == 25600
    states = {each["id"]: each["status"] for each in booking["fulfillments"]}
    assert states == {fulfillment: "REFUNDED", issued["id"]: "FULFILLED"}


def test_a_swiss_travel_pass_is_not_sold_to_residents(plain: OsdmClient) -> None:
    answer = passes(plain, {**person(), "residency": "CH"})
    codes = {offer["products"][0]["code"] for offer in answer["offers"]}
    assert "STP" not in codes
    assert warnings(answer) == ["VALUE_NOT_SUPPORTED"]


def test_a_saver_day_pass_is_not_sold_on_its_own_day(plain: OsdmClient) -> None:
    answer = passes(plain, days=0)
    codes = {offer["products"][0]["code"] for offer in answer["offers"]}
    assert "SDP" not in codes
    assert warnings(answer) == ["BOOKING_ALREADY_CLOSED"]


def test_dogs_are_left_out_of_passes_with_a_warning(plain: OsdmClient) -> None:
    answer = passes(plain, person(), thing("D", "DOG"))
    assert answer["offers"][0]["passengerRefs"] == ["P1"]
    assert warnings(answer) == ["VALUE_NOT_SUPPORTED"]


def test_excursions_are_found_by_their_station(plain: OsdmClient) -> None:
    answer = plain.call(
        "POST",
        "/offers",
        {
            "nonTripSearchCriteria": {
                "places": [{"objectType": "StopPlaceRef", "stopPlaceRef": "urn:uic:stn:8505000"}]
            },
            "anonymousPassengerSpecifications": [person()],
            "offerSearchCriteria": {"productTags": ["ADMISSION_PASS"], "travelClasses": ["SECOND"]},
        },
    )
    codes = [each["products"][0]["code"] for each in answer["offers"]]
    assert [each for each in codes if each.startswith("EXC")] == ["EXC-TITLIS"]
