"""Each problem code over HTTP: how an agent gets it, with its status and facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from agenturclient.api import problems
from agenturclient.sales.ports import OutcomeUnknown, Refusals, Refused, Unavailable
from tests.api import steps
from tests.api.browser import Answer, Browser
from tests.fakes import FakeDistributor

if TYPE_CHECKING:
    from collections.abc import Callable

    from agenturclient.sales.ports import Offers, TripQuery
    from tests.api.conftest import Shop

    Scenario = Callable[[Shop, Browser], Answer]


class Euros(FakeDistributor):
    """A distributor that answers in another currency than it was asked in."""

    def find_offers(self, query: TripQuery) -> Offers:
        """Offers in euros."""
        return super().find_offers(replace(query, currency="EUR"))


NOBODY = str(uuid4())
SCENARIOS: dict[str, tuple[int, dict[str, object], Scenario]] = {}


def tells(code: str, status: int, **facts: object) -> Callable[[Scenario], Scenario]:
    """Note that the function below ends with this problem."""

    def noted(scenario: Scenario) -> Scenario:
        SCENARIOS[code] = (status, facts, scenario)
        return scenario

    return noted


def hold(counter: Browser, order: steps.Order) -> Answer:
    return counter.post(f"orders/{order['number']}/hold")


def sell(counter: Browser, order: steps.Order, total: dict[str, Any] | None = None) -> Answer:
    return counter.post(f"orders/{order['number']}/sale", {"total": total or order["total"]})


def quote(counter: Browser, order: steps.Order, *chosen: int) -> Answer:
    body = {"tickets": list(chosen) or steps.tickets(order)}
    return counter.post(f"orders/{order['number']}/refunds", body)


def accept(counter: Browser, order: steps.Order, amount: int = 2600) -> Answer:
    path = f"orders/{order['number']}/refunds/{order['refunds'][-1]['id']}/acceptance"
    return counter.post(path, {"amount": {"amount": amount, "currency": "CHF"}})


def read(counter: Browser, order: steps.Order) -> steps.Order:
    body: steps.Order = counter.get(f"orders/{order['number']}").body
    return body


# ---------------------------------------------------------------- the request itself


@tells("malformed-json", 400)
def half_an_object(_shop: Shop, counter: Browser) -> Answer:
    return counter.post("searches", '{"origin": ')


@tells("invalid-field", 400)
def a_wrong_type(_shop: Shop, counter: Browser) -> Answer:
    return counter.post("searches", steps.trip_search(when="tomorrow"))


@tells("key-missing", 400, header="Idempotency-Key")
def no_key(_shop: Shop, counter: Browser) -> Answer:
    return counter.send("POST", "orders", {})


@tells("csrf-failed", 403)
def no_csrf_token(_shop: Shop, counter: Browser) -> Answer:
    counter.csrf_token = ""
    return counter.post("orders", {})


@tells("not-found", 404)
def no_such_route(_shop: Shop, counter: Browser) -> Answer:
    return counter.get("tickets")


@tells("method-not-allowed", 405)
def no_such_method(_shop: Shop, counter: Browser) -> Answer:
    return counter.send("PUT", "orders", {})


@tells("body-too-large", 413, limit=262144)
def two_megabytes(_shop: Shop, counter: Browser) -> Answer:
    return counter.post("searches", steps.trip_search(language="x" * 2_000_000))


@tells("unsupported-media-type", 415)
def a_form(_shop: Shop, counter: Browser) -> Answer:
    return counter.send("POST", "searches", "a=1", content_type="text/plain")


@tells("internal-error", 500)
def a_defect(shop: Shop, counter: Browser) -> Answer:
    def fail(_method: str) -> None:
        raise RuntimeError("a defect, with a name in it")

    shop.distributor.knobs.on_call = fail
    return counter.get("places", q="Bern")


# ---------------------------------------------------------------- who asks


@tells("not-signed-in", 401, auth_mode="local", login_url="/sign-in", csrf_token=...)
def nobody(_shop: Shop, _counter: Browser) -> Answer:
    return Browser().get("orders")


@tells("wrong-credentials", 401)
def a_wrong_password(_shop: Shop, counter: Browser) -> Answer:
    return counter.post("session", {"username": "keller", "password": "wrong"})


@tells("too-many-attempts", 429, retry_after=...)
def guessing(_shop: Shop, counter: Browser) -> Answer:
    for _ in range(10):
        counter.post("session", {"username": "keller", "password": "wrong"})
    return counter.post("session", {"username": "keller", "password": "wrong"})


@tells("permission-missing", 403, permission="sell")
def no_right(shop: Shop, _counter: Browser) -> Answer:
    return shop.enter().post("searches", steps.trip_search())


# ---------------------------------------------------------------- searches


@tells("unknown-place", 422)
def a_station_that_does_not_exist(_shop: Shop, counter: Browser) -> Answer:
    return counter.post("searches", steps.trip_search(destination="urn:uic:stn:1234567"))


@tells("same-place", 422)
def from_bern_to_bern(_shop: Shop, counter: Browser) -> Answer:
    return counter.post("searches", steps.trip_search(destination=steps.BERN))


@tells("date-in-the-past", 422)
def yesterday(_shop: Shop, counter: Browser) -> Answer:
    return counter.post("searches", steps.trip_search(when="2026-11-20T08:02"))


@tells("date-out-of-range", 422)
def in_three_years(_shop: Shop, counter: Browser) -> Answer:
    return counter.post("searches", steps.trip_search(when="2029-12-12T08:02"))


@tells("too-many-travellers", 422, most=9)
def ten_passengers(_shop: Shop, counter: Browser) -> Answer:
    ten = [{"ref": f"t{number}", "age": 40} for number in range(10)]
    return counter.post("searches", steps.trip_search(travellers=ten))


@tells("invalid-travellers", 422)
def a_person_without_age(_shop: Shop, counter: Browser) -> Answer:
    return counter.post("searches", steps.trip_search(travellers=[{"ref": "t1"}]))


@tells("no-connection", 422)
def nothing_runs(shop: Shop, counter: Browser) -> Answer:
    shop.distributor.fail_next("find_offers", Refused(Refusals.NO_CONNECTION))
    return counter.post("searches", steps.trip_search())


@tells("search-not-found", 404)
def a_search_that_nobody_made(_shop: Shop, counter: Browser) -> Answer:
    return counter.get(f"searches/{NOBODY}")


@tells("search-expired", 422)
def a_search_of_this_morning(shop: Shop, counter: Browser) -> Answer:
    found = steps.search(counter)
    shop.clock.advance(timedelta(hours=1))
    return counter.get(f"searches/{found['id']}")


# ---------------------------------------------------------------- the draft


@tells("order-not-found", 404)
def an_order_that_nobody_made(_shop: Shop, counter: Browser) -> Answer:
    return counter.get("orders/AC0000099")


@tells("offer-not-found", 404)
def an_offer_that_was_not_found(_shop: Shop, counter: Browser) -> Answer:
    number = steps.draft(counter)["number"]
    body = {"search": steps.search(counter)["id"], "offer": 999}
    return counter.post(f"orders/{number}/items", body)


@tells("offer-expired", 422)
def an_offer_of_this_morning(shop: Shop, counter: Browser) -> Answer:
    number, found = steps.draft(counter)["number"], steps.search(counter)
    shop.clock.advance(timedelta(hours=1))
    return counter.post(f"orders/{number}/items", {"search": found["id"], "offer": 0})


@tells("currency-mixed", 409)
def francs_and_euros(shop: Shop, counter: Browser) -> Answer:
    number = steps.draft(counter)["number"]
    shop.wire(Euros(shop.clock))
    body = {"search": steps.search(counter)["id"], "offer": 0}
    return counter.post(f"orders/{number}/items", body)


@tells("order-empty", 409)
def nothing_to_hold(_shop: Shop, counter: Browser) -> Answer:
    return hold(counter, counter.post("orders", {}).body)


@tells("traveller-incomplete", 422, traveller=..., field="first_name")
def a_traveller_without_a_name(_shop: Shop, counter: Browser) -> Answer:
    order = steps.draft(counter)
    nameless = {"ref": order["travellers"][0]["ref"], "first_name": "", "last_name": "Muster"}
    counter.patch(f"orders/{order['number']}", {"travellers": [nameless]})
    return hold(counter, order)


@tells("item-not-found", 404)
def an_item_that_is_not_there(_shop: Shop, counter: Browser) -> Answer:
    return counter.delete(f"orders/{steps.draft(counter)['number']}/items/7")


@tells("sold-out", 422)
def the_last_supersaver_is_gone(shop: Shop, counter: Browser) -> Answer:
    order = steps.draft(counter, "supersaver")
    shop.distributor.knobs.quota = 0
    return hold(counter, order)


@tells("traveller-locked", 409, traveller=...)
def another_name_on_a_held_ticket(_shop: Shop, counter: Browser) -> Answer:
    order = steps.held(counter)
    other = {"ref": order["travellers"][0]["ref"], "first_name": "Max", "last_name": "Muster"}
    return counter.patch(f"orders/{order['number']}", {"travellers": [other]})


# ---------------------------------------------------------------- the sale


@tells("not-held", 409, item=1)
def selling_without_a_hold(_shop: Shop, counter: Browser) -> Answer:
    return sell(counter, steps.draft(counter))


@tells("price-changed", 409, shown=100, held=2600, currency="CHF")
def another_total_than_the_held_one(_shop: Shop, counter: Browser) -> Answer:
    return sell(counter, steps.held(counter), {"amount": 100, "currency": "CHF"})


@tells("hold-lapsed", 409, item=1)
def selling_too_late(shop: Shop, counter: Browser) -> Answer:
    order = steps.held(counter)
    shop.clock.advance(timedelta(minutes=31))
    return sell(counter, order)


@tells("order-not-draft", 409, state="sold")
def holding_what_is_sold(_shop: Shop, counter: Browser) -> Answer:
    return hold(counter, steps.sold(counter))


@tells("distributor-unavailable", 503)
def the_distributor_is_down(shop: Shop, counter: Browser) -> Answer:
    shop.distributor.fail_next("find_places", Unavailable("no-route-to-host"))
    return counter.get("places", q="Bern")


@tells("distributor-busy", 503)
def all_ways_to_the_distributor_are_taken(shop: Shop, counter: Browser) -> Answer:
    shop.distributor.fail_next("find_offers", Unavailable("distributor-busy"))
    return counter.post("searches", steps.trip_search())


@tells("distributor-paused", 503, retry_after=13)
def the_distributor_gets_a_rest(shop: Shop, counter: Browser) -> Answer:
    order = steps.held(counter)
    pause = Unavailable("distributor-paused", retry_after=12.2)
    shop.distributor.fail_next("issue", pause)
    return sell(counter, order)


@tells("distributor-slow", 503)
def the_distributor_is_slow(shop: Shop, counter: Browser) -> Answer:
    shop.distributor.fail_next("find_offers", Unavailable("distributor-slow"))
    return counter.post("searches", steps.trip_search())


@tells("distributor-refused", 422)
def the_distributor_says_no_in_words_of_its_own(shop: Shop, counter: Browser) -> Answer:
    shop.distributor.fail_next("find_offers", Refused("something-of-theirs", "Nope, Mrs Muster"))
    return counter.post("searches", steps.trip_search())


@tells("cannot-do-that", 422)
def a_distributor_without_excursions(shop: Shop, counter: Browser) -> Answer:
    shop.distributor.abilities = replace(shop.distributor.abilities, touristic=False)
    body = {"day": "2026-12-12", "travellers": [steps.ADULT]}
    return counter.post("touristic-searches", body)


@tells("document-not-found", 404)
def a_file_that_is_not_there(_shop: Shop, counter: Browser) -> Answer:
    return counter.get(f"orders/{steps.sold(counter)['number']}/documents/999")


# ---------------------------------------------------------------- the refund


@tells("ticket-not-found", 404)
def a_ticket_of_nobody(_shop: Shop, counter: Browser) -> Answer:
    return quote(counter, steps.sold(counter), 999)


@tells("one-sale-only", 422)
def tickets_of_two_sales(_shop: Shop, counter: Browser) -> Answer:
    number = steps.draft(counter)["number"]
    order = hold(counter, steps.add(counter, number)).body
    return quote(counter, sell(counter, order).body)


@tells("ticket-already-refunded", 409, ticket=...)
def a_ticket_that_is_refunded(_shop: Shop, counter: Browser) -> Answer:
    order = steps.refunded(counter, steps.quoted(counter, steps.sold(counter)))
    return quote(counter, order)


@tells("tickets-together", 422, tickets=...)
def one_ticket_of_a_couple(shop: Shop, counter: Browser) -> Answer:
    shop.distributor.abilities = replace(shop.distributor.abilities, partial_refund=False)
    couple = [{"ref": "t1", "age": 40}, {"ref": "t2", "age": 41}]
    order = steps.sold(counter, travellers=couple)
    return quote(counter, order, steps.tickets(order)[0])


@tells("not-refundable", 422)
def a_refund_after_its_time(shop: Shop, counter: Browser) -> Answer:
    order = steps.sold(counter)
    shop.clock.advance(timedelta(days=30))
    return quote(counter, order)


@tells("quote-blocked", 409, until="2026-11-21T09:50:00+00:00")
def a_second_quote(_shop: Shop, counter: Browser) -> Answer:
    return quote(counter, steps.quoted(counter, steps.sold(counter)))


@tells("refund-not-found", 404)
def a_refund_that_nobody_asked_for(_shop: Shop, counter: Browser) -> Answer:
    number = steps.sold(counter)["number"]
    return counter.delete(f"orders/{number}/refunds/999")


@tells("quote-differs", 409, shown=100, quoted=2600, currency="CHF")
def another_amount_than_the_quoted_one(_shop: Shop, counter: Browser) -> Answer:
    return accept(counter, steps.quoted(counter, steps.sold(counter)), 100)


@tells("quote-lapsed", 409)
def an_old_quote(shop: Shop, counter: Browser) -> Answer:
    order = steps.quoted(counter, steps.sold(counter))
    shop.clock.advance(timedelta(minutes=21))
    return accept(counter, order)


@tells("already-accepted", 409)
def dropping_what_is_refunded(_shop: Shop, counter: Browser) -> Answer:
    order = steps.refunded(counter, steps.quoted(counter, steps.sold(counter)))
    refund = order["refunds"][0]["id"]
    return counter.delete(f"orders/{order['number']}/refunds/{refund}")


@tells("being-clarified", 409)
def dropping_what_may_be_refunded(shop: Shop, counter: Browser) -> Answer:
    order = steps.quoted(counter, steps.sold(counter))
    shop.distributor.fail_next("accept_refund", OutcomeUnknown("no-answer"), effect=True)
    assert accept(counter, order).status == 202
    return counter.delete(f"orders/{order['number']}/refunds/{order['refunds'][0]['id']}")


@pytest.mark.parametrize("code", sorted(problems.STATUS))
def test_each_code_is_told_with_its_status_and_facts(
    shop: Shop, counter: Browser, code: str
) -> None:
    status, facts, scenario = SCENARIOS[code]
    answer = scenario(shop, counter)
    told_status, told_code, told_facts = answer.problem
    assert (told_status, told_code) == (status, code)
    assert set(told_facts) == set(facts)
    assert {name: told_facts[name] for name in facts if facts[name] is not ...} == {
        name: fact for name, fact in facts.items() if fact is not ...
    }
    assert set(answer.body) <= {
        "type",
        "title",
        "status",
        "code",
        "facts",
        "fields",
        "request_id",
    }
