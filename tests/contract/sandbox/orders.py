"""Requests as a retailer writes them, and the few steps that most tests begin with."""

from datetime import datetime, time, timedelta
from typing import Any

from tests.contract.sandbox.osdm_client import OsdmClient

Json = dict[str, Any]

# Where the sandboxes' clocks begin, so that timetable and quotas are always the same.
TODAY = datetime.fromisoformat("2027-03-02T10:00:00+01:00")
BERN, ZURICH, LUZERN, INTERLAKEN = 8507000, 8503000, 8505000, 8507492
OPTIONS = [{"type": "ETICKET", "media": "PDF_A4"}]


def place(uic: int) -> Json:
    """A station's reference."""
    return {"objectType": "StopPlaceRef", "stopPlaceRef": f"urn:uic:stn:{uic}"}


def person(ref: str = "P1", born: str = "1990-01-01", card: str | None = None) -> Json:
    """A person as an offer request names one."""
    specification: Json = {"externalRef": ref, "type": "PERSON", "dateOfBirth": born}
    if card is not None:
        kind = "TRAVEL_PASS" if "_GA_" in card else "REDUCTION_CARD"
        specification["cards"] = [{"type": kind, "code": card, "issuer": "urn:uic:rics:1185"}]
    return specification


def thing(ref: str, kind: str) -> Json:
    """A dog or a bicycle."""
    return {"externalRef": ref, "type": kind}


def trip_criteria(days: int = 10, at: str = "08:00", **more: Any) -> Json:
    """Bern to Zürich so many days from now."""
    travels = TODAY.date() + timedelta(days=days)
    moment = datetime.combine(travels, time.fromisoformat(at)).isoformat()
    return {"departureTime": moment, "origin": place(BERN), "destination": place(ZURICH), **more}


def offers(
    client: OsdmClient, *travellers: Json, days: int = 10, trips: int = 5, **wish: Any
) -> Json:
    """The answer to an offer request for Bern-Zürich."""
    body: Json = {
        "tripSearchCriteria": trip_criteria(
            days, parameters={"numberOfResultsBefore": 0, "numberOfResultsAfter": trips}
        ),
        "anonymousPassengerSpecifications": list(travellers or (person(),)),
        "requestedFulfillmentOptions": OPTIONS,
    }
    if wish:
        body["offerSearchCriteria"] = wish
    return client.call("POST", "/offers", body)


def passes(client: OsdmClient, *travellers: Json, days: int = 20, **wish: Any) -> Json:
    """The answer to an offer request without a trip."""
    first = TODAY.date() + timedelta(days=days)
    body: Json = {
        "nonTripSearchCriteria": {"validFrom": f"{first.isoformat()}T00:00:00"},
        "anonymousPassengerSpecifications": list(travellers or (person(),)),
    }
    if wish:
        body["offerSearchCriteria"] = wish
    return client.call("POST", "/offers", body)


def offer_of(answer: Json, code: str, travel_class: str = "SECOND") -> Json:
    """The first offer of a product code and class."""
    found: Json = next(
        offer
        for offer in answer["offers"]
        if offer["products"][0]["code"] == code
        and offer["offerSummary"]["overallTravelClass"] == travel_class
    )
    return found


def booking_request(offer: Json, travellers: list[Json], reference: str = "AC-1") -> Json:
    """A request that books the offer for the travellers of its search, named Test 0, Test 1, ..."""
    specifications = []
    for index, each in enumerate(travellers):
        specification = {**each}
        if each["type"] == "PERSON":
            specification["detail"] = {"firstName": "Test", "lastName": f"Muster{index}"}
        specifications.append(specification)
    return {
        "offers": [
            {
                "offerId": offer["offerId"],
                "passengerRefs": offer["passengerRefs"],
                "externalRef": "item-1",
            }
        ],
        "externalRef": reference,
        "passengerSpecifications": specifications,
        "purchaser": {"companyDetails": {"name": "Reisebüro Muster AG"}},
    }


def held(
    client: OsdmClient,
    code: str = "P2P",
    *travellers: Json,
    reference: str = "AC-1",
    days: int = 10,
) -> Json:
    """A fresh booking of that product on Bern-Zürich, 2nd class."""
    party = list(travellers or (person(),))
    offer = offer_of(offers(client, *party, days=days, trips=1), code)
    booking: Json = client.call("POST", "/bookings", booking_request(offer, party, reference))
    return dict(booking["booking"])


def sold(client: OsdmClient, code: str = "P2P", *travellers: Json, days: int = 10) -> Json:
    """A booking that is confirmed, with its documents; time is moved on when they come late."""
    booking = held(client, code, *travellers, days=days)
    expect = 202 if client.late_documents else 200
    client.call("POST", f"/bookings/{booking['id']}/fulfillments", {}, expect=expect)
    if client.late_documents:
        client.sandbox.clock_set(client.sandbox.clock() + timedelta(seconds=3))
    return read(client, booking["id"])


def read(client: OsdmClient, booking_id: str) -> Json:
    """The booking as it stands."""
    answer: Json = client.call("GET", f"/bookings/{booking_id}?embed=ALL")
    return dict(answer["booking"])


def statuses(booking: Json) -> list[str]:
    """The states of its parts."""
    return [part["status"] for offer in booking["bookedOffers"] for part in offer["admissions"]]


def code(problem: Json) -> str:
    """A problem's code without its prefix."""
    return str(problem["code"]).rpartition(":")[2]


def warnings(answer: Json) -> list[str]:
    """The codes of the warnings in an answer."""
    return [code(each) for each in answer.get("problems", [])]
