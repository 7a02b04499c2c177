"""What of a declaration is not so yet."""

from typing import Any

import pytest

from keycloak.applier.compare import MASKED, differences, merged


@pytest.mark.parametrize(
    ("declared", "actual"),
    [
        ({"enabled": True}, {"enabled": True, "id": "made by Keycloak"}),
        ({"locales": ["de", "fr"]}, {"locales": ["fr", "de"]}),
        ({"attributes": {"a": "1"}}, {"attributes": {"a": "1", "b": "2"}}),
        ({"frontendUrl": ""}, {}),
        ({"redirectUris": []}, {}),
        ({"secret": "mine"}, {"secret": MASKED}),
        ({"rows": [{"name": "x"}]}, {"rows": [{"name": "x", "id": 7}]}),
    ],
)
def test_what_is_so_already_is_no_difference(
    declared: dict[str, Any], actual: dict[str, Any]
) -> None:
    assert differences(declared, actual) == []


@pytest.mark.parametrize(
    ("declared", "actual", "found"),
    [
        ({"enabled": True}, {"enabled": False}, ["enabled"]),
        ({"enabled": False}, {}, ["enabled"]),
        (
            {"attributes": {"a": "1", "b": "2"}},
            {"attributes": {"a": "2"}},
            ["attributes.a", "attributes.b"],
        ),
        ({"attributes": {"a": "1"}}, {"attributes": None}, ["attributes.a"]),
        ({"uris": ["a"]}, {"uris": ["a", "b"]}, ["uris"]),
        ({"uris": ["a", "b"]}, {"uris": ["a", "c"]}, ["uris"]),
        ({"uris": []}, {"uris": ["*"]}, ["uris"]),
        ({"rows": [{"name": "x"}]}, {"rows": [{"name": "y"}]}, ["rows"]),
    ],
)
def test_what_is_not_so_is_named(
    declared: dict[str, Any], actual: dict[str, Any], found: list[str]
) -> None:
    assert differences(declared, actual) == found


def test_a_masked_secret_differs_only_when_secrets_are_to_be_written() -> None:
    declared, actual = {"config": {"clientSecret": "new"}}, {"config": {"clientSecret": MASKED}}

    assert differences(declared, actual) == []
    assert differences(declared, actual, write_secrets=True) == ["config.clientSecret"]


def test_merging_keeps_what_is_not_declared() -> None:
    declared = {"name": "new", "attributes": {"a": "1"}}
    actual = {"id": "7", "name": "old", "attributes": {"a": "0", "b": "2"}}

    assert merged(declared, actual) == {
        "id": "7",
        "name": "new",
        "attributes": {"a": "1", "b": "2"},
    }
    assert actual["attributes"] == {"a": "0", "b": "2"}
