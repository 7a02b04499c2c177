"""The published file, relaxed, still finds what is wrong; or the other tests prove nothing."""

from typing import Any

import pytest

from tests.contract.sandbox.osdm_file import OsdmFile

TICKET: dict[str, Any] = {"$ref": "#/components/schemas/Admission"}
PLACES: dict[str, Any] = {"$ref": "#/components/schemas/PlaceResponse"}
BERN: dict[str, Any] = {
    "objectType": "StopPlace",
    "id": "urn:uic:stn:8507000",
    "name": "Bern",
    "ref": {"objectType": "StopPlaceRef", "stopPlaceRef": "urn:uic:stn:8507000"},
}


def test_a_legal_message_is_let_through(file: OsdmFile) -> None:
    assert file.errors(PLACES, {"places": [BERN]}) == []
    assert file.unknown_properties(PLACES, {"places": [BERN]}) == []


def test_a_missing_property_of_a_subtype_is_found(file: OsdmFile) -> None:
    nameless = {key: value for key, value in BERN.items() if key != "name"}
    assert file.errors(PLACES, {"places": [nameless]}) == [
        "$.places[0]: 'name' is a required property"
    ]


@pytest.mark.parametrize(
    ("place", "at"),
    [
        ({**BERN, "platforms": 12}, "$.places[0].platforms"),
        ({**BERN, "ref": {**BERN["ref"], "uic": 1}}, "$.places[0].ref.uic"),
    ],
)
def test_a_property_that_the_file_does_not_know_is_reported(
    file: OsdmFile, place: dict[str, Any], at: str
) -> None:
    assert file.unknown_properties(PLACES, {"places": [place]}) == [at]


def test_a_status_that_is_not_in_a_closed_list_is_found(file: OsdmFile) -> None:
    errors = file.errors(TICKET, {"objectType": "Admission", "id": "a", "status": "SOLD"})
    assert any("'SOLD' is not one of" in each for each in errors)


def test_a_deadline_without_an_offset_is_found(file: OsdmFile) -> None:
    schema = {"$ref": "#/components/schemas/RefundOffer"}
    errors = file.errors(schema, {"validUntil": "2026-12-01T10:00:00"})
    assert any("is not a 'date-time'" in each for each in errors)
