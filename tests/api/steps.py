"""The way of an order over HTTP, step by step; each step answers the order as it is then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from tests.api.browser import Browser

BERN = "urn:uic:stn:8507000"
ZURICH = "urn:uic:stn:8503000"
ADULT = {"ref": "t1", "kind": "person", "age": 40, "cards": ["half-fare"]}
LUC = {"first_name": "Luc", "last_name": "Rey", "email": "luc@agency.example"}
IDA = {
    "first_name": "Ida",
    "last_name": "Amrein",
    "email": "ida@agency.example",
    "branch": "main",
    "permissions": [],
}
Order = dict[str, Any]


def trip_search(**changes: object) -> dict[str, object]:
    """Bern-Zürich for an adult with half-fare card, on the morning of 12 December."""
    return {
        "origin": BERN,
        "destination": ZURICH,
        "when": "2026-12-12T08:02",
        "travellers": [ADULT],
        "travel_class": "second",
        **changes,
    }


def search(browser: Browser, **changes: object) -> dict[str, Any]:
    """A search that succeeds."""
    answer = browser.post("searches", trip_search(**changes))
    assert answer.status == 200, answer.body
    found: dict[str, Any] = answer.body
    return found


def offer_in(found: dict[str, Any], kind: str = "regular") -> int:
    """The number of the first offer of a kind."""
    return next(int(offer["number"]) for offer in found["offers"] if offer["kind"] == kind)


def draft(browser: Browser, kind: str = "regular", **changes: object) -> Order:
    """A draft with one item, its travellers named."""
    number = browser.post("orders", {}, key=uuid4()).body["number"]
    return add(browser, number, kind, **changes)


def add(browser: Browser, number: str, kind: str = "regular", **changes: object) -> Order:
    """The order with one more item and everyone named."""
    found = search(browser, **changes)
    item = {"search": found["id"], "offer": offer_in(found, kind)}
    answer = browser.post(f"orders/{number}/items", item)
    assert answer.status == 201, answer.body
    return name_travellers(browser, answer.body)


def name_travellers(browser: Browser, order: Order) -> Order:
    """The order with a name for every person whose name may still be changed."""
    people = [
        {
            "ref": person["ref"],
            "first_name": "Rosa",
            "last_name": f"Muster{place}",
            "birth_date": "1986-03-01",
            "email": "rosa@muster.example",
        }
        for place, person in enumerate(order["travellers"], 1)
        if person["kind"] == "person" and not person["locked"]
    ]
    answer = browser.patch(f"orders/{order['number']}", {"travellers": people})
    assert answer.status == 200, answer.body
    changed: Order = answer.body
    return changed


def held(browser: Browser, kind: str = "regular", **changes: object) -> Order:
    """An order whose one item is held."""
    order = draft(browser, kind, **changes)
    answer = browser.post(f"orders/{order['number']}/hold")
    assert answer.status == 200, answer.body
    result: Order = answer.body
    return result


def sold(browser: Browser, kind: str = "regular", **changes: object) -> Order:
    """A sold order."""
    order = held(browser, kind, **changes)
    answer = browser.post(f"orders/{order['number']}/sale", {"total": order["total"]})
    assert answer.status == 200, answer.body
    result: Order = answer.body
    return result


def tickets(order: Order) -> list[int]:
    """The ids of all tickets of an order."""
    return [ticket["id"] for item in order["items"] for ticket in item["sale"]["tickets"]]


def quoted(browser: Browser, order: Order, *chosen: int) -> Order:
    """The order with a refund quoted, of all tickets unless some are chosen."""
    body = {"tickets": list(chosen) or tickets(order), "reason": None}
    answer = browser.post(f"orders/{order['number']}/refunds", body)
    assert answer.status == 201, answer.body
    result: Order = answer.body
    return result


def refunded(browser: Browser, order: Order) -> Order:
    """The order with its last quote accepted."""
    refund = order["refunds"][-1]
    path = f"orders/{order['number']}/refunds/{refund['id']}/acceptance"
    answer = browser.post(path, {"amount": refund["amount"]})
    assert answer.status == 200, answer.body
    result: Order = answer.body
    return result
