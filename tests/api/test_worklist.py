"""The operator's worklists over HTTP: cases and their decisions, differences and their end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from drf_spectacular.generators import SchemaGenerator

from agenturclient.kernel.money import Money
from agenturclient.sales.reconciliation_runs import Reconciler, Schedule
from agenturclient.sales.recover import Recovery
from tests.api import steps
from tests.api.scenarios_worklist import CONFIRMED, DENIED, come_back, decide, operator, stuck
from tests.api.test_openapi import faults

if TYPE_CHECKING:
    from tests.api.browser import Browser
    from tests.api.conftest import Shop


def test_a_case_is_listed_with_its_facts_side_by_side(shop: Shop, counter: Browser) -> None:
    operation = stuck(shop, counter)
    answer = operator(shop).get("worklist")
    assert (answer.status, answer.body["count"], answer.body["next"]) == (200, 1, None)
    (case,) = answer.body["results"]
    number = case["number"]
    told = {name: case[name] for name in case if not name.endswith("_at")}
    assert told == {
        "operation": operation,
        "kind": "issue",
        "question": "sold",
        "answers": [True, False],
        "needs_booking_code": True,
        "number": number,
        "agency": {"code": "alpenreisen", "name": "Alpenreisen AG"},
        "reference": f"{number}-1-1",
        "state": "issuing",
        "booking_code": "PNR1",
        "amount": {"amount": 2600, "currency": "CHF"},
        "attempts": 1,
        "looks": 3,
        "seen": None,
        "outcome": "",
        "decided": None,
    }
    assert case["flagged_at"] == "2026-11-21T09:46:05Z"
    assert operator(shop).get(f"orders/{number}").status == 200


def test_a_person_says_that_it_happened(shop: Shop, counter: Browser) -> None:
    operation, key, browser = stuck(shop, counter), uuid4(), operator(shop)
    answer = decide(browser, operation, CONFIRMED, key)
    assert (answer.status, answer.body["state"], answer.body["outcome"]) == (200, "issued", "done")
    assert decide(browser, operation, CONFIRMED, key).body == answer.body
    assert decide(browser, operation, DENIED, key).problem == (409, "key-reused", {})
    order = counter.get(f"orders/{answer.body['number']}").body
    assert order["items"][0]["sale"]["booking_code"] == "XY77"
    event = [each for each in order["events"] if each["to_state"] == "issued"][-1]
    who = browser.get("session").body["user"]["name"]
    assert (event["who"], event["facts"]["decided"]) == (who, True)
    assert event["facts"]["reason"] == "seen in their back office"
    assert browser.get("worklist").body == {"count": 0, "results": [], "next": None}


def test_a_person_says_that_it_did_not_happen(shop: Shop, counter: Browser) -> None:
    answer = decide(operator(shop), stuck(shop, counter), DENIED)
    assert (answer.status, answer.body["state"]) == (200, "lapsed")
    order = counter.get(f"orders/{answer.body['number']}").body
    assert order["items"][0]["sale"]["state"] == "lapsed"
    assert order["items"][0]["sale"]["problem"] == {"code": "not-done", "facts": {}}
    assert order["entries"] == []


def test_what_was_decided_and_what_came_to_light_stays_to_be_read(
    shop: Shop, counter: Browser
) -> None:
    decided, browser = stuck(shop, counter), operator(shop)
    decide(browser, decided, DENIED)
    come_back(shop)
    found = stuck(shop, counter, effect=True)
    come_back(shop)
    shop.clock.advance(timedelta(minutes=8))
    Recovery(shop.distributor, shop.clock).run_once()
    page = browser.get("worklist", open="false").body
    assert page["count"] == 0
    assert [(row["operation"], row["state"]) for row in page["results"]] == [
        (found, "issued"),
        (decided, "lapsed"),
    ]
    who = browser.get("session").body["user"]["name"]
    assert page["results"][0]["decided"] is None
    assert {name: page["results"][1]["decided"][name] for name in ("by", "happened", "reason")} == {
        "by": who,
        "happened": False,
        "reason": "their back office has no booking",
    }


def test_the_books_are_compared_when_a_person_asks(shop: Shop, counter: Browser) -> None:
    steps.sold(counter)
    shop.clock.advance(timedelta(seconds=5))
    browser = operator(shop)
    asked = browser.post("reconciliations")
    assert (asked.status, asked.body["ended_at"]) == (202, None)
    assert browser.post("reconciliations").body["id"] == asked.body["id"]
    worker = Reconciler(shop.distributor, shop.clock, Schedule(at=None, days=2))
    while worker.run_once():
        pass
    (run,) = browser.get("reconciliations").body["results"]
    assert run["ended_at"] is not None
    assert {name: run[name] for name in ("compared", "skipped", "seen", "gone", "stopped")} == {
        "compared": 1,
        "skipped": 0,
        "seen": 0,
        "gone": 0,
        "stopped": "",
    }


def test_what_the_distributor_proves_meanwhile_is_no_decision(shop: Shop, counter: Browser) -> None:
    operation = stuck(shop, counter, effect=True)
    come_back(shop)
    problem = decide(operator(shop), operation, DENIED).problem
    assert problem == (409, "already-settled", {"state": "issued"})


def test_a_decision_has_a_key_and_an_answer(shop: Shop) -> None:
    browser = operator(shop)
    path = "worklist/1/decision"
    assert browser.send("POST", path, DENIED).problem[1] == "key-missing"
    assert browser.post(path, {"reason": "because"}).problem[1] == "invalid-field"
    assert browser.get("worklist", cursor="x").problem[1] == "invalid-field"


def test_a_difference_is_listed_and_resolved(shop: Shop, counter: Browser) -> None:
    shop.distributor.change_next_refund(Money(-100, "CHF"))
    order = steps.refunded(counter, steps.quoted(counter, steps.sold(counter)))
    browser = operator(shop)
    (row,) = browser.get("differences").body["results"]
    assert {name: row[name] for name in ("kind", "cause", "proposal", "number", "refund")} == {
        "kind": "refund-not-as-quoted",
        "cause": "distributor-changed-the-amount",
        "proposal": "",
        "number": order["number"],
        "refund": order["refunds"][0]["id"],
    }
    assert (row["expected"]["amount"], row["found"]["amount"]) == (2600, 2500)
    path = f"differences/{row['id']}/resolution"
    assert browser.post(path, {"reason": ""}).problem == (422, "reason-missing", {})
    resolved = browser.post(path, {"reason": "the agency knows"})
    assert (resolved.status, resolved.body["resolution"]) == (200, "the agency knows")
    assert browser.post(path, {"reason": "the agency knows"}).body == resolved.body
    assert browser.post(path, {"reason": "no"}).problem[:2] == (409, "already-settled")
    assert browser.get("differences").body["results"] == []
    assert browser.get("differences", open="false").body["results"] == [resolved.body]


def test_every_answer_on_the_worklist_is_as_described(shop: Shop, counter: Browser) -> None:
    description = SchemaGenerator().get_schema(  # type: ignore[no-untyped-call]  # has no types
        request=None, public=True
    )
    shop.distributor.change_next_refund(Money(-100, "CHF"))
    steps.refunded(counter, steps.quoted(counter, steps.sold(counter)))
    operation, browser = stuck(shop, counter), operator(shop)
    browser.get("worklist")
    decide(browser, operation, {**CONFIRMED, "booking_code": ""})
    decide(browser, operation, CONFIRMED)
    decide(browser, operation, CONFIRMED)
    decide(browser, 999, CONFIRMED)
    row = browser.get("differences").body["results"][0]["id"]
    browser.post(f"differences/{row}/resolution", {"reason": "the agency knows"})
    browser.get("differences", open="false")
    browser.get("worklist", open="false")
    browser.post("reconciliations")
    browser.get("reconciliations")
    counter.get("worklist")
    assert len(browser.exchanges) == 13
    exchanges = (*browser.exchanges, counter.exchanges[-1])
    assert [fault for each in exchanges for fault in faults(each, description)] == []
