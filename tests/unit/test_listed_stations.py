"""The shipped list of stations, for a distributor without a search for places."""

import pytest

from agenturclient.distributors.stations import ListedStation, find_listed_stations


def names(text: str, *, limit: int = 5) -> list[str]:
    return [one.name for one in find_listed_stations(text, limit=limit)]


@pytest.mark.parametrize(
    ("text", "station"),
    [
        ("BN", ListedStation(8507000, "BN", "Bern")),
        ("ZUE", ListedStation(8503000, "ZUE", "Zürich HB")),
        ("ge", ListedStation(8501008, "GE", "Genève")),
    ],
)
def test_the_official_abbreviation_comes_first(text: str, station: ListedStation) -> None:
    assert find_listed_stations(text, limit=1) == (station,)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("zurich", "Zürich HB"),
        ("zuerich", "Zürich HB"),
        ("ZÜRICH H", "Zürich HB"),
        ("st gallen", "St. Gallen"),
        ("st. gallen", "St. Gallen"),
        ("genf", "Genève"),
        ("Ginevra", "Genève"),
        ("bienne", "Biel/Bienne"),
        ("coire", "Chur"),
        ("lucerne", "Luzern"),
        ("bad bf", "Basel Bad Bf"),
    ],
)
def test_a_station_is_found_in_every_spelling_and_language(text: str, name: str) -> None:
    assert names(text, limit=1) == [name]


def test_stations_of_one_name_are_ranked_by_passengers() -> None:
    assert names("pfäffikon") == ["Pfäffikon SZ", "Pfäffikon ZH"]
    assert names("interlaken", limit=2) == ["Interlaken Ost", "Interlaken West"]
    assert names("genève", limit=2) == ["Genève", "Genève-Aéroport"]


def test_the_list_has_stations_of_small_railways_too() -> None:
    assert names("jungfraujoch") == ["Jungfraujoch"]
    assert names("heiden", limit=1) == ["Heiden"]


@pytest.mark.parametrize("text", ["", "  ", "...", "no such place"])
def test_nothing_is_found_for_nothing(text: str) -> None:
    assert find_listed_stations(text, limit=5) == ()


def test_no_more_than_the_limit_is_returned() -> None:
    assert len(find_listed_stations("b", limit=7)) == 7
