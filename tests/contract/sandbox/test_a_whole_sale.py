"""From the search to the refund, in both personalities, each message held against the file."""

import base64
import io

import httpx
from pypdf import PdfReader

from tests.contract.sandbox.orders import (
    booking_request,
    held,
    offer_of,
    offers,
    person,
    read,
    sold,
    statuses,
    thing,
    trip_criteria,
)
from tests.contract.sandbox.osdm_client import OsdmClient


def test_a_ticket_is_found_sold_and_refunded_with_the_books_at_nothing(either: OsdmClient) -> None:
    places = either.call("POST", "/places", {"placeInput": {"name": "Berne"}})["places"]
    assert places[0]["id"] == "urn:uic:stn:8507000"
    booking = held(either, "P2P")
    assert statuses(booking) == ["PREBOOKED"]
    assert booking["provisionalPrice"]["amount"] == 5100
    assert booking["confirmedPrice"]["amount"] == 0
    address = f"/bookings/{booking['id']}"
    either.call("GET", f"{address}/fulfillment-check", expect=204)
    late = either.late_documents
    either.call("POST", f"{address}/fulfillments", {}, expect=202 if late else 200)
    booking = read(either, booking["id"])
    assert booking["confirmedPrice"]["amount"] == 5100
    assert statuses(booking) == ["CONFIRMED" if late else "FULFILLED"]
    proposal = either.call(
        "POST",
        f"{address}/refund-offers",
        {"fulfillmentIds": [each["id"] for each in booking["fulfillments"]]},
    )["refundOffers"][0]
    assert proposal["refundableAmount"]["amount"] == 5100
    assert proposal["refundFee"]["amount"] == 0
    refund = f"{address}/refund-offers/{proposal['id']}"
    either.call("GET", f"{refund}/confirmation-check", expect=204)
    done = either.call("PATCH", refund, {"status": "CONFIRMED"})["refundOffer"]
    assert done["status"] == "CONFIRMED"
    booking = read(either, booking["id"])
    assert statuses(booking) == ["REFUNDED"]
    assert booking["confirmedPrice"]["amount"] == 0
    totals = either.sandbox.books()["totals"]["CHF"]
    assert totals == {"sold": 5100, "refunded": 5100, "fees": 0}


def test_a_party_with_dog_and_bicycle_gets_a_part_each(either: OsdmClient) -> None:
    party = [
        person("P1", card="1185_HTA"),
        person("P2", born="2016-05-05", card="1185_JUNIOR"),
        person("P3", card="1185_GA_2"),
        thing("D", "DOG"),
        thing("B", "BICYCLE"),
    ]
    offer = offer_of(offers(either, *party), "P2P")
    prices = [part["price"]["amount"] for part in offer["admissionOfferParts"]]
    assert prices == [2560, 0, 0, 2560, 1500]
    first = offer_of(offers(either, *party), "P2P", "FIRST")
    assert [part["price"]["amount"] for part in first["admissionOfferParts"]] == [
        4480,
        0,
        8940 - 5100,
        2560,
        1500,
    ]
    booking = either.call("POST", "/bookings", booking_request(offer, party))["booking"]
    assert booking["provisionalPrice"]["amount"] == sum(prices)


def test_plain_has_one_fulfillment_with_a_link_to_its_document(plain: OsdmClient) -> None:
    booking = sold(plain, "P2P", person("P1"), person("P2"))
    assert len(booking["fulfillments"]) == 1
    assert booking["fulfillmentStatus"] == "COMPLETE"
    document = booking["fulfillments"][0]["fulfillmentDocuments"][0]
    assert document["format"] == "application/pdf"
    answer = httpx.get(document["downloadLink"])
    assert answer.headers["Content-Type"] == "application/pdf"
    text = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert booking["bookingCode"] in text
    assert "Muster0" in text
    assert "Muster1" in text


def test_strict_has_one_fulfillment_each_and_brings_the_documents_later(
    strict: OsdmClient,
) -> None:
    booking = held(strict, "P2P", person("P1"), person("P2"))
    address = f"/bookings/{booking['id']}"
    answer = strict.call("POST", f"{address}/fulfillments", {}, expect=202)
    assert answer["fulfillments"] == []
    waiting = read(strict, booking["id"])
    assert waiting["fulfillmentStatus"] == "PENDING"
    assert [each["status"] for each in waiting["fulfillments"]] == ["CONFIRMED"] * 2
    assert "fulfillmentDocuments" not in waiting
    strict.call("PATCH", f"{address}/fulfillments", {"fulfillmentUpdates": []}, expect=202)
    booking = sold(strict, "P2P", person("P1"), person("P2"))
    assert booking["fulfillmentStatus"] == "COMPLETE"
    references = [each["fulfillmentDocumentRefs"] for each in booking["fulfillments"]]
    assert references == [[each["id"]] for each in booking["fulfillmentDocuments"]]
    one = strict.call("GET", f"/fulfillments/{booking['fulfillments'][1]['id']}")
    text = PdfReader(io.BytesIO(base64.b64decode(one["fulfillmentDocuments"][0]["content"])))
    assert "Muster1" in text.pages[0].extract_text()
    assert "Muster0" not in text.pages[0].extract_text()


def test_plain_keeps_its_ids_and_strict_renumbers(plain: OsdmClient, strict: OsdmClient) -> None:
    for client, same in ((plain, True), (strict, False)):
        offer = offer_of(offers(client), "P2P")
        answer = client.call("POST", "/bookings", booking_request(offer, [person()]))
        booked = answer["booking"]["bookedOffers"][0]
        assert (booked["offerId"] == offer["offerId"]) is same
        part = offer["admissionOfferParts"][0]["id"]
        assert (booked["admissions"][0]["id"] == part) is same
        assert booked["externalRef"] == "item-1"
        assert ("confirmableUntil" in booked["admissions"][0]) is same
        assert ("scale" in booked["admissions"][0]["price"]) is same


def test_a_return_ticket_is_one_offer_for_both_ways(either: OsdmClient) -> None:
    body = {
        "tripSearchCriteria": {
            **trip_criteria(10),
            "returnSearchParameters": {"departureTime": trip_criteria(12)["departureTime"]},
        },
        "anonymousPassengerSpecifications": [person()],
    }
    answer = either.call("POST", "/offers", body)
    ways = {trip["id"]: trip["direction"] for trip in answer["trips"]}
    offer = offer_of(answer, "P2P")
    assert offer["admissionOfferParts"][0]["price"]["amount"] == 2 * 5100
    assert ways[offer["tripCoverage"]["coveredTripId"]] == "OUT_BOUND"
    assert ways[offer["inboundTripCoverage"]["coveredTripId"]] == "IN_BOUND"
    outbound = [each for each, way in ways.items() if way == "OUT_BOUND"]
    inbound = [each for each, way in ways.items() if way == "IN_BOUND"]
    pair = {
        "tripIds": outbound[2:3],
        "inboundTripIds": inbound[3:4],
        "anonymousPassengerSpecifications": [person()],
    }
    chosen = offer_of(either.call("POST", "/offers", pair), "SUPERSAVER")
    assert chosen["tripCoverage"]["coveredTripId"] == outbound[2]
    assert chosen["inboundTripCoverage"]["coveredTripId"] == inbound[3]
    booking = either.call("POST", "/bookings", booking_request(chosen, [person()]))["booking"]
    assert [trip["id"] for trip in booking["trips"]] == [outbound[2], inbound[3]]
