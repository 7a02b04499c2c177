"""What is on sale for a connection, and what is not."""

from datetime import timedelta
from typing import Any

import pytest

from tests.contract.sandbox.orders import (
    BERN,
    TODAY,
    booking_request,
    code,
    offer_of,
    offers,
    person,
    place,
    trip_criteria,
    warnings,
)
from tests.contract.sandbox.osdm_client import Json, OsdmClient


def ask(client: OsdmClient, *, expect: int = 200, **criteria: Any) -> Json:
    """An offer request for Bern-Zürich with other criteria."""
    body = {
        "tripSearchCriteria": {**trip_criteria(), **criteria},
        "anonymousPassengerSpecifications": [person()],
    }
    return client.call("POST", "/offers", body, expect=expect)


def test_every_trip_has_both_tickets_in_both_classes(either: OsdmClient) -> None:
    answer = offers(either)
    assert len(answer["trips"]) == 5
    kinds = {
        (
            offer["tripCoverage"]["coveredTripId"],
            offer["products"][0]["code"],
            offer["offerSummary"]["overallFlexibility"],
            offer["offerSummary"]["overallTravelClass"],
        )
        for offer in answer["offers"]
    }
    assert kinds == {
        (trip["id"], *kind, travel_class)
        for trip in answer["trips"]
        for kind in (("P2P", "FULL_FLEXIBLE"), ("SUPERSAVER", "NON_FLEXIBLE"))
        for travel_class in ("FIRST", "SECOND")
    }
    for offer in answer["offers"]:
        total = sum(part["price"]["amount"] for part in offer["admissionOfferParts"])
        assert offer["offerSummary"]["minimalPrice"]["amount"] == total


def test_the_request_can_ask_for_less(either: OsdmClient) -> None:
    answer = offers(either, travelClasses=["FIRST"], flexibilities=["NON_FLEXIBLE"])
    assert {offer["products"][0]["id"] for offer in answer["offers"]} == {"SUPERSAVER:FIRST"}
    wish = [{"productCode": "P2P"}]
    answer = offers(either, productSelections=wish, travelClasses=["SECOND"])
    assert {offer["products"][0]["id"] for offer in answer["offers"]} == {"P2P:SECOND"}


def test_refund_windows_say_what_a_refund_will_cost(plain: OsdmClient) -> None:
    answer = offers(plain)
    regular = offer_of(answer, "P2P")["admissionOfferParts"][0]
    fees = [each["afterSaleFee"]["amount"] for each in regular["afterSalesConditions"]]
    assert fees == [0, 1000]
    assert regular["afterSalesConditions"][1]["validFrom"] == regular["validFrom"]
    saver = offer_of(answer, "SUPERSAVER")["admissionOfferParts"][0]
    fees = [each["afterSaleFee"]["amount"] for each in saver["afterSalesConditions"]]
    assert fees == [0, saver["price"]["amount"]]


def test_what_a_booking_must_know_is_said_by_the_part(plain: OsdmClient) -> None:
    part = offer_of(offers(plain, person("P1"), person("P2")), "P2P")["admissionOfferParts"][1]
    assert part["requestedInformation"] == (
        "passengerSpecifications[1].detail.firstName"
        " AND passengerSpecifications[1].detail.lastName"
        " AND passengerSpecifications[1].dateOfBirth"
    )


def test_arrival_before_after_and_changes_are_heeded(either: OsdmClient) -> None:
    criteria = trip_criteria()
    at = criteria.pop("departureTime")
    parameters = {"numberOfResultsBefore": 2, "numberOfResultsAfter": 3, "transferLimit": 0}
    trips = ask(either, parameters=parameters)["trips"]
    assert [trip["startTime"] < at for trip in trips] == [True, True, False, False, False]
    assert {trip["transfers"] for trip in trips} == {0}
    body = {
        "tripSearchCriteria": {**criteria, "arrivalTime": at},
        "anonymousPassengerSpecifications": [person()],
    }
    trips = either.call("POST", "/offers", body)["trips"]
    assert len(trips) == 5
    assert all(trip["endTime"][:19] <= at for trip in trips)


def test_trips_keep_their_ids(either: OsdmClient) -> None:
    answer = either.call("POST", "/trips-collection", trip_criteria())
    again = either.call("GET", f"/trips-collections/{answer['id']}")
    assert again["trips"] == answer["trips"]
    trip = answer["trips"][0]
    assert either.call("GET", f"/trips/{trip['id']}")["trip"] == trip
    either.call("GET", "/trips/nonsense", expect=404)


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ({"destination": place(8599999)}, "OFFER_PLACE_UNKNOWN"),
        ({"destination": place(BERN)}, "OFFER_SEARCH_CRITERIA_OUT_OF_BOUNDS"),
        ({"departureTime": "2020-01-01T08:00:00"}, "OFFER_SEARCH_CRITERIA_OUT_OF_BOUNDS"),
        (
            {"departureTime": trip_criteria(181)["departureTime"]},
            "OFFER_SEARCH_CRITERIA_OUT_OF_BOUNDS",
        ),
    ],
)
def test_what_cannot_be_searched_is_refused_with_its_own_code(
    either: OsdmClient, criteria: Json, expected: str
) -> None:
    assert code(ask(either, expect=400, **criteria)) == expected


