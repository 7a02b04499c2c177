"""Refund offers: what the rules give, and how the two personalities differ."""

from datetime import timedelta

from tests.contract.sandbox.orders import (
    booking_request,
    code,
    offer_of,
    offers,
    person,
    read,
    sold,
    statuses,
    warnings,
)
from tests.contract.sandbox.osdm_client import Json, OsdmClient


def propose(
    client: OsdmClient, booking: Json, *, expect: int = 200, overrule: str | None = None
) -> Json:
    """Ask for a refund of everything in the booking."""
    body: Json = {"fulfillmentIds": [each["id"] for each in booking["fulfillments"]]}
    if overrule is not None:
        body["overruleCode"] = overrule
    return client.call("POST", f"/bookings/{booking['id']}/refund-offers", body, expect=expect)


def amounts(answer: Json) -> tuple[int, int]:
    """What comes back and what is kept."""
    offer = answer["refundOffers"][0]
    return offer["refundableAmount"]["amount"], offer["refundFee"]["amount"]


def test_a_regular_ticket_on_the_day_of_travel_costs_ten_francs_a_request(
    either: OsdmClient,
) -> None:
    booking = sold(either, "P2P", person("P1"), person("P2"), days=0)
    answer = propose(either, booking)
    assert amounts(answer) == (10200 - 1000, 1000)
    items = answer["refundOffers"][0]["refundOfferBreakdown"]
    assert [each["refundFee"]["amount"] for each in items] == [500, 500]


def test_nothing_is_refunded_after_the_validity_ended(either: OsdmClient) -> None:
    booking = sold(either, "P2P", days=1)
    either.sandbox.clock_set(either.sandbox.clock() + timedelta(days=3))
    expect = 409 if either.late_documents else 400
    assert code(propose(either, booking, expect=expect)) == "OPERATION_NOT_PERMITTED"


def test_a_supersaver_is_free_to_refund_for_half_an_hour(either: OsdmClient) -> None:
    booking = sold(either, "SUPERSAVER")
    paid = booking["confirmedPrice"]["amount"]
    assert amounts(propose(either, booking)) == (paid, 0)


def test_later_plain_offers_nothing_back_for_a_supersaver(plain: OsdmClient) -> None:
    booking = sold(plain, "SUPERSAVER")
    plain.sandbox.clock_set(plain.sandbox.clock() + timedelta(minutes=31))
    assert amounts(propose(plain, booking)) == (0, booking["confirmedPrice"]["amount"])


def test_later_strict_refuses_a_supersaver(strict: OsdmClient) -> None:
    booking = sold(strict, "SUPERSAVER")
    strict.sandbox.clock_set(strict.sandbox.clock() + timedelta(minutes=31))
    assert code(propose(strict, booking, expect=409)) == "OPERATION_NOT_PERMITTED"


def test_plain_honours_an_overrule_code_and_echoes_it(plain: OsdmClient) -> None:
    booking = sold(plain, "SUPERSAVER")
    plain.sandbox.clock_set(plain.sandbox.clock() + timedelta(minutes=31))
    answer = propose(plain, booking, overrule="SALES_STAFF_ERROR")
    assert answer["refundOffers"][0]["appliedOverruleCode"] == "SALES_STAFF_ERROR"
    assert amounts(answer) == (booking["confirmedPrice"]["amount"], 0)


def test_strict_says_that_it_does_not_accept_an_overrule_code(strict: OsdmClient) -> None:
    answer = propose(strict, sold(strict), overrule="STRIKE")
    assert "appliedOverruleCode" not in answer["refundOffers"][0]
    assert warnings(answer) == ["OVERRULE_CODE_NOT_ACCEPTED"]


def test_an_open_proposal_blocks_the_next_until_it_lapses(either: OsdmClient) -> None:
    booking = sold(either)
    first = propose(either, booking)["refundOffers"][0]
    refused = propose(either, booking, expect=409 if either.late_documents else 400)
    assert first["id"] in refused["detail"]
    either.sandbox.clock_set(either.sandbox.clock() + timedelta(minutes=20))
    address = f"/bookings/{booking['id']}/refund-offers/{first['id']}"
    either.call("GET", address, expect=404)
    either.call("PATCH", address, {"status": "CONFIRMED"}, expect=404)
    assert amounts(propose(either, booking)) == (5100, 0)


def test_a_dropped_proposal_blocks_nothing(either: OsdmClient) -> None:
    booking = sold(either)
    first = propose(either, booking)["refundOffers"][0]
    either.call("DELETE", f"/bookings/{booking['id']}/refund-offers/{first['id']}", expect=204)
    propose(either, booking)


