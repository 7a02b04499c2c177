"""Items over HTTP: put into a draft once, taken out, given back when they are held."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from agenturclient.sales.ports import OutcomeUnknown
from tests.api import steps

if TYPE_CHECKING:
    from tests.api.browser import Browser
    from tests.api.conftest import Shop


def test_an_offer_becomes_an_item_with_all_that_was_shown_of_it(counter: Browser) -> None:
    found = steps.search(counter)
    offer = found["offers"][steps.offer_in(found, "supersaver")]
    number = counter.post("orders").body["number"]
    body = {"search": found["id"], "offer": offer["number"]}
    answer = counter.post(f"orders/{number}/items", body)
    (item,) = answer.body["items"]
    assert answer.status == 201
    same = ("kind", "title", "price", "commission", "valid_from", "fee_steps", "train_bound")
    assert {name: item[name] for name in same} == {name: offer[name] for name in same}
    assert item["offer_expires_at"] == offer["bookable_until"]
    assert item["sale"] is None
    assert item["travellers"] == [answer.body["travellers"][0]["ref"]]


def test_a_double_click_adds_one_item(counter: Browser) -> None:
    found, key = steps.search(counter), uuid4()
    number = counter.post("orders").body["number"]
    body = {"search": found["id"], "offer": 0}
    answers = [counter.post(f"orders/{number}/items", body, key=key) for _ in range(2)]
    assert [len(answer.body["items"]) for answer in answers] == [1, 1]


def test_an_item_of_a_draft_is_taken_out(counter: Browser, shop: Shop) -> None:
    order = steps.draft(counter)
    calls = len(shop.distributor.calls)
    answer = counter.delete(f"orders/{order['number']}/items/1")
    assert (answer.status, answer.body["items"]) == (200, [])
    assert len(shop.distributor.calls) == calls


def test_a_held_item_is_given_back(counter: Browser, shop: Shop) -> None:
    order = steps.held(counter)
    answer = counter.delete(f"orders/{order['number']}/items/1")
    assert (answer.status, answer.body["items"]) == (200, [])
    assert shop.distributor.count("release") == 1


def test_an_item_whose_release_got_no_answer_is_202(counter: Browser, shop: Shop) -> None:
    order = steps.held(counter)
    shop.distributor.fail_next("release", OutcomeUnknown("no-answer"), effect=True)
    answer = counter.delete(f"orders/{order['number']}/items/1")
    assert answer.status == 202
    assert answer.body["items"][0]["sale"]["state"] == "releasing"
