"""Minimal OSDM messages of our own, as a distributor would send them."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def price(amount: int, **more: object) -> Json:
    """A Price in Swiss francs."""
    return {"currency": "CHF", "amount": amount, **more}


def offer(**more: object) -> Json:
    """A supersaver from Bern to Zürich for P1."""
    return {
        "offerId": "o1",
        "createdOn": "2026-11-21T10:24:34+00:00",
        "preBookableUntil": "2026-11-21T10:54:34+00:00",
        "passengerRefs": ["P1"],
        "offerSummary": {
            "minimalPrice": price(3400),
            "overallServiceClass": {"type": "BASIC", "name": "2. Klasse"},
            "overallTravelClass": "SECOND",
            "overallFlexibility": "NON_FLEXIBLE",
        },
        "products": [product()],
        "tripCoverage": {"coveredTripId": "t1"},
        "admissionOfferParts": [offer_part()],
        **more,
    }


def product(**more: object) -> Json:
    """A product bound to its train."""
    return {
        "id": "prod-SPAR",
        "code": "SPAR",
        "flexibility": "NON_FLEXIBLE",
        "isTrainBound": True,
        **more,
    }


def offer_part(**more: object) -> Json:
    """The right to travel, for 34 francs."""
    return {
        "objectType": "AdmissionOfferPart",
        "id": "a1",
        "validFrom": "2026-12-10T07:00:00+01:00",
        "validUntil": "2026-12-11T05:00:00+01:00",
        "price": price(3400, scale=2),
        "offerMode": "INDIVIDUAL",
        "passengerRefs": ["P1"],
        "refundable": "WITH_CONDITION",
        "products": [{"productId": "prod-SPAR"}],
        **more,
    }


def trip(**more: object) -> Json:
    """One ride from Bern to Zürich."""
    place = {"objectType": "StopPlaceRef", "stopPlaceRef": "urn:uic:stn:8507000"}
    other = {"objectType": "StopPlaceRef", "stopPlaceRef": "urn:uic:stn:8503000"}
    return {
        "id": "t1",
        "duration": "PT1H",
        "startTime": "2026-12-10T07:00:00+01:00",
        "endTime": "2026-12-10T08:00:00+01:00",
        "transfers": 0,
        "legs": [
            {
                "id": "leg-1",
                "timedLeg": {
                    "start": {
                        "stopPlaceRef": place,
                        "stopPlaceName": "Bern",
                        "serviceDeparture": {"timetabledTime": "2026-12-10T07:00:00+01:00"},
                    },
                    "end": {
                        "stopPlaceRef": other,
                        "stopPlaceName": "Zürich HB",
                        "serviceArrival": {"timetabledTime": "2026-12-10T08:00:00+01:00"},
                    },
                    "service": {
                        "vehicleNumbers": ["708"],
                        "carriers": [{"ref": "urn:uic:rics:1185"}],
                        "productCategory": {"shortName": "IC"},
                    },
                },
            }
        ],
        **more,
    }


def booking(*parts: Json, **more: object) -> Json:
    """A BookingResponse with these parts, for the passenger P1 of ours (theirs: 77)."""
    return {
        "booking": {
            "id": "b1",
            "createdOn": "2026-11-21T10:24:34+00:00",
            "externalRef": "AC-1",
            "bookingCode": "PNR123",
            "passengers": [{"id": "77", "externalRef": "P1", "type": "PERSON"}],
            "bookedOffers": [{"offerId": "bo1", "admissions": list(parts)}],
            "confirmationTimeLimit": "2026-11-21T10:54:34Z",
            **more,
        }
    }


def part(status: str = "PREBOOKED", **more: object) -> Json:
    """A booked part of 34 francs."""
    return {
        "objectType": "Admission",
        "id": "p1",
        "price": price(3400),
        "status": status,
        "passengerIds": ["77"],
        **more,
    }


def fulfillment(status: str = "FULFILLED", **more: object) -> Json:
    """The proof of the part."""
    return {
        "id": "f1",
        "status": status,
        "bookingRef": "b1",
        "controlNumber": "C1",
        "bookingParts": [{"id": "p1"}],
        **more,
    }


def refund_offer(status: str = "PROPOSED", **more: object) -> Json:
    """Everything back."""
    return {
        "id": "r1",
        "createdOn": "2026-11-21T10:30:00Z",
        "validFrom": "2026-11-21T10:30:00Z",
        "validUntil": "2026-11-21T10:50:00Z",
        "status": status,
        "refundFee": price(0),
        "refundableAmount": price(3400),
        "fulfillments": [fulfillment()],
        **more,
    }
