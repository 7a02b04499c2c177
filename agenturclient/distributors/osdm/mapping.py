"""OSDM's places and trips in the port's words. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agenturclient.sales.ports import Leg, Place, Stop, Trip

if TYPE_CHECKING:
    from agenturclient.distributors.osdm.wire import Node

# An alternative id whose last segment is an official abbreviation, as "urn:...:BN".
_CODE = re.compile(r"(?:^|:)([A-Z]{2,5})$")


def places(answer: Node, limit: int) -> tuple[Place, ...]:
    """Stations of a `PlaceResponse`."""
    return tuple(
        Place(each.text("id"), each.text("name"), _code(each))
        for each in answer.nodes("places")
        if each.text_or("objectType", "StopPlace") == "StopPlace"
    )[:limit]


def trips(answer: Node) -> tuple[Trip, ...]:
    """The trips of an `OfferCollectionResponse`."""
    return tuple(_trip(each) for each in answer.nodes("trips"))


def _code(place: Node) -> str | None:
    found = (_CODE.search(each) for each in place.texts("alternativeIds"))
    return next((match.group(1) for match in found if match), None)


def _trip(trip: Node) -> Trip:
    legs = tuple(_leg(each.node("timedLeg")) for each in trip.nodes("legs") if each.has("timedLeg"))
    departure, arrival = trip.moment("startTime"), trip.moment("endTime")
    length = trip.duration("duration") or arrival - departure
    changes = trip.number("transfers")
    first = legs[0].origin.name if legs else ""
    last = legs[-1].destination.name if legs else ""
    return Trip(
        id=trip.text("id"),
        origin=trip.text_or("originName") or first,
        destination=trip.text_or("destinationName") or last,
        departure=departure,
        arrival=arrival,
        duration=int(length.total_seconds() // 60),
        changes=max(0, len(legs) - 1) if changes is None else changes,
        legs=legs,
    )


def _leg(leg: Node) -> Leg:
    service = leg.node("service")
    category = service.node("productCategory")
    short = category.text_or("shortName") or category.text_or("name")
    number = next(iter(service.texts("vehicleNumbers")), "")
    line = _line(service, short, number)
    carriers = service.nodes("carriers")
    return Leg(
        origin=_stop(leg.node("start")),
        destination=_stop(leg.node("end")),
        line=line,
        category=short,
        number=number,
        operator=carriers[0].text_or("ref") if carriers else "",
        direction=service.text_or("publishedServiceName").removeprefix(line).strip(),
        stops=tuple(_stop(each) for each in leg.nodes("intermediates")),
    )


def _line(service: Node, category: str, number: str) -> str:
    """What stands on the train: "IC 1"; the published name or the train's number without a line."""
    line = next(iter(service.texts("lineNumbers")), "")
    if line:
        return line if line.startswith(category) else f"{category} {line}"
    return service.text_or("publishedServiceName") or f"{category} {number}".strip()


def _stop(stop: Node) -> Stop:
    arrival, departure = stop.node("serviceArrival"), stop.node("serviceDeparture")
    return Stop(
        place=stop.node("stopPlaceRef").text("stopPlaceRef"),
        name=stop.text_or("stopPlaceName"),
        arrival=arrival.moment_or_none("timetabledTime"),
        departure=departure.moment_or_none("timetabledTime"),
        platform=stop.text_or("plannedStopPointName"),
    )
