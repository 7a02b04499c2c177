"""How we speak to a distributor: let in, understood, and without telling secrets."""

from __future__ import annotations

import logging
from datetime import date
from uuid import UUID, uuid4

import httpx
import pytest

from agenturclient.distributors.osdm.config import Modules
from agenturclient.sales.ports import (
    HoldRequest,
    OutcomeUnknown,
    Passenger,
    Refusals,
    Refused,
    TravellerSpec,
    Unavailable,
)
from tests.unit.osdm.messages import booking, offer, part, trip
from tests.unit.osdm.provider import HOST, SECRET, Provider, ok, problem
from tests.unit.osdm.requests import hold_request, query

KEY = UUID("6b1f0a52-1111-4222-8333-0123456789ab")
BOOKED = ok(booking(part()))


def test_one_token_serves_until_it_nears_its_end() -> None:
    provider = Provider().on("GET /bookings/b1", BOOKED)
    distributor = provider.distributor()
    for _ in range(3):
        distributor.read_booking("b1")
    assert len(provider.requests("POST /token")) == 1
    form = provider.requests("POST /token")[0].content.decode()
    assert form == f"grant_type=client_credentials&client_id=client&client_secret={SECRET}"


def test_a_token_of_no_life_is_fetched_each_time() -> None:
    provider = Provider().on("GET /bookings/b1", BOOKED)
    provider.on("POST /token", ok({"access_token": "t", "expires_in": -1}))
    distributor = provider.distributor()
    distributor.read_booking("b1")
    distributor.read_booking("b1")
    assert len(provider.requests("POST /token")) == 2


def test_a_refused_token_is_renewed_once_and_the_write_keeps_its_key() -> None:
    provider = Provider().on("POST /bookings", problem(401, "UNAUTHORIZED"), BOOKED)
    provider.on("POST /token", ok({"access_token": "t1"}), ok({"access_token": "t2"}))
    provider.distributor().hold(hold_request(), key=KEY)
    sent = provider.requests("POST /bookings")
    assert [each.headers["authorization"] for each in sent] == ["Bearer t1", "Bearer t2"]
    assert {each.headers["idempotency-key"] for each in sent} == {str(KEY)}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx.ConnectError("refused"), "unreachable"),
        (httpx.ReadTimeout("late"), "unreachable"),
        (httpx.Response(503), "unreachable"),
        (httpx.Response(400, json={"error": "invalid_client"}), "not-let-in"),
        (httpx.Response(401), "not-let-in"),
        (ok({"no": "token"}), "not-let-in"),
    ],
)
def test_without_a_token_a_write_was_certainly_not_sent(
    answer: httpx.Response | Exception, code: str
) -> None:
    provider = Provider().on("POST /token", answer)
    with pytest.raises(Unavailable) as caught:
        provider.distributor().hold(hold_request(), key=KEY)
    assert caught.value.code == code
    assert provider.requests("POST /bookings") == []


@pytest.mark.parametrize("status", [401, 403])
def test_a_closed_door_alarms_and_nothing_has_happened(
    status: int, caplog: pytest.LogCaptureFixture
) -> None:
    provider = Provider().on("POST /bookings", problem(status, "UNAUTHORIZED"))
    with caplog.at_level(logging.ERROR), pytest.raises(Unavailable) as caught:
        provider.distributor().hold(hold_request(), key=KEY)
    assert caught.value.code == "not-let-in"
    assert "ALARM" in caplog.text


def test_requestor_language_and_further_headers_are_sent() -> None:
    provider = Provider(requestor="agency-7", headers={"Ocp-Apim-Subscription-Key": "k"})
    provider.on("POST /offers", ok({"offers": [offer()], "trips": [trip()]}))
    provider.distributor().find_offers(query(language="fr"))
    (sent,) = provider.requests("POST /offers")
    wanted = {
        "requestor": "agency-7",
        "accept-language": "fr",
        "ocp-apim-subscription-key": "k",
        "content-type": "application/json",
    }
    assert {name: sent.headers[name] for name in wanted} == wanted
    assert len(sent.headers["traceparent"]) == 55


