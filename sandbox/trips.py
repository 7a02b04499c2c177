"""Connections on the wire. A trip's id is the journey itself, so it stays valid without memory."""

import base64
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.jsontypes import Json
from sandbox.network.journeys import Call as Stop
from sandbox.network.journeys import Journey, Request, Ride, journey_from_key, plan
from sandbox.places import reference, station_of
from sandbox.problems import Problem
from sandbox.wire import Answer, Call, count, invalid, mapping, mappings, moment

MOST_TRIPS = 20
HORIZON_DAYS = 180
MODES = {"IC": "INTERCITY", "IR": "INTERREGIONAL", "RE": "REGIONAL", "S": "URBAN"}


@dataclass(frozen=True)
class Codes:
    """The problem codes of a search; trips and offers have their own for the same mistakes."""

    place: str
    bounds: str


TRIP_CODES = Codes("TRIP_PLACE_UNKNOWN", "TRIP_SEARCH_CRITERIA_OUTSIDE_BOUNDARY")
OFFER_CODES = Codes("OFFER_PLACE_UNKNOWN", "OFFER_SEARCH_CRITERIA_OUT_OF_BOUNDS")


@dataclass(frozen=True)
class Criteria:
    """A trip search that was understood."""

    request: Request
    before: int
    after: int


def criteria(value: Json, now: datetime, codes: Codes, pointer: str = "") -> Criteria:
    """Read `TripSearchCriteria`. Raises Problem for unknown places and times out of bounds."""
    parameters = mapping(value.get("parameters"), f"{pointer}/parameters")
    arrive_by = value.get("arrivalTime") is not None
    if arrive_by == (value.get("departureTime") is not None):
        raise invalid("exactly one of departureTime and arrivalTime is expected", pointer or "/")
    name = "arrivalTime" if arrive_by else "departureTime"
    request = Request(
        origin=station_of(value.get("origin"), f"{pointer}/origin", codes.place).uic,
        destination=station_of(value.get("destination"), f"{pointer}/destination", codes.place).uic,
        when=within(moment(value[name], f"{pointer}/{name}"), now, codes, f"{pointer}/{name}"),
        arrive_by=arrive_by,
        via=_vias(value, codes, pointer),
        max_changes=count(
            parameters.get("transferLimit"), f"{pointer}/parameters", default=4, most=4
        ),
    )
    if request.origin == request.destination:
        raise Problem(400, codes.bounds, "origin and destination are the same station")
    before, after = results_wanted(parameters, f"{pointer}/parameters", arrive_by=arrive_by)
    return Criteria(request, before, after)


def _vias(value: Json, codes: Codes, pointer: str) -> tuple[int, ...]:
    found = mappings(value.get("vias"), f"{pointer}/vias")
    return tuple(
        station_of(each.get("viaPlace"), f"{pointer}/vias/{index}/viaPlace", codes.place).uic
        for index, each in enumerate(found)
    )


def results_wanted(parameters: Json, pointer: str, *, arrive_by: bool) -> tuple[int, int]:
    """How many results before and after the time; who searches by arrival wants those before."""
    if arrive_by and not {"numberOfResultsBefore", "numberOfResultsAfter"} & parameters.keys():
        return 5, 0
    return (
        count(parameters.get("numberOfResultsBefore"), pointer, default=0, most=MOST_TRIPS),
        count(parameters.get("numberOfResultsAfter"), pointer, default=5, most=MOST_TRIPS),
    )


def within(when: datetime, now: datetime, codes: Codes, pointer: str) -> datetime:
    """The time, when it is not before today and at most 180 days ahead."""
    if when.date() < now.date():
        raise Problem(400, codes.bounds, "the date is in the past", pointers=[pointer])
    if when.date() > now.date() + timedelta(days=HORIZON_DAYS):
        detail = f"sales open {HORIZON_DAYS} days ahead"
        raise Problem(400, codes.bounds, detail, pointers=[pointer])
    return when


def found(wanted: Criteria) -> tuple[Journey, ...]:
    """The connections, by departure."""
    return tuple(plan(wanted.request, before=wanted.before, after=wanted.after))


def journey_of(trip: str, code: str) -> Journey:
    """The journey of a trip id; Problem with that code when it is none."""
    journey = journey_from_key(trip)
    if journey is None:
        raise Problem(404, code, "no such trip")
    return journey


