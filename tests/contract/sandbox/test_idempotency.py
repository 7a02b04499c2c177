"""Plain honours an Idempotency-Key; strict, as many real ones do, does not look at it."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import pytest

from tests.contract.sandbox.orders import (
    booking_request,
    code,
    held,
    offer_of,
    offers,
    person,
    sold,
)
from tests.contract.sandbox.osdm_client import OsdmClient


def test_in_plain_a_repeated_booking_is_the_same_booking(plain: OsdmClient) -> None:
    request = booking_request(offer_of(offers(plain), "P2P"), [person()])
    key = str(uuid4())
    first = plain.call("POST", "/bookings", request, key=key)
    assert plain.call("POST", "/bookings", request, key=key) == first
    assert len(plain.sandbox.books()["bookings"]) == 1


def test_in_plain_a_key_belongs_to_one_request(plain: OsdmClient) -> None:
    request = booking_request(offer_of(offers(plain), "P2P"), [person()])
    key = str(uuid4())
    plain.call("POST", "/bookings", request, key=key)
    other = {**request, "externalRef": "AC-2"}
    refused = plain.call("POST", "/bookings", other, key=key, expect=400)
    assert code(refused) == "VALIDATION_ERROR"
    assert len(plain.sandbox.books()["bookings"]) == 1


def test_in_plain_confirming_twice_at_once_gives_one_answer(plain: OsdmClient) -> None:
    address = f"/bookings/{held(plain)['id']}/fulfillments"
    headers = {"Idempotency-Key": str(uuid4())}
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda _: plain.http.post(address, json={}, headers=headers), range(4))
        )
    assert [each.status_code for each in answers] == [200] * 4
    assert len({each.text for each in answers}) == 1


def test_in_plain_a_refusal_is_not_remembered(plain: OsdmClient) -> None:
    address = f"/bookings/{sold(plain)['id']}/refund-offers"
    key = str(uuid4())
    plain.call("POST", address, {"fulfillmentIds": ["none"]}, key=key, expect=400)
    plain.call("POST", address, {"fulfillmentIds": ["nothing"]}, key=key, expect=400)


def test_in_plain_a_refund_is_proposed_and_confirmed_once_per_key(plain: OsdmClient) -> None:
    booking = sold(plain)
    address = f"/bookings/{booking['id']}/refund-offers"
    body = {"fulfillmentIds": [each["id"] for each in booking["fulfillments"]]}
    key, other = str(uuid4()), str(uuid4())
    offer = plain.call("POST", address, body, key=key)["refundOffers"][0]
    assert plain.call("POST", address, body, key=key)["refundOffers"] == [offer]
    refund = f"{address}/{offer['id']}"
    done = plain.call("PATCH", refund, {"status": "CONFIRMED"}, key=other)
    assert plain.call("PATCH", refund, {"status": "CONFIRMED"}, key=other) == done


def test_in_strict_a_repeated_booking_is_a_second_booking(strict: OsdmClient) -> None:
    request = booking_request(offer_of(offers(strict), "P2P"), [person()])
    key = str(uuid4())
    first = strict.call("POST", "/bookings", request, key=key)["booking"]
    second = strict.call("POST", "/bookings", request, key=key)["booking"]
    assert first["id"] != second["id"]


def test_in_strict_a_repeated_confirmation_is_refused(strict: OsdmClient) -> None:
    address = f"/bookings/{held(strict)['id']}/fulfillments"
    key = str(uuid4())
    strict.call("POST", address, {}, key=key, expect=202)
    refused = strict.call("POST", address, {}, key=key, expect=409)
    assert code(refused) == "CONFIRMATION_BOOKING_ALREADY_CONFIRMED"


def test_in_plain_a_lost_answer_is_given_again_with_its_key(plain: OsdmClient) -> None:
    address = f"/bookings/{held(plain)['id']}/fulfillments"
    key = str(uuid4())
    plain.sandbox.fault("fulfillment", "lost-after", times=1)
    with pytest.raises(httpx.TransportError):
        plain.http.post(address, json={}, headers={"Idempotency-Key": key})
    answer = plain.call("POST", address, {}, key=key)
    assert [each["status"] for each in answer["fulfillments"]] == ["FULFILLED"]
    assert plain.sandbox.books()["totals"]["CHF"]["sold"] == 5100
