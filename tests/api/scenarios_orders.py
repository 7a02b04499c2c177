"""How an order, its sale or its refund gets a problem."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from agenturclient.sales.ports import OutcomeUnknown, Refused, Unavailable
from tests.api import steps
from tests.api.scenarios import tells
from tests.fakes import FakeDistributor

if TYPE_CHECKING:
    from agenturclient.sales.ports import Offers, TripQuery
    from tests.api.browser import Answer, Browser
    from tests.api.conftest import Shop


class Euros(FakeDistributor):
    """A distributor that answers in another currency than it was asked in."""

    def find_offers(self, query: TripQuery) -> Offers:
        """Offers in euros."""
        return super().find_offers(replace(query, currency="EUR"))


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


@tells("key-reused", 409)
def another_offer_under_a_key_that_has_served(_shop: Shop, counter: Browser) -> Answer:
    found = steps.search(counter)
    number = counter.post("orders", {}, key=uuid4()).body["number"]
    key = uuid4()
    counter.post(f"orders/{number}/items", {"search": found["id"], "offer": 0}, key=key)
    return counter.post(f"orders/{number}/items", {"search": found["id"], "offer": 1}, key=key)


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