def search(call: Call) -> Answer:
    """`POST /trips-collection`."""
    return _collection(call, found(criteria(call.body, call.now, TRIP_CODES)))


def _collection(call: Call, journeys: Sequence[Journey]) -> Answer:
    if not journeys:
        call.warnings.add("TRIP_NO_SEARCH_RESULT", "no connection was found")
    keys = "\n".join(journey.key for journey in journeys)
    body = {
        "id": base64.urlsafe_b64encode(zlib.compress(keys.encode())).decode(),
        "trips": [trip(journey) for journey in journeys],
    }
    return Answer(call.warnings.into(body))


def collection(call: Call) -> Answer:
    """`GET /trips-collections/{id}`: the id carries the trips."""
    try:
        keys = zlib.decompress(base64.urlsafe_b64decode(call.params["collection"])).decode()
    except (ValueError, zlib.error):
        raise Problem(404, "RESOURCE_NOT_FOUND", "no such collection of trips") from None
    return _collection(
        call, [journey_of(key, "RESOURCE_NOT_FOUND") for key in keys.split("\n") if key]
    )


def one(call: Call) -> Answer:
    """`GET /trips/{id}`."""
    journey = journey_of(call.params["trip"], "RESOURCE_NOT_FOUND")
    return Answer(call.warnings.into({"trip": trip(journey)}))


def leg_ids(journey: Journey) -> list[str]:
    """The ids of a trip's legs."""
    return [f"{journey.key}#{index}" for index, _ in enumerate(journey.rides, 1)]


def trip(journey: Journey, direction: str = "OUT_BOUND") -> Json:
    """The OSDM `Trip` of a journey."""
    first, last = journey.rides[0].calls[0].station, journey.rides[-1].calls[-1].station
    return {
        "id": journey.key,
        "summary": f"{first.name} - {last.name}",
        "duration": duration(journey.duration),
        "direction": direction,
        "origin": reference(first.uic),
        "originName": first.name,
        "destination": reference(last.uic),
        "destinationName": last.name,
        "startTime": iso(journey.departure),
        "endTime": iso(journey.arrival),
        "transfers": journey.changes,
        "distance": round(journey.kilometres * 1000),
        "legs": [
            {"id": leg, "timedLeg": _leg(ride)}
            for leg, ride in zip(leg_ids(journey), journey.rides, strict=True)
        ],
    }


def _leg(ride: Ride) -> Json:
    start, end = ride.calls[0], ride.calls[-1]
    return {
        "start": {**_stop(start), "serviceDeparture": _time(start.departure)},
        "intermediates": list(_intermediates(ride.calls[1:-1])),
        "end": {**_stop(end), "serviceArrival": _time(end.arrival)},
        "service": {
            "mode": {"ptMode": MODES.get(ride.category, "TRAIN")},
            "productCategory": {
                "name": ride.category,
                "shortName": ride.category,
                "productCategoryRef": f"urn:x_sandbox:category:{ride.category}",
            },
            "publishedServiceName": f"{ride.line} {ride.direction}",
            "vehicleNumbers": [str(ride.number)],
            "lineNumbers": [ride.line],
            "carriers": [{"ref": f"urn:uic:rics:{ride.operator}"}],
        },
    }


def _intermediates(calls: Iterable[Stop]) -> Iterable[Json]:
    for call in calls:
        yield {
            **_stop(call),
            "serviceArrival": _time(call.arrival or call.departure),
            "serviceDeparture": _time(call.departure or call.arrival),
        }


def _stop(call: Stop) -> Json:
    return {
        "stopPlaceRef": reference(call.station.uic),
        "stopPlaceName": call.station.name,
        "plannedStopPointName": call.platform,
    }


def _time(moment_: datetime | None) -> Json:
    if moment_ is None:
        raise ValueError("a train calls at a station at no time")
    return {"timetabledTime": iso(moment_)}


def iso(moment_: datetime) -> str:
    """A time with its offset, never `Z`, to the second."""
    return moment_.isoformat(timespec="seconds")


def duration(length: timedelta) -> str:
    """An ISO 8601 duration in hours and minutes."""
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    return "PT" + (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes or not hours else "")
