"""Holding and selling over HTTP: 200 when it is settled, 202 while the answer is outstanding."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from agenturclient.kernel.drain import drain
from agenturclient.kernel.money import Money
from agenturclient.outbound import deadline
from agenturclient.sales.ports import OutcomeUnknown, Refused, Unavailable
from tests.api import steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import Settings

    from tests.api.browser import Browser
    from tests.api.conftest import Shop


def test_a_hold_keeps_the_price_for_a_while(counter: Browser) -> None:
    sale = steps.held(counter)["items"][0]["sale"]
    assert (sale["state"], sale["attempt"], sale["price_changed"]) == ("held", 1, False)
    assert sale["hold_until"] == "2026-11-21T10:00:00Z"
    assert sale["price"] == {"amount": 2600, "currency": "CHF"}


def test_a_hold_needs_no_body(counter: Browser) -> None:
    order = steps.draft(counter)
    headers = {"X-CSRFToken": counter.csrf_token, "Idempotency-Key": str(uuid4())}
    answer = counter.client.generic(
        "POST", f"/api/v1/orders/{order['number']}/hold", headers=headers, content_type=""
    )
    assert answer.status_code == 200


def test_a_hold_without_an_answer_is_202_and_in_nobodys_way(counter: Browser, shop: Shop) -> None:
    order = steps.draft(counter)
    shop.distributor.fail_next("hold", OutcomeUnknown("no-answer"), effect=True)
    answer = counter.post(f"orders/{order['number']}/hold")
    assert answer.status == 202
    assert answer.body["items"][0]["sale"]["state"] == "holding"


def test_all_that_a_request_calls_ends_by_its_deadline(
    counter: Browser, shop: Shop, settings: Settings
) -> None:
    order = steps.draft(counter)
    settings.REQUEST_DEADLINE_SECONDS = 20.0
    left: list[float] = []
    shop.distributor.knobs.on_call = lambda _method: left.append(deadline.left())

    assert counter.post(f"orders/{order['number']}/hold").status == 200
    assert len(left) == 1
    assert 0 < left[0] <= 20.0
    assert deadline.left() == float("inf")


def test_a_price_that_rose_at_the_hold_is_told_and_must_be_accepted(
    counter: Browser, shop: Shop
) -> None:
    order = steps.draft(counter)
    shop.distributor.change_price_at_next_hold(Money(400, "CHF"))
    held = counter.post(f"orders/{order['number']}/hold").body
    assert held["items"][0]["sale"]["price_changed"] is True
    path = f"orders/{order['number']}/sale"
    refused = counter.post(path, {"total": order["total"]})
    assert refused.problem == (
        409,
        "price-changed",
        {"shown": 2600, "held": 3000, "currency": "CHF"},
    )
    assert shop.distributor.count("issue") == 0
    assert counter.post(path, {"total": held["total"]}).body["state"] == "sold"


def test_a_double_click_sells_once(counter: Browser, shop: Shop) -> None:
    order, key = steps.held(counter), uuid4()
    path, body = f"orders/{order['number']}/sale", {"total": order["total"]}
    first, second = counter.post(path, body, key=key), counter.post(path, body, key=key)
    assert (first.status, second.status) == (200, 200)
    assert second.body == first.body
    assert shop.distributor.count("issue") == 1


def test_a_second_tab_ends_in_the_same_sold_order(counter: Browser, shop: Shop) -> None:
    order = steps.held(counter)
    path, body = f"orders/{order['number']}/sale", {"total": order["total"]}
    first, second = counter.post(path, body), counter.post(path, body)
    assert (second.status, second.body) == (200, first.body)
    assert shop.distributor.count("issue") == 1


def test_a_sale_without_an_answer_is_202_and_being_clarified(counter: Browser, shop: Shop) -> None:
    order = steps.held(counter)
    shop.distributor.fail_next("issue", OutcomeUnknown("no-answer"), effect=True)
    answer = counter.post(f"orders/{order['number']}/sale", {"total": order["total"]})
    sale = answer.body["items"][0]["sale"]
    assert answer.status == 202
    assert (answer.body["state"], answer.body["in_doubt"], sale["state"]) == (
        "selling",
        True,
        "issuing",
    )
    assert sale["in_doubt_since"] == "2026-11-21T09:30:00Z"
    assert sale["next_look_at"] > "2026-11-21T09:30:00Z"
    assert counter.get("orders", in_doubt="true").body["results"][0]["number"] == order["number"]


@pytest.fixture
def asked_to_go() -> Iterator[None]:
    """The process that answers is on its way out."""
    signs = [True]
    drain.watch(lambda: signs[0])
    yield
    signs[0] = False


def test_a_process_on_its_way_out_makes_one_sale_and_answers_202_with_the_rest(
    counter: Browser, shop: Shop, asked_to_go: None
) -> None:
    number = steps.add(counter, steps.draft(counter)["number"])["number"]
    held = counter.post(f"orders/{number}/hold").body
    answer = counter.post(f"orders/{number}/sale", {"total": held["total"]})
    states = [item["sale"]["state"] for item in answer.body["items"]]
    assert (answer.status, answer.body["state"], states) == (202, "selling", ["issued", "held"])
    assert shop.distributor.count("issue") == 1


def test_a_refused_sale_is_answered_like_a_refused_hold(counter: Browser, shop: Shop) -> None:
    order = steps.held(counter)
    shop.distributor.fail_next("issue", Refused("distributor-refused"))
    path, body = f"orders/{order['number']}/sale", {"total": order["total"]}
    assert counter.post(path, body).problem == (422, "distributor-refused", {})
    after = counter.get(f"orders/{order['number']}").body
    assert (after["state"], after["items"][0]["sale"]["state"]) == ("draft", "held")


def test_a_sale_repeated_with_its_key_and_another_total_is_refused(
    counter: Browser, shop: Shop
) -> None:
    order, key = steps.held(counter), uuid4()
    path = f"orders/{order['number']}/sale"
    counter.post(path, {"total": order["total"]}, key=key)
    other = {"total": {"amount": 1, "currency": "CHF"}}
    assert counter.post(path, other, key=key).problem == (409, "key-reused", {})
    assert shop.distributor.count("issue") == 1


def test_an_open_breaker_leaves_the_ticket_held_and_says_when_to_try_again(
    counter: Browser, shop: Shop
) -> None:
    order = steps.held(counter)
    pause = Unavailable("distributor-paused", retry_after=14.2)
    shop.distributor.fail_next("issue", pause)
    answer = counter.post(f"orders/{order['number']}/sale", {"total": order["total"]})
    assert answer.problem == (503, "distributor-paused", {"retry_after": 15})
    assert answer.headers["Retry-After"] == "15"
    after = counter.get(f"orders/{order['number']}").body
    assert (after["state"], after["items"][0]["sale"]["state"]) == ("draft", "held")
