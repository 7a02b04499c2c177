"""Tokens, capabilities, the clock and the books."""

from datetime import datetime, timedelta

import httpx

from sandbox.testing import RunningSandbox, running_sandbox
from tests.contract.sandbox.orders import (
    TODAY,
    booking_request,
    code,
    held,
    offer_of,
    person,
    read,
    sold,
    statuses,
)
from tests.contract.sandbox.osdm_client import OsdmClient
from tests.contract.sandbox.osdm_file import OsdmFile

GRANT = {"grant_type": "client_credentials", "client_id": "agenturclient"}


def test_without_a_token_nothing_is_answered(plain_sandbox: RunningSandbox) -> None:
    for token in ({}, {"Authorization": "Bearer 9999999999.forged"}):
        answer = httpx.get(f"{plain_sandbox.base_url}/reduction-cards", headers=token)
        assert answer.status_code == 401
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert code(answer.json()) == "UNAUTHORIZED"


def test_a_token_needs_the_right_secret(plain_sandbox: RunningSandbox) -> None:
    address = f"{plain_sandbox.base_url}/oauth/token"
    wrong = httpx.post(address, data={**GRANT, "client_secret": "guessed"})
    assert (wrong.status_code, wrong.json()) == (401, {"error": "invalid_client"})
    right = httpx.post(address, data={**GRANT, "client_secret": "sandbox-secret"}).json()
    assert (right["token_type"], right["expires_in"]) == ("Bearer", 300)


def test_a_body_that_is_no_json_is_a_malformed_request(plain: OsdmClient) -> None:
    answer = plain.http.post("/places", content=b"{")
    assert (answer.status_code, code(answer.json())) == (400, "MALFORMED_REQUEST")


def test_a_distributor_of_few_capabilities_sells_and_refunds_but_cannot_search(
    file: OsdmFile,
) -> None:
    with (
        running_sandbox("plain", capabilities="basic") as sandbox,
        OsdmClient(sandbox, file) as client,
    ):
        sandbox.clock_set(TODAY)
        booking = sold(client)
        body = {"fulfillmentIds": [booking["fulfillments"][0]["id"]]}
        client.call("POST", f"/bookings/{booking['id']}/refund-offers", body)
        client.call("POST", "/bookings-search", {"externalRef": "AC-1"}, expect=501)
        client.call("POST", "/places", {"placeInput": {"name": "Bern"}}, expect=501)


def test_the_clock_goes_on_from_where_it_is_set_or_stands(plain_sandbox: RunningSandbox) -> None:
    moment = datetime.fromisoformat("2027-03-28T01:59:00+01:00")
    plain_sandbox.clock_set(moment, frozen=True)
    assert plain_sandbox.clock() == moment
    plain_sandbox.clock_set(moment + timedelta(hours=1))
    # The hour from two to three does not exist on that night.
    assert plain_sandbox.clock().isoformat().startswith("2027-03-28T03:59:0")
    plain_sandbox.clock_set(None)
    assert plain_sandbox.clock() < moment


def test_a_hold_over_the_end_of_summer_time_lasts_half_an_hour(plain: OsdmClient) -> None:
    before = datetime.fromisoformat("2027-10-31T02:45:00+02:00")
    plain.sandbox.clock_set(before, frozen=True)
    answer = plain.call(
        "POST",
        "/offers",
        {
            "nonTripSearchCriteria": {"validFrom": "2027-11-05T00:00:00"},
            "anonymousPassengerSpecifications": [person()],
        },
    )
    request = booking_request(offer_of(answer, "STP"), [person()])
    booking = plain.call("POST", "/bookings", request)["booking"]
    limit = datetime.fromisoformat(booking["confirmationTimeLimit"])
    assert limit - before == timedelta(minutes=30)
    plain.sandbox.clock_set(before + timedelta(minutes=29), frozen=True)
    assert statuses(read(plain, booking["id"])) == ["PREBOOKED"]
    plain.sandbox.clock_set(before + timedelta(minutes=30), frozen=True)
    assert statuses(read(plain, booking["id"])) == ["CANCELLED"]


def test_the_books_name_amounts_and_no_passengers(plain: OsdmClient) -> None:
    booking = sold(plain, "P2P", person(), days=0)
    body = {"fulfillmentIds": [booking["fulfillments"][0]["id"]]}
    address = f"/bookings/{booking['id']}/refund-offers"
    offer = plain.call("POST", address, body)["refundOffers"][0]
    plain.call("PATCH", f"{address}/{offer['id']}", {"status": "CONFIRMED"})
    books = plain.sandbox.books()
    assert books["totals"] == {"CHF": {"sold": 5100, "refunded": 4100, "fees": 1000}}
    (entry,) = books["bookings"]
    assert entry["state"] == "refunded"
    assert (entry["confirmed"], entry["refunded"], entry["fee"]) == (5100, 4100, 1000)
    page = plain.http.get("/").text
    assert read(plain, booking["id"])["bookingCode"] in page
    assert "CHF 51.00 sold, 41.00 refunded, 10.00 kept as fees" in page
    assert "Muster0" not in page + plain.http.get("/sandbox/books.json").text
    assert "http://" not in page
    assert "https://" not in page


def test_health_is_answered(plain_sandbox: RunningSandbox) -> None:
    assert plain_sandbox.control("GET", "/sandbox/health") == {"status": "ok"}


def test_what_the_standard_knows_and_is_not_offered_is_said_so(plain: OsdmClient) -> None:
    booking = held(plain)
    for method, path in (
        ("POST", f"/bookings/{booking['id']}/exchange-offers"),
        ("GET", f"/bookings/{booking['id']}/history"),
        ("GET", "/products"),
    ):
        answer = plain.http.request(method, path, json={})
        assert (answer.status_code, code(answer.json())) == (501, "OPERATION_NOT_PERMITTED")
    answer = plain.http.get("/nonsense")
    assert (answer.status_code, code(answer.json())) == (404, "RESOURCE_NOT_FOUND")