def test_each_module_has_an_address_of_its_own() -> None:
    modules = Modules(f"{HOST}/j/v1/", f"{HOST}/o", f"{HOST}/b", f"{HOST}/a")
    provider = Provider(modules=modules)
    provider.on("POST /j/v1/places", ok({"places": [{"id": "s", "name": "Bern"}]}))
    provider.on("POST /o/offers", ok({"offers": []}))
    provider.on("GET /b/bookings/b1", BOOKED)
    provider.on("DELETE /a/bookings/b1/refund-offers/r1", httpx.Response(204))
    distributor = provider.distributor()
    assert distributor.find_places("Bern", language="de", limit=1)[0].name == "Bern"
    assert distributor.find_offers(query()).offers == ()
    assert distributor.read_booking("b1").id == "b1"
    distributor.drop_quote("b1", "r1")


def test_an_id_may_hold_anything() -> None:
    wild = "a/b?c=d e#é"
    provider = Provider().on("GET /bookings/a%2Fb%3Fc%3Dd%20e%23%C3%A9", BOOKED)
    assert provider.distributor().read_booking(wild).id == "b1"


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"", b'{"booking": {}}'])
def test_a_success_that_cannot_be_read_leaves_a_hold_in_doubt(body: bytes) -> None:
    provider = Provider().on("POST /bookings", httpx.Response(200, content=body))
    with pytest.raises(OutcomeUnknown) as caught:
        provider.distributor().hold(hold_request(), key=KEY)
    assert caught.value.code == "unreadable-answer"


def test_a_read_that_cannot_be_understood_is_unavailable() -> None:
    provider = Provider().on("POST /offers", httpx.Response(200, content=b"<html>"))
    with pytest.raises(Unavailable):
        provider.distributor().find_offers(query())


def test_a_proxys_page_is_no_refusal() -> None:
    provider = Provider().on("POST /bookings", httpx.Response(404, content=b"<html>nginx</html>"))
    with pytest.raises(Unavailable) as caught:
        provider.distributor().hold(hold_request(), key=KEY)
    assert caught.value.code == "status-404"


@pytest.mark.parametrize("code", ["urn:uic:problem:{}", "{}", "https://osdm.io/problem:{}"])
def test_a_code_is_understood_with_and_without_its_urn(code: str) -> None:
    body = {"code": code.format("BOOKING_INSUFFICIENT_AVAILABILITY")}
    provider = Provider().on("POST /bookings", httpx.Response(400, json=body))
    with pytest.raises(Refused) as caught:
        provider.distributor().hold(hold_request(), key=KEY)
    assert caught.value.code == Refusals.SOLD_OUT


def test_an_answer_to_ask_later_says_when() -> None:
    answer = httpx.Response(429, headers={"Retry-After": "17"})
    provider = Provider().on("POST /bookings", answer)
    with pytest.raises(Unavailable) as caught:
        provider.distributor().hold(hold_request(), key=KEY)
    assert (caught.value.code, caught.value.retry_after) == ("too-many-requests", 17.0)


def test_nothing_of_the_traveller_and_no_secret_reaches_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    person = TravellerSpec("P1", birth_date=date(1971, 2, 3))
    passenger = Passenger(person, "Rosalinde", "Geheim", "rosa@example.org", "+41790000009")
    request = HoldRequest(hold_request().offer, (passenger,), "AC-1", "Alpenreisen")
    provider = Provider(missing=("cleanup",))
    provider.on("POST /bookings", problem(400, "BOOKING_INFORMATION_MISSING", detail="Rosalinde"))
    provider.on("POST /token", ok({"access_token": "token-of-ours"}))
    with caplog.at_level(logging.DEBUG, logger="agenturclient"), pytest.raises(Refused):
        provider.distributor().hold(request, key=uuid4())
    ours = " ".join(each.getMessage() for each in caplog.records if "agenturclient" in each.name)
    assert "hold" in ours
    for word in ("Rosalinde", "Geheim", "rosa@", "+4179", "1971", "token-of-ours", SECRET):
        assert word not in ours


def test_what_is_said_to_be_missing_has_to_be_known() -> None:
    with pytest.raises(ValueError, match="'palces' is nothing that can be missing; known are pl"):
        Provider(missing=("palces",)).distributor()


def test_a_query_is_asked_in_swiss_wall_clock_time() -> None:
    provider = Provider().on("POST /offers", ok({}))
    provider.distributor().find_offers(query())
    assert b'"departureTime": "2026-12-10T07:00:00"' in provider.requests("POST /offers")[0].content
