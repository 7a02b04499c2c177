"""Refunds over HTTP: quoted, accepted as quoted or dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from agenturclient.sales.ports import OutcomeUnknown
from tests.api import steps

if TYPE_CHECKING:
    from tests.api.browser import Browser
    from tests.api.conftest import Shop


def test_a_quote_tells_fee_amount_and_how_long_it_is_valid(counter: Browser) -> None:
    order = steps.sold(counter)
    (refund,) = steps.quoted(counter, order)["refunds"]
    assert refund["state"] == "quoted"
    assert refund["tickets"] == steps.tickets(order)
    assert refund["sale"] == order["items"][0]["sale"]["id"]
    assert refund["fee"] == {"amount": 0, "currency": "CHF"}
    assert refund["amount"] == {"amount": 2600, "currency": "CHF"}
    assert refund["valid_until"] == "2026-11-21T09:50:00Z"


def test_the_same_key_ends_in_the_same_quote(counter: Browser, shop: Shop) -> None:
    order, key = steps.sold(counter), uuid4()
    body = {"tickets": steps.tickets(order)}
    path = f"orders/{order['number']}/refunds"
    first, second = counter.post(path, body, key=key), counter.post(path, body, key=key)
    assert first.body == second.body
    assert shop.distributor.count("quote_refund") == 1


def test_an_accepted_refund_is_in_the_order_and_in_the_books(counter: Browser) -> None:
    order = steps.refunded(counter, steps.quoted(counter, steps.sold(counter)))
    (refund,) = order["refunds"]
    (ticket,) = order["items"][0]["sale"]["tickets"]
    assert (refund["state"], ticket["state"]) == ("refunded", "refunded")
    assert refund["confirmed_amount"] == order["refunded"] == {"amount": 2600, "currency": "CHF"}
    kinds = {entry["kind"] for entry in order["entries"]}
    assert kinds == {"sale", "refund"}
    assert sum(entry["amount"]["amount"] for entry in order["entries"]) == 0


def test_one_of_two_tickets_is_refunded(counter: Browser) -> None:
    couple = [{"ref": "t1", "age": 40}, {"ref": "t2", "age": 41}]
    order = steps.sold(counter, travellers=couple)
    first, second = steps.tickets(order)
    order = steps.refunded(counter, steps.quoted(counter, order, first))
    states = {t["id"]: t["state"] for t in order["items"][0]["sale"]["tickets"]}
    assert states == {first: "refunded", second: "valid"}
    assert order["refunded"] == {"amount": 5200, "currency": "CHF"}


def test_accepting_twice_is_one_acceptance(counter: Browser, shop: Shop) -> None:
    order = steps.quoted(counter, steps.sold(counter))
    first, second = steps.refunded(counter, order), steps.refunded(counter, order)
    assert first == second
    assert shop.distributor.count("accept_refund") == 1


def test_an_acceptance_without_an_answer_is_202_and_being_clarified(
    counter: Browser, shop: Shop
) -> None:
    order = steps.quoted(counter, steps.sold(counter))
    refund = order["refunds"][0]
    shop.distributor.fail_next("accept_refund", OutcomeUnknown("no-answer"), effect=True)
    path = f"orders/{order['number']}/refunds/{refund['id']}/acceptance"
    answer = counter.post(path, {"amount": refund["amount"]})
    assert answer.status == 202
    assert answer.body["refunds"][0]["state"] == "accepting"
    assert answer.body["in_doubt"] is True
    assert counter.get("clarifications").body == {
        "count": 1,
        "rows": [
            {
                "number": order["number"],
                "subject": "refund",
                "state": "accepting",
                "since": "2026-11-21T09:30:00Z",
                "flagged": False,
            }
        ],
    }


def test_a_quote_without_an_answer_is_202(counter: Browser, shop: Shop) -> None:
    order = steps.sold(counter)
    shop.distributor.fail_next("quote_refund", OutcomeUnknown("no-answer"), effect=True)
    answer = counter.post(f"orders/{order['number']}/refunds", {"tickets": steps.tickets(order)})
    assert (answer.status, answer.body["refunds"][0]["state"]) == (202, "quoting")


def test_a_dropped_quote_makes_room_for_the_next(counter: Browser) -> None:
    order = steps.quoted(counter, steps.sold(counter))
    answer = counter.delete(f"orders/{order['number']}/refunds/{order['refunds'][0]['id']}")
    assert (answer.status, answer.body["refunds"][0]["state"]) == (200, "dropped")
    assert steps.quoted(counter, order)["refunds"][1]["state"] == "quoted"


def test_a_reason_goes_to_the_distributor_and_strange_ones_do_not(
    counter: Browser, shop: Shop
) -> None:
    order = steps.sold(counter)
    path, chosen = f"orders/{order['number']}/refunds", steps.tickets(order)
    wrong = counter.post(path, {"tickets": chosen, "reason": "whim"})
    assert wrong.body["fields"] == [{"field": "reason", "code": "invalid-choice"}]
    assert shop.distributor.count("quote_refund") == 0
    right = counter.post(path, {"tickets": chosen, "reason": "strike"})
    assert right.body["refunds"][0]["reason"] == "strike"


def test_a_refund_names_its_tickets(counter: Browser) -> None:
    number = steps.sold(counter)["number"]
    for tickets in ([], ["x"], [0], [2**31]):
        answer = counter.post(f"orders/{number}/refunds", {"tickets": tickets})
        assert answer.problem[:2] == (400, "invalid-field"), tickets