def test_plain_lists_refund_offers_and_strict_has_them_at_their_address_only(
    plain: OsdmClient, strict: OsdmClient
) -> None:
    booking = sold(plain)
    offer = propose(plain, booking)["refundOffers"][0]
    assert [each["id"] for each in read(plain, booking["id"])["refundOffers"]] == [offer["id"]]
    booking = sold(strict)
    offer = propose(strict, booking)["refundOffers"][0]
    assert "refundOffers" not in read(strict, booking["id"])
    address = f"/bookings/{booking['id']}/refund-offers/{offer['id']}"
    strict.call("PATCH", address, {"status": "CONFIRMED"})
    assert strict.call("GET", address)["refundOffer"]["status"] == "CONFIRMED"
    strict.call("PATCH", address, {"status": "CONFIRMED"}, expect=409)
    strict.call("GET", f"{address}/confirmation-check", expect=409)
    strict.call("DELETE", address, expect=409)


def test_in_plain_deleting_a_confirmed_refund_finds_nothing(plain: OsdmClient) -> None:
    booking = sold(plain)
    offer = propose(plain, booking)["refundOffers"][0]
    address = f"/bookings/{booking['id']}/refund-offers/{offer['id']}"
    plain.call("PATCH", address, {"status": "CONFIRMED"})
    plain.call("DELETE", address, expect=404)
    again = plain.call("PATCH", address, {"status": "CONFIRMED"})["refundOffer"]
    assert again["status"] == "CONFIRMED"
    assert plain.sandbox.books()["totals"]["CHF"]["refunded"] == 5100


def test_one_of_two_travellers_is_refunded_and_the_other_gets_a_new_proof(
    plain: OsdmClient,
) -> None:
    booking = sold(plain, "P2P", person("P1"), person("P2"))
    old = booking["fulfillments"][0]["id"]
    part = booking["bookedOffers"][0]["admissions"][1]["id"]
    address = f"/bookings/{booking['id']}/refund-offers"
    body = {
        "fulfillmentIds": [old],
        "refundSpecifications": [{"fulfillmentId": old, "bookingPartIds": [part]}],
    }
    offer = plain.call("POST", address, body)["refundOffers"][0]
    done = plain.call("PATCH", f"{address}/{offer['id']}", {"status": "CONFIRMED"})["refundOffer"]
    assert [each["status"] for each in done["fulfillments"]] == ["REFUNDED"]
    assert len(done["issuedFulfillments"][0]["fulfillmentDocuments"]) == 1
    booking = read(plain, booking["id"])
    assert statuses(booking) == ["FULFILLED", "REFUNDED"]
    assert booking["confirmedPrice"]["amount"] == 5100


def test_in_strict_one_fulfillment_is_refunded_and_the_others_stay(strict: OsdmClient) -> None:
    booking = sold(strict, "P2P", person("P1"), person("P2"))
    first, second = (each["id"] for each in booking["fulfillments"])
    address = f"/bookings/{booking['id']}/refund-offers"
    offer = strict.call("POST", address, {"fulfillmentIds": [first]})["refundOffers"][0]
    done = strict.call("PATCH", f"{address}/{offer['id']}", {"status": "CONFIRMED"})["refundOffer"]
    assert "issuedFulfillments" not in done
    booking = read(strict, booking["id"])
    states = {each["id"]: each["status"] for each in booking["fulfillments"]}
    assert states == {first: "REFUNDED", second: "FULFILLED"}
    strict.call("POST", address, {"fulfillmentIds": [first]}, expect=409)


def test_cleanup_refunds_what_is_sold_in_full(either: OsdmClient) -> None:
    booking = sold(either, days=0)
    either.call("POST", f"/bookings/{booking['id']}/cleanup", {}, expect=202)
    assert statuses(read(either, booking["id"])) == ["REFUNDED"]
    assert either.sandbox.books()["totals"]["CHF"] == {"sold": 5100, "refunded": 5100, "fees": 0}


def test_of_two_offers_in_one_booking_one_is_refunded(either: OsdmClient) -> None:
    answer = offers(either, person("P1"), person("P2"))
    there, back = offer_of(answer, "P2P"), offer_of(answer, "SUPERSAVER")
    request = booking_request(there, [person("P1"), person("P2")])
    request["offers"].append({"offerId": back["offerId"], "passengerRefs": back["passengerRefs"]})
    booking = either.call("POST", "/bookings", request)["booking"]
    address = f"/bookings/{booking['id']}"
    expect = 202 if either.late_documents else 200
    either.call("POST", f"{address}/fulfillments", {}, expect=expect)
    booking = read(either, booking["id"])
    kept, given_back = (
        [part["id"] for part in offer["admissions"]] for offer in booking["bookedOffers"]
    )
    fulfillments = [each["id"] for each in booking["fulfillments"]]
    body = {
        "fulfillmentIds": fulfillments,
        "refundSpecifications": [
            {"fulfillmentId": each, "bookingPartIds": given_back} for each in fulfillments
        ],
    }
    offer = either.call("POST", f"{address}/refund-offers", body)["refundOffers"][0]
    refund = f"{address}/refund-offers/{offer['id']}"
    done = either.call("PATCH", refund, {"status": "CONFIRMED"})["refundOffer"]
    proven = [part["id"] for each in done["issuedFulfillments"] for part in each["bookingParts"]]
    assert proven == kept
    assert read(either, booking["id"])["confirmedPrice"]["amount"] == 2 * 5100
