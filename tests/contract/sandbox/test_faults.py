"""Each fault does what its name says, to the operation it is switched on for."""

import time
from datetime import timedelta

import httpx
import pytest

from sandbox.faults import OPERATIONS
from tests.contract.sandbox.orders import (
    booking_request,
    code,
    held,
    offer_of,
    offers,
    person,
    read,
    sold,
    statuses,
    warnings,
)
from tests.contract.sandbox.osdm_client import Json, OsdmClient


def confirm(client: OsdmClient, booking: Json) -> httpx.Response:
    """One attempt to confirm."""
    return client.http.post(f"/bookings/{booking['id']}/fulfillments", json={})


def test_a_delay_makes_one_call_wait(plain: OsdmClient) -> None:
    booking = held(plain)
    plain.sandbox.fault("booking-read", "delay", seconds=0.4, times=1)
    begun = time.monotonic()
    read(plain, booking["id"])
    assert time.monotonic() - begun >= 0.4
    begun = time.monotonic()
    read(plain, booking["id"])
    assert time.monotonic() - begun < 0.3


def test_a_refusal_comes_with_the_code_asked_for(plain: OsdmClient) -> None:
    booking = held(plain)
    plain.sandbox.fault("fulfillment", "refuse", problem="CONFIRMATION_UNKNOWN_ERROR", times=1)
    address = f"/bookings/{booking['id']}/fulfillments"
    refused = plain.call("POST", address, {}, expect=400)
    assert code(refused) == "CONFIRMATION_UNKNOWN_ERROR"
    assert statuses(read(plain, booking["id"])) == ["PREBOOKED"]
    plain.sandbox.fault("fulfillment", "refuse", problem="UNAUTHORIZED", status=401, times=1)
    plain.call("POST", address, {}, expect=401)


def test_a_fault_about_something_strikes_only_calls_that_name_it(plain: OsdmClient) -> None:
    meant, other = held(plain), held(plain)
    plain.sandbox.fault("booking-read", "error-before", times=1, about=meant["id"])
    read(plain, other["id"])
    plain.call("GET", f"/bookings/{meant['id']}", expect=500)
    read(plain, meant["id"])
    request = booking_request(offer_of(offers(plain), "P2P"), [person()], "AC-0815-1")
    plain.sandbox.fault("booking", "error-before", times=1, about="AC-0815")
    held(plain)
    plain.call("POST", "/bookings", request, expect=500)


@pytest.mark.parametrize(
    ("fault", "state"), [("error-before", "PREBOOKED"), ("error-after", "FULFILLED")]
)
def test_an_error_tells_nothing_about_the_effect(plain: OsdmClient, fault: str, state: str) -> None:
    booking = held(plain)
    plain.sandbox.fault("fulfillment", fault, times=1)
    plain.call("POST", f"/bookings/{booking['id']}/fulfillments", {}, expect=500)
    assert statuses(read(plain, booking["id"])) == [state]


@pytest.mark.parametrize(
    ("fault", "state"), [("reset-before", "PREBOOKED"), ("lost-after", "FULFILLED")]
)
def test_a_lost_connection_tells_nothing_about_the_effect(
    plain: OsdmClient, fault: str, state: str
) -> None:
    booking = held(plain)
    plain.sandbox.fault("fulfillment", fault, times=1)
    with pytest.raises(httpx.TransportError):
        confirm(plain, booking)
    assert statuses(read(plain, booking["id"])) == [state]


def test_too_many_requests_say_when_to_come_again(plain: OsdmClient) -> None:
    plain.sandbox.fault("places", "too-many-requests", times=1)
    answer = plain.http.post("/places", json={"placeInput": {"name": "Bern"}})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2")
    plain.call("POST", "/places", {"placeInput": {"name": "Bern"}})


def test_documents_can_come_late_in_plain_too(plain: OsdmClient) -> None:
    booking = held(plain)
    plain.sandbox.fault("fulfillment", "late-documents", seconds=60)
    address = f"/bookings/{booking['id']}/fulfillments"
    plain.call("POST", address, {}, expect=202)
    assert read(plain, booking["id"])["fulfillmentStatus"] == "PENDING"
    plain.sandbox.clock_set(plain.sandbox.clock() + timedelta(seconds=60))
    complete = read(plain, booking["id"])
    assert complete["fulfillmentStatus"] == "COMPLETE"
    assert len(complete["fulfillments"][0]["fulfillmentDocuments"]) == 1


