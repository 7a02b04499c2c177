"""What the tests ask for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from agenturclient.distributors.osdm.mapping_offers import offers
from agenturclient.distributors.osdm.wire import Node
from agenturclient.sales.ports import HoldRequest, Passenger, TravellerSpec, TripQuery
from tests.unit.osdm.messages import offer

TRAVELLER = TravellerSpec("P1", birth_date=date(1990, 1, 1))
PASSENGER = Passenger(TRAVELLER, "Max", "Muster")


def query(language: str = "de") -> TripQuery:
    """From Bern to Zürich at seven."""
    asked = TripQuery(
        "urn:uic:stn:8507000",
        "urn:uic:stn:8503000",
        datetime(2026, 12, 10, 6, tzinfo=UTC),
        (TRAVELLER,),
    )
    return replace(asked, language=language)


def hold_request() -> HoldRequest:
    """The offer of the messages, for one passenger."""
    found = offers(Node({"offers": [offer()]})).offers[0]
    return HoldRequest(found, (PASSENGER,), "AC-1", "Alpenreisen")