def test_ten_persons_are_a_group_and_nine_are_not(plain: OsdmClient) -> None:
    party = [person(f"P{number}") for number in range(10)]
    assert offer_of(offers(plain, *party[:9]), "P2P")["passengerRefs"] == [
        each["externalRef"] for each in party[:9]
    ]
    body = {
        "tripSearchCriteria": trip_criteria(),
        "anonymousPassengerSpecifications": party,
    }
    refused = plain.call("POST", "/offers", body, expect=400)
    assert code(refused) == "OFFER_INVALID_PASSENGER_SPECIFICATION"


def test_an_unknown_card_is_a_warning_and_costs_nothing(either: OsdmClient) -> None:
    answer = offers(either, person(card="1080_BC25"))
    assert warnings(answer) == ["VALUE_NOT_SUPPORTED"]
    part = offer_of(answer, "P2P")["admissionOfferParts"][0]
    assert part["price"]["amount"] == 5100


def test_supersavers_open_sixty_days_ahead(plain: OsdmClient) -> None:
    answer = offers(plain, days=61)
    assert warnings(answer) == ["BOOKING_NOT_YET_OPEN"]
    assert {offer["products"][0]["code"] for offer in answer["offers"]} == {"P2P"}


def test_a_pass_travels_at_no_price_and_needs_no_supersaver(plain: OsdmClient) -> None:
    answer = offers(plain, person(card="1185_GA_2"), travelClasses=["SECOND"])
    assert {offer["products"][0]["code"] for offer in answer["offers"]} == {"P2P"}
    assert answer["offers"][0]["offerSummary"]["minimalPrice"]["amount"] == 0


def test_a_train_that_has_left_has_no_supersaver(plain: OsdmClient) -> None:
    body = {
        "tripIds": [offers(plain, days=1)["trips"][0]["id"]],
        "anonymousPassengerSpecifications": [person()],
    }
    plain.sandbox.clock_set(TODAY + timedelta(days=1))
    answer = plain.call("POST", "/offers", body)
    assert {offer["products"][0]["code"] for offer in answer["offers"]} == {"P2P"}


def test_the_last_places_are_shown_and_a_sold_out_supersaver_is_warned_about(
    plain: OsdmClient,
) -> None:
    party = [person(f"P{number}") for number in range(9)]
    trip = offers(plain, *party)["trips"][0]["id"]
    body = {"tripIds": [trip], "anonymousPassengerSpecifications": party}
    for _ in range(4):
        answer = plain.call("POST", "/offers", body)
        if "FULLY_BOOKED" in warnings(answer):
            break
        mine = offer_of(answer, "SUPERSAVER", "FIRST")
        plain.call("POST", "/bookings", booking_request(mine, party))
    answer = plain.call("POST", "/offers", body)
    codes = {offer["products"][0]["id"] for offer in answer["offers"]}
    assert "SUPERSAVER:FIRST" not in codes
    assert "P2P:FIRST" in codes
    assert "FULLY_BOOKED" in warnings(answer)
    left = [
        offer["admissionOfferParts"][0].get("numericAvailability")
        for offer in offers(plain, travelClasses=["FIRST"])["offers"]
    ]
    assert any(number is not None and number < 10 for number in left)


def test_places_are_found_in_every_language_and_by_their_abbreviation(either: OsdmClient) -> None:
    for name, uic in (("Ginevra", 8501008), ("geneve", 8501008), ("BN", BERN)):
        found = either.call("POST", "/places", {"placeInput": {"name": name}})["places"]
        assert found[0]["id"] == f"urn:uic:stn:{uic}"
    refused = either.call("POST", "/places", {"placeInput": {"name": "Xyzzy"}}, expect=404)
    assert code(refused) == "PLACE_NO_RESULTS"
    one = either.call("GET", f"/places/urn:uic:stn:{BERN}")["places"]
    assert [each["name"] for each in one] == ["Bern"]
    assert len(either.call("GET", "/places")["places"]) >= 200


def test_cards_and_versions_are_told(either: OsdmClient) -> None:
    cards = either.call("GET", "/reduction-cards")["reductionCardTypes"]
    assert [each["code"] for each in cards] == [
        "1185_HTA",
        "1185_GA_1",
        "1185_GA_2",
        "1185_JUNIOR",
        "1185_CHILD",
    ]
    response = either.http.get("/versions")
    assert response.json() == [{"version": "3.9.0"}]


def test_a_trip_of_yesterday_is_not_sold(plain: OsdmClient) -> None:
    trip = offers(plain, days=1)["trips"][0]["id"]
    plain.sandbox.clock_set(TODAY + timedelta(days=2))
    body = {"tripIds": [trip], "anonymousPassengerSpecifications": [person()]}
    refused = plain.call("POST", "/offers", body, expect=400)
    assert code(refused) == "OFFER_SEARCH_CRITERIA_OUT_OF_BOUNDS"