def test_a_changed_price_is_told_and_is_what_is_sold(plain: OsdmClient) -> None:
    offer = offer_of(offers(plain), "P2P")
    plain.sandbox.fault("booking", "price-change", times=1)
    answer = plain.call("POST", "/bookings", booking_request(offer, [person()]))
    assert warnings(answer) == ["OFFER_PART_PRICE_CHANGE"]
    assert answer["booking"]["provisionalPrice"]["amount"] == 5620


def test_an_offer_can_be_made_to_expire(plain: OsdmClient) -> None:
    offer = offer_of(offers(plain), "P2P")
    plain.sandbox.fault("booking", "expired-offer", times=1)
    request = booking_request(offer, [person()])
    assert code(plain.call("POST", "/bookings", request, expect=400)) == "BOOKING_OFFER_NOT_FOUND"
    plain.call("POST", "/bookings", request)


def refund_address(client: OsdmClient) -> str:
    """The address of a fresh proposal for a sold ticket."""
    booking = sold(client)
    body = {"fulfillmentIds": [each["id"] for each in booking["fulfillments"]]}
    address = f"/bookings/{booking['id']}/refund-offers"
    return f"{address}/{client.call('POST', address, body)['refundOffers'][0]['id']}"


def test_a_refund_that_was_confirmed_and_lost_is_in_the_books_once(plain: OsdmClient) -> None:
    address = refund_address(plain)
    plain.sandbox.fault("refund-confirm", "lost-after", times=1)
    with pytest.raises(httpx.TransportError):
        plain.http.patch(address, json={"status": "CONFIRMED"})
    assert plain.call("GET", address)["refundOffer"]["status"] == "CONFIRMED"
    assert plain.sandbox.books()["totals"]["CHF"]["refunded"] == 5100


def test_a_refund_offer_can_be_made_to_expire(plain: OsdmClient) -> None:
    address = refund_address(plain)
    plain.sandbox.fault("refund-confirm", "expired-offer", times=1)
    plain.call("PATCH", address, {"status": "CONFIRMED"}, expect=404)


def test_every_operation_can_fail(plain: OsdmClient) -> None:
    refund = refund_address(plain)
    link = sold(plain)["fulfillments"][0]["fulfillmentDocuments"][0]["downloadLink"]
    hold = f"/bookings/{held(plain)['id']}"
    requests = {
        "places": ("POST", "/places"),
        "offers": ("POST", "/offers"),
        "booking": ("POST", "/bookings"),
        "booking-read": ("GET", hold),
        "fulfillment": ("POST", f"{hold}/fulfillments"),
        "refund-offer": ("POST", f"{hold}/refund-offers"),
        "refund-read": ("GET", refund),
        "refund-confirm": ("PATCH", refund),
        "booking-delete": ("DELETE", hold),
        "bookings-search": ("POST", "/bookings-search"),
        "token": ("POST", "/oauth/token"),
        "document": ("GET", link),
    }
    assert requests.keys() == OPERATIONS
    for operation in requests:
        plain.sandbox.fault(operation, "error-before", times=1)
    for operation, (method, address) in requests.items():
        assert plain.http.request(method, address).status_code == 500, operation
        assert plain.http.request(method, address).status_code != 500, operation


def test_a_share_of_calls_is_struck_and_the_rest_is_not(plain: OsdmClient) -> None:
    plain.sandbox.fault("places", "error-before", share=0.0)
    plain.call("POST", "/places", {"placeInput": {"name": "Bern"}})
    plain.sandbox.clear_faults()
    plain.sandbox.fault("places", "error-before", share=1.0)
    for _ in range(3):
        plain.call("POST", "/places", {"placeInput": {"name": "Bern"}}, expect=500)


def test_faults_are_listed_counted_down_and_cleared(plain: OsdmClient) -> None:
    plain.sandbox.fault("places", "error-before", times=2)
    plain.call("POST", "/places", {"placeInput": {"name": "Bern"}}, expect=500)
    listed = plain.sandbox.control("GET", "/sandbox/faults")["faults"]
    assert [(each["fault"], each["times"]) for each in listed] == [("error-before", 1)]
    plain.sandbox.clear_faults()
    assert plain.sandbox.control("GET", "/sandbox/faults") == {"faults": []}


@pytest.mark.parametrize(
    "wrong",
    [
        {"operation": "teleport", "fault": "delay"},
        {"operation": "places", "fault": "explode"},
        {"operation": "places", "fault": "delay", "second": 1},
        {"operation": "places", "fault": "delay", "seconds": "long"},
        {"operation": "places", "fault": "refuse", "status": 200},
    ],
)
def test_a_fault_that_does_not_exist_is_refused(plain: OsdmClient, wrong: Json) -> None:
    answer = plain.http.put("/sandbox/faults", json=wrong)
    assert answer.status_code == 400
