"""Stations and searches over HTTP: what is asked, what is answered, what is wrong with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from agenturclient.sales.ports import Card, TravelClass, TravellerSpec, TripQuery
from tests.api import steps

if TYPE_CHECKING:
    from tests.api.browser import Answer, Browser
    from tests.api.conftest import Shop


def wrong_fields(answer: Answer) -> dict[str, str]:
    """Field -> code of an answer `invalid-field`."""
    assert answer.problem[:2] == (400, "invalid-field")
    return {each["field"]: each["code"] for each in answer.body["fields"]}


def test_stations_are_found_by_name_and_by_abbreviation(counter: Browser) -> None:
    bern = {"id": steps.BERN, "name": "Bern", "code": "BN"}
    assert counter.get("places", q="ber").body == {"places": [bern]}
    assert counter.get("places", q="BN").body == {"places": [bern]}
    assert counter.get("places", q="nowhere").body == {"places": []}


def test_a_search_reaches_the_distributor_in_the_agencys_words(
    counter: Browser, shop: Shop
) -> None:
    counter.post("searches", steps.trip_search(language="fr"))
    (call,) = shop.distributor.calls
    assert isinstance(call.about, TripQuery)
    assert call.about.when == datetime(2026, 12, 12, 7, 2, tzinfo=UTC)
    assert call.about.travellers == (TravellerSpec("t1", age=40, cards=(Card.HALF_FARE,)),)
    assert (call.about.travel_class, call.about.language) == (TravelClass.SECOND, "fr")


def test_a_search_answers_trips_and_offers_that_name_each_other(counter: Browser) -> None:
    found = steps.search(counter)
    assert found["kind"] == "trip"
    assert [trip["number"] for trip in found["trips"]] == [0, 1, 2, 3, 4]
    first, offer = found["trips"][0], found["offers"][0]
    assert (first["departure"], first["arrival"]) == (
        "2026-12-12T08:02:00+01:00",
        "2026-12-12T08:58:00+01:00",
    )
    assert first["legs"][0]["origin"] == {
        "name": "Bern",
        "arrival": None,
        "departure": "2026-12-12T08:02:00+01:00",
        "platform": "7",
    }
    assert (offer["kind"], offer["trip"], offer["price"]) == (
        "regular",
        0,
        {"amount": 2600, "currency": "CHF"},
    )
    assert found["query"]["origin"]["name"] == "Bern"
    assert found["query"]["when"] == "2026-12-12T08:02:00+01:00"


def test_a_search_can_be_read_again_and_is_the_same(counter: Browser) -> None:
    found = steps.search(counter)
    assert counter.get(f"searches/{found['id']}").body == found


def test_a_touristic_search_has_offers_and_no_trips(counter: Browser) -> None:
    body = {"day": "2026-12-12", "travellers": [steps.ADULT]}
    found = counter.post("touristic-searches", body).body
    assert (found["kind"], found["trips"]) == ("touristic", [])
    assert [offer["kind"] for offer in found["offers"]] == ["pass", "excursion"]
    assert found["query"]["day"] == "2026-12-12"


def test_an_exhausted_quota_is_told(counter: Browser, shop: Shop) -> None:
    shop.distributor.knobs.quota = 0
    found = steps.search(counter)
    assert {"trip": 0, "travel_class": "second"} in found["sold_out"]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"when": "tomorrow"}, {"when": "invalid"}),
        ({"when": "2026-12-12"}, {"when": "invalid"}),
        ({"when": "9999-12-31T23:59"}, {"when": "out-of-range"}),
        ({"origin": ""}, {"origin": "blank"}),
        ({"origin": None}, {"origin": "null"}),
        ({"origin": "x" * 101}, {"origin": "max-length"}),
        ({"via": [steps.BERN] * 6}, {"via": "max-length"}),
        ({"page": "next"}, {"page": "invalid-choice"}),
        ({"language": "rm"}, {"language": "invalid-choice"}),
        ({"colour": "red"}, {"colour": "unknown"}),
        ({"travellers": "me"}, {"travellers": "not-a-list"}),
        ({"travellers": [steps.ADULT] * 41}, {"travellers": "max-length"}),
        ({"travellers": [{**steps.ADULT, "age": 121}]}, {"travellers.0.age": "max-value"}),
        ({"travellers": [{**steps.ADULT, "age": "x"}]}, {"travellers.0.age": "invalid"}),
        (
            {"travellers": [{**steps.ADULT, "cards": ["vip"]}]},
            {"travellers.0.cards.0": "invalid-choice"},
        ),
        ({"travellers": [{**steps.ADULT, "seat": 1}]}, {"travellers.0.seat": "unknown"}),
        (
            {"travellers": [{**steps.ADULT, "birth_date": "1850-01-01"}]},
            {"travellers.0.birth_date": "out-of-range"},
        ),
        ({"origin": 1, "destination": {}}, {"destination": "invalid"}),
    ],
    ids=str,
)
def test_a_wrong_field_is_named(
    counter: Browser, shop: Shop, changes: dict[str, object], fields: dict[str, str]
) -> None:
    assert wrong_fields(counter.post("searches", steps.trip_search(**changes))) == fields
    assert shop.distributor.calls == []


def test_a_missing_field_is_named(counter: Browser) -> None:
    assert wrong_fields(counter.post("searches", {})) == {
        "origin": "required",
        "destination": "required",
        "when": "required",
        "travellers": "required",
    }


def test_half_past_two_in_the_night_of_the_change_to_summer_is_half_past_three(
    counter: Browser,
) -> None:
    found = steps.search(counter, when="2027-03-28T02:30")
    assert found["query"]["when"] == "2027-03-28T03:30:00+02:00"


@pytest.mark.parametrize("body", ["[]", "1", '"text"', "null"])
def test_something_else_than_an_object_is_wrong_as_a_whole(counter: Browser, body: str) -> None:
    code = "null" if body == "null" else "invalid"
    assert wrong_fields(counter.post("searches", body)) == {"": code}


@pytest.mark.parametrize("body", ["", "{", "{'a': 1}", '{"a": NaN}', "[" * 100_000, "\x00"])
def test_what_is_not_json_is_malformed(counter: Browser, body: str) -> None:
    assert counter.send("POST", "searches", body or " ").problem == (400, "malformed-json", {})


def test_an_offer_is_kept_no_longer_than_it_can_be_booked(counter: Browser, shop: Shop) -> None:
    found = steps.search(counter)
    ends = datetime.fromisoformat(found["expires_at"])
    assert ends - shop.clock.now() == timedelta(minutes=30)
