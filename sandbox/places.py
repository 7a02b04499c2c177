"""Stations on the wire: search by name, and the references of other messages."""

from typing import Any

from sandbox.jsontypes import Json
from sandbox.network.stations import Station, all_stations, find_stations, station
from sandbox.problems import Problem
from sandbox.wire import Answer, Call, count, mapping, text

URN = "urn:uic:stn:"
MOST_PLACES = 50


def reference(uic: int) -> Json:
    """The `StopPlaceRef` of a station."""
    return {"objectType": "StopPlaceRef", "stopPlaceRef": f"{URN}{uic}"}


def station_of(value: Any, pointer: str, unknown: str) -> Station:
    """The station that a `PlaceRef` of a request names.

    Raises Problem with the code `unknown` for any other place, and for kinds of places that have
    no trains (addresses, coordinates).
    """
    place = mapping(value, pointer)
    try:
        return by_urn(str(place.get("stopPlaceRef", "")))
    except (KeyError, ValueError):
        raise Problem(400, unknown, "no such station here", pointers=[pointer]) from None


def by_urn(urn: str) -> Station:
    """The station of a URN or bare UIC number; KeyError or ValueError when there is none."""
    return station(int(urn.removeprefix(URN)))


def search(call: Call) -> Answer:
    """`POST /places`: stations by name or abbreviation, best first."""
    wanted = mapping(call.body.get("placeInput"), "/placeInput")
    name = text(wanted.get("name"), "/placeInput/name")
    limit = count(
        mapping(call.body.get("restrictions"), "/restrictions").get("numberOfResults"),
        "/restrictions/numberOfResults",
        default=10,
        most=MOST_PLACES,
    )
    return _answer(call, find_stations(name, limit=limit))


def every(call: Call) -> Answer:
    """`GET /places`: all stations, the busiest first."""
    return _answer(call, sorted(all_stations(), key=lambda each: -each.passengers))


def one(call: Call) -> Answer:
    """`GET /places/{id}`."""
    try:
        return _answer(call, [by_urn(call.params["place"])])
    except (KeyError, ValueError):
        raise Problem(404, "RESOURCE_NOT_FOUND", "no such place") from None


def _answer(call: Call, found: "list[Station] | tuple[Station, ...]") -> Answer:
    if not found:
        raise Problem(404, "PLACE_NO_RESULTS", "no station of that name")
    return Answer(call.warnings.into({"places": [_place(each) for each in found]}))


def _place(found: Station) -> Json:
    translations = [
        {"language": language, "text": alias} for language, alias in found.aliases.items()
    ]
    place: Json = {
        "objectType": "StopPlace",
        "id": f"{URN}{found.uic}",
        "name": found.name,
        "alternativeIds": [f"urn:x_didok:code:{found.code}"] if found.code else [],
        "geoPosition": {"latitude": found.latitude, "longitude": found.longitude},
        "modes": [{"ptMode": "TRAIN"}],
        "ref": reference(found.uic),
    }
    if translations:
        place["nameTranslations"] = translations
    return place
