"""The sandbox's stations and what a person may type to find one."""

import csv
from pathlib import Path

import pytest

from sandbox.network.stations import all_stations, find_stations, station

SHARED = Path(__file__).parents[4] / "shared" / "data" / "stations-ch.csv"


def names(text: str, *, limit: int = 5) -> list[str]:
    return [one.name for one in find_stations(text, limit=limit)]


@pytest.mark.parametrize(
    ("code", "uic", "name"),
    [
        ("BN", 8507000, "Bern"),
        ("ZUE", 8503000, "Zürich HB"),
        ("GE", 8501008, "Genève"),
        ("BS", 8500010, "Basel SBB"),
        ("CH", 8509000, "Chur"),
    ],
)
def test_the_official_abbreviation_comes_first(code: str, uic: int, name: str) -> None:
    for text in (code, code.lower(), f" {code} "):
        found = find_stations(text, limit=1)[0]
        assert (found.uic, found.code, found.name) == (uic, code, name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("bern", "Bern"),
        ("Berne", "Bern"),
        ("Berna", "Bern"),
        ("zurich", "Zürich HB"),
        ("zuerich", "Zürich HB"),
        ("Zurigo", "Zürich HB"),
        ("zurich airport", "Zürich Flughafen"),
        ("Zurich Aéroport", "Zürich Flughafen"),
        ("zür flug", "Zürich Flughafen"),
        ("Genf", "Genève"),
        ("ginevra", "Genève"),
        ("geneva", "Genève"),
        ("genf flughafen", "Genève-Aéroport"),
        ("bâle", "Basel SBB"),
        ("Basilea", "Basel SBB"),
        ("lucerne", "Luzern"),
        ("st gallen", "St. Gallen"),
        ("Sankt Gallen", "St. Gallen"),
        ("saint-gall", "St. Gallen"),
        ("San Gallo", "St. Gallen"),
        ("freiburg", "Fribourg/Freiburg"),
        ("bienne", "Biel/Bienne"),
        ("coira", "Chur"),
        ("Cuira", "Chur"),
        ("Sitten", "Sion"),
        ("viege", "Visp"),
        ("neuenburg", "Neuchâtel"),
        ("soleure", "Solothurn"),
        ("thoune", "Thun"),
        ("losanna", "Lausanne"),
        ("san murezzan", "St. Moritz"),
    ],
)
def test_a_station_is_found_in_every_spelling_and_language(text: str, name: str) -> None:
    assert names(text, limit=1) == [name]


def test_stations_of_one_name_are_ranked_by_passengers() -> None:
    assert names("pfäffikon") == ["Pfäffikon SZ", "Pfäffikon ZH"]
    assert names("Pfaeffikon") == ["Pfäffikon SZ", "Pfäffikon ZH"]
    assert names("interlaken") == ["Interlaken Ost", "Interlaken West"]
    assert names("basel") == ["Basel SBB", "Basel Dreispitz", "Basel Bad Bf"]
    assert names("genève", limit=2) == ["Genève", "Genève-Aéroport"]
    assert names("wil", limit=1) == ["Wil SG"]
    assert names("baden", limit=1) == ["Baden"]


def test_beginnings_of_names_go_before_beginnings_of_words() -> None:
    assert names("ost", limit=2) == ["Ostermundigen", "Interlaken Ost"]


@pytest.mark.parametrize("text", ["", "   ", "-", "no such place"])
def test_nothing_is_found_for_nothing(text: str) -> None:
    assert find_stations(text, limit=5) == ()


def test_no_more_than_the_limit_is_returned() -> None:
    assert len(find_stations("s", limit=3)) == 3
    assert find_stations("s", limit=0) == ()


def test_a_station_knows_its_names_in_other_languages() -> None:
    assert station(8501008).aliases == {"de": "Genf", "it": "Ginevra", "en": "Geneva"}
    assert station(8507000).aliases["fr"] == "Berne"


def test_an_unknown_number_is_an_error() -> None:
    with pytest.raises(KeyError):
        station(8500000)


def test_there_are_more_than_two_hundred_stations() -> None:
    assert len(all_stations()) == 1028
    assert len({one.uic for one in all_stations()}) == 1028


@pytest.mark.skipif(not SHARED.exists(), reason="the station file beside the project is missing")
def test_numbers_codes_and_places_are_those_of_the_official_file() -> None:
    with SHARED.open(encoding="utf-8", newline="") as table:
        official = {int(row["uic"]): row for row in csv.DictReader(table)}
    for one in all_stations():
        row = official[one.uic]
        assert (one.name, one.code) == (row["name"], row["code"])
        assert (one.latitude, one.longitude) == (float(row["lat"]), float(row["lon"]))
        assert one.passengers == int(row["passengers_per_day"] or 0)
