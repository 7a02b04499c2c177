"""How a request, a person or a search gets a problem."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NoReturn
from uuid import uuid4

from django.db import OperationalError, connection

from agenturclient.sales.ports import Refusals, Refused
from tests.api import steps
from tests.api.browser import Answer, Browser
from tests.api.scenarios import tells

if TYPE_CHECKING:
    from tests.api.conftest import Shop

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


@tells("database-unavailable", 503, retry_after=5)
def a_database_that_went_away(_shop: Shop, counter: Browser) -> Answer:
    def gone(*_query: object) -> NoReturn:
        raise OperationalError(2006, "Server has gone away")

    with connection.execute_wrapper(gone):
        return counter.get("orders")


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
    return counter.get(f"searches/{uuid4()}")


@tells("search-expired", 422)
def a_search_of_this_morning(shop: Shop, counter: Browser) -> Answer:
    found = steps.search(counter)
    shop.clock.advance(timedelta(hours=1))
    return counter.get(f"searches/{found['id']}")
