"""Orders over HTTP: started once, changed while they are drafts, found again."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from agenturclient.identity.actors import Permission
from tests.api import steps

if TYPE_CHECKING:
    from tests.api.browser import Browser
    from tests.api.conftest import Shop


def test_a_draft_is_started_once_per_key(counter: Browser) -> None:
    key = uuid4()
    words = {"customer_reference": "Müller, Bern", "cost_centre": "4711"}
    first, second = counter.post("orders", words, key=key), counter.post("orders", {}, key=key)
    assert (first.status, second.status) == (201, 200)
    assert second.body == first.body
    assert first.body["key"] == str(key)
    assert (first.body["customer_reference"], first.body["cost_centre"]) == (
        "Müller, Bern",
        "4711",
    )


def test_a_new_draft_is_empty_and_names_agency_branch_and_agent(counter: Browser) -> None:
    order = counter.post("orders").body
    session = counter.get("session").body
    assert order["state"] == "draft"
    assert (order["agency"], order["branch"]) == (session["agency"], session["branch"])
    assert order["agent"] == session["user"]["name"]
    assert (order["items"], order["travellers"], order["refunds"]) == ([], [], [])
    assert order["total"] == {"amount": 0, "currency": "CHF"}
    assert order["created_at"] == "2026-11-21T09:30:00Z"


@pytest.mark.parametrize("key", ["", "1", "not-a-uuid", "0" * 100])
def test_a_key_that_is_no_uuid_is_as_good_as_none(counter: Browser, key: str) -> None:
    answer = counter.send("POST", "orders", {}, headers={"Idempotency-Key": key})
    assert answer.problem == (400, "key-missing", {"header": "Idempotency-Key"})


def test_two_agencies_may_use_the_same_key(shop: Shop) -> None:
    key = uuid4()
    here = shop.enter(Permission.SELL).post("orders", key=key)
    there = shop.enter(Permission.SELL, other=True).post("orders", key=key)
    assert (here.status, there.status) == (201, 201)
    assert here.body["number"] != there.body["number"]


def test_references_and_travellers_of_a_draft_can_be_changed(counter: Browser) -> None:
    order = steps.draft(counter)
    path = f"orders/{order['number']}"
    person = {
        "ref": order["travellers"][0]["ref"],
        "first_name": "Rosa",
        "last_name": "Muster",
        "birth_date": "1986-03-01",
        "email": "rosa@muster.example",
        "phone": "+41 31 300 00 00",
    }
    changed = counter.patch(path, {"customer_reference": "R-1", "travellers": [person]}).body
    assert changed["customer_reference"] == "R-1"
    assert person.items() <= changed["travellers"][0].items()
    assert counter.get(path).body == changed


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"state": "sold"}, [{"field": "state", "code": "unknown"}]),
        (
            {"customer_reference": "x" * 101},
            [{"field": "customer_reference", "code": "max-length"}],
        ),
        (
            {"travellers": [{"ref": "T1", "first_name": "R", "last_name": "M", "email": "x"}]},
            [{"field": "travellers.0.email", "code": "invalid"}],
        ),
        (
            {"travellers": [{"ref": "T1", "first_name": "a\x00b", "last_name": "M"}]},
            [{"field": "travellers.0.first_name", "code": "null-characters-not-allowed"}],
        ),
    ],
    ids=["unknown field", "too long", "wrong e-mail", "null character"],
)
def test_a_wrong_change_names_the_field_and_changes_nothing(
    counter: Browser, change: dict[str, object], fields: list[dict[str, str]]
) -> None:
    order = steps.draft(counter)
    answer = counter.patch(f"orders/{order['number']}", change)
    assert answer.problem[:2] == (400, "invalid-field")
    assert answer.body["fields"] == fields
    assert counter.get(f"orders/{order['number']}").body == order


def test_a_sold_order_shows_the_amounts_of_its_tickets_and_its_story(counter: Browser) -> None:
    order = steps.sold(counter)
    (item,) = order["items"]
    (ticket,) = item["sale"]["tickets"]
    assert (order["state"], item["sale"]["state"], ticket["state"]) == ("sold", "issued", "valid")
    assert ticket["price"] == order["total"] == {"amount": 2600, "currency": "CHF"}
    assert ticket["together"] == [ticket["id"]]
    assert order["travellers"][0]["locked"] is True
    assert item["trip"]["departure"] == "2026-12-12T08:02:00+01:00"
    told = [(e["subject"], e["from_state"], e["to_state"]) for e in order["events"]]
    assert told == [
        ("order", "", "draft"),
        ("sale", "", "holding"),
        ("sale", "holding", "held"),
        ("order", "draft", "selling"),
        ("sale", "held", "issuing"),
        ("sale", "issuing", "issued"),
        ("order", "selling", "sold"),
    ]
    for account in {entry["account"] for entry in order["entries"]}:
        assert account in {"agency", "carrier", "commission", "operator-fee"}
    assert sum(entry["amount"]["amount"] for entry in order["entries"]) == 0


def test_an_order_is_found_by_name_number_reference_code_and_day(counter: Browser) -> None:
    order = steps.sold(counter)
    counter.patch(f"orders/{order['number']}", {"customer_reference": "Chor Wabern"})
    code = order["items"][0]["sale"]["booking_code"]
    for text in (
        "muster",
        "Rosa Muster1",
        "muster1, rosa",
        order["number"],
        "Chor",
        code,
        "12.12.2026",
        "2026-12-12",
    ):
        rows = counter.get("orders", q=text).body["results"]
        assert [row["number"] for row in rows] == [order["number"]], text
    assert counter.get("orders", q="Meier").body == {"results": [], "next": None}


def test_a_row_tells_who_travels_where_when_and_for_how_much(counter: Browser) -> None:
    order = steps.sold(counter)
    (row,) = counter.get("orders").body["results"]
    session = counter.get("session").body
    assert row == {
        "number": order["number"],
        "state": "sold",
        "in_doubt": False,
        "flagged": False,
        "travellers": ["Muster1, Rosa"],
        "traveller_count": 1,
        "route": row["route"],
        "travel_at": "2026-12-12T07:02:00Z",
        "created_at": "2026-11-21T09:30:00Z",
        "sold_at": "2026-11-21T09:30:00Z",
        "agent": session["user"]["name"],
        "customer_reference": "",
        "total": {"amount": 2600, "currency": "CHF"},
        "refunded": {"amount": 0, "currency": "CHF"},
    }
    assert "Bern" in row["route"]
    assert "Zürich" in row["route"]


def test_orders_come_in_pages_newest_first(counter: Browser) -> None:
    numbers = [steps.draft(counter)["number"] for _ in range(3)]
    first = counter.get("orders", page_size=2).body
    second = counter.get("orders", page_size=2, cursor=first["next"]).body
    assert [row["number"] for row in first["results"]] == [numbers[2], numbers[1]]
    assert [row["number"] for row in second["results"]] == [numbers[0]]
    assert second["next"] is None


def test_orders_are_narrowed_by_state_and_day_of_travel(counter: Browser) -> None:
    sold, draft = steps.sold(counter)["number"], steps.draft(counter)["number"]

    def numbers(**query: str) -> list[str]:
        return [row["number"] for row in counter.get("orders", **query).body["results"]]

    assert numbers(state="sold") == [sold]
    assert numbers(state="draft") == [draft]
    assert numbers(travel_from="2026-12-12", travel_to="2026-12-12") == [draft, sold]
    assert numbers(travel_from="2026-12-13") == []
    assert numbers(in_doubt="true") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"state": "gone"}, "state"),
        ({"page_size": 0}, "page_size"),
        ({"page_size": 101}, "page_size"),
        ({"cursor": "'; drop"}, "cursor"),
        ({"travel_to": "9999-12-31"}, "travel_to"),
        ({"colour": "red"}, "colour"),
        ({"q": "x" * 101}, "q"),
    ],
)
def test_a_wrong_query_names_the_field(
    counter: Browser, query: dict[str, str | int], field: str
) -> None:
    answer = counter.get("orders", **query)
    assert answer.problem[:2] == (400, "invalid-field")
    assert [each["field"] for each in answer.body["fields"]] == [field]


@pytest.mark.parametrize(
    "text", ["31.12.9999", "1.1.0001", "99.99.2026", "%", "_", "AC9" + "9" * 30]
)
def test_a_strange_text_finds_nothing(counter: Browser, text: str) -> None:
    steps.draft(counter)
    assert counter.get("orders", q=text).body == {"results": [], "next": None}
