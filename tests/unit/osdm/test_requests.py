"""The bodies that we send."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from agenturclient.distributors.osdm import requests
from agenturclient.distributors.osdm.config import CARD_CODES
from agenturclient.sales.ports import (
    Card,
    Page,
    Passenger,
    RefundReason,
    RefundRequest,
    TouristicQuery,
    TravelClass,
    TravellerKind,
    TravellerSpec,
    TripQuery,
)
from tests.unit.osdm.requests import TRAVELLER, hold_request, query


def criteria(**more: object) -> dict[str, object]:
    """The search criteria of a query."""
    asked: TripQuery = replace(query(), **more)  # type: ignore[arg-type]  # the dataclass checks the names
    found = requests.trip_offers(asked, CARD_CODES)["tripSearchCriteria"]
    assert isinstance(found, dict)
    return found


def only(found: object) -> dict[str, object]:
    """The one object of a list."""
    assert isinstance(found, list)
    (one,) = found
    assert isinstance(one, dict)
    return one


@pytest.mark.parametrize(
    ("page", "arrive_by", "name", "time", "before", "after"),
    [
        (Page.AT, False, "departureTime", "07:00", 0, 5),
        (Page.LATER, False, "departureTime", "07:01", 0, 5),
        (Page.EARLIER, False, "departureTime", "07:00", 5, 0),
        (Page.AT, True, "arrivalTime", "07:00", 5, 0),
        (Page.LATER, True, "arrivalTime", "07:01", 0, 5),
        (Page.EARLIER, True, "arrivalTime", "06:59", 5, 0),
    ],
)
def test_pages_are_windows_before_or_after_a_moment(
    page: Page, name: str, time: str, before: int, after: int, *, arrive_by: bool
) -> None:
    found = criteria(page=page, arrive_by=arrive_by)
    assert found[name] == f"2026-12-10T{time}:00"
    window = {"numberOfResultsBefore": before, "numberOfResultsAfter": after}
    assert found["parameters"] == window
    assert len({"departureTime", "arrivalTime"} & found.keys()) == 1


def test_vias_and_the_way_back_are_asked_for() -> None:
    back = datetime(2026, 12, 10, 16, 30, tzinfo=UTC)
    found = criteria(via=("urn:uic:stn:8500218",), return_when=back)
    place = {"objectType": "StopPlaceRef", "stopPlaceRef": "urn:uic:stn:8500218"}
    assert found["vias"] == [{"viaPlace": place}]
    assert found["returnSearchParameters"] == {
        "departureTime": "2026-12-10T17:30:00",
        "parameters": {"numberOfResultsBefore": 0, "numberOfResultsAfter": 5},
    }


def test_local_time_follows_the_clock_change() -> None:
    summer = query().when - timedelta(days=150)
    assert criteria(when=summer)["departureTime"] == "2026-07-13T08:00:00"


def test_travellers_are_described_with_their_cards() -> None:
    party = (
        replace(TRAVELLER, cards=(Card.HALF_FARE,)),
        TravellerSpec("P2", age=9),
        TravellerSpec("P3", kind=TravellerKind.DOG),
    )
    body = requests.trip_offers(replace(query(), travellers=party), CARD_CODES)
    card = {"type": "REDUCTION_CARD", "code": "1185_HTA", "issuer": "urn:uic:rics:1185"}
    assert body["anonymousPassengerSpecifications"] == [
        {"externalRef": "P1", "type": "PERSON", "dateOfBirth": "1990-01-01", "cards": [card]},
        {"externalRef": "P2", "type": "PERSON", "age": 9},
        {"externalRef": "P3", "type": "DOG"},
    ]


def test_a_card_of_another_issuer_is_sent_as_it_is_set() -> None:
    cards = {Card.HALF_FARE: ("REDUCTION_CARD", "UIC_RAILPLUS")}
    party = (replace(TRAVELLER, cards=(Card.HALF_FARE,)),)
    body = requests.trip_offers(replace(query(), travellers=party), cards)
    assert only(body["anonymousPassengerSpecifications"])["cards"] == [
        {"type": "REDUCTION_CARD", "code": "UIC_RAILPLUS"}
    ]


def test_one_class_is_asked_for_only_when_one_is_wanted() -> None:
    first = requests.trip_offers(replace(query(), travel_class=TravelClass.FIRST), CARD_CODES)
    assert first["offerSearchCriteria"] == {
        "currency": "CHF",
        "offerMode": "INDIVIDUAL",
        "requestedOfferParts": ["ADMISSION"],
        "travelClasses": ["FIRST"],
    }
    either = requests.trip_offers(query(), CARD_CODES)["offerSearchCriteria"]
    assert isinstance(either, dict)
    assert "travelClasses" not in either


def test_a_touristic_search_names_the_first_day() -> None:
    body = requests.touristic_offers(TouristicQuery(date(2026, 12, 10), (TRAVELLER,)), CARD_CODES)
    assert body["nonTripSearchCriteria"] == {"validFrom": "2026-12-10T00:00:00"}


def test_a_booking_says_everything_at_once() -> None:
    body = requests.booking(hold_request(), CARD_CODES)
    assert body == {
        "externalRef": "AC-1",
        "offers": [{"offerId": "o1", "passengerRefs": ["P1"], "externalRef": "AC-1"}],
        "passengerSpecifications": [
            {
                "externalRef": "P1",
                "type": "PERSON",
                "dateOfBirth": "1990-01-01",
                "detail": {"firstName": "Max", "lastName": "Muster"},
            }
        ],
        "purchaser": {"companyDetails": {"name": "Alpenreisen"}},
    }


def test_contact_details_are_written_for_old_and_new_providers() -> None:
    passenger = Passenger(TRAVELLER, "Max", "Muster", "max@example.org", "+41790000001")
    body = requests.booking(replace(hold_request(), passengers=(passenger,)), CARD_CODES)
    contact = {"email": "max@example.org", "phoneNumber": "+41790000001"}
    assert only(body["passengerSpecifications"])["detail"] == {
        "firstName": "Max",
        "lastName": "Muster",
        "contact": contact,
        **contact,
    }


def test_only_those_whom_the_offer_is_for_are_booked() -> None:
    stranger = Passenger(TravellerSpec("P9", birth_date=date(1990, 1, 1)), "No", "Body")
    request = hold_request()
    request = replace(request, passengers=(*request.passengers, stranger))
    found = requests.booking(request, CARD_CODES)["passengerSpecifications"]
    assert isinstance(found, list)
    assert [each["externalRef"] for each in found] == ["P1"]


def test_a_whole_refund_names_its_fulfillments_only() -> None:
    assert requests.refund_offer(RefundRequest("b", ("f1", "f2"))) == {
        "fulfillmentIds": ["f1", "f2"]
    }


def test_a_partial_refund_names_the_parts_and_leaves_the_rest_alone() -> None:
    request = RefundRequest("b", ("f1", "f2"), ("p1",), RefundReason.NOT_USED)
    assert requests.refund_offer(request, {"f1": ["p1"], "f2": []}) == {
        "fulfillmentIds": ["f1"],
        "refundSpecifications": [{"fulfillmentId": "f1", "bookingPartIds": ["p1"]}],
        "overruleCode": "TICKET_NOT_USED",
    }
