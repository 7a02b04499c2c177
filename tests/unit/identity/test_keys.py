"""The keys of the identity provider: kept, asked for again, and never asked for without end."""

from __future__ import annotations

from typing import Any

import pytest

from agenturclient.identity.keycloak.errors import KeycloakAway, UnknownKey
from agenturclient.identity.keycloak.keys import KeyRing
from tests.identity_provider import published


class Published:
    """A list of keys that counts how often it is read, and a clock."""

    def __init__(self, *names: str) -> None:
        self.names = list(names)
        self.reads = 0
        self.now = 1000.0
        self.ring = KeyRing(self.read, now=lambda: self.now)

    def read(self) -> Any:
        """The JWKS document."""
        self.reads += 1
        return {"keys": [published(name) for name in self.names]}


def test_a_key_is_read_once_in_five_minutes() -> None:
    keys = Published("first")
    for _ in range(3):
        assert keys.ring.key("first").key_id == "first"
    keys.now += 299
    keys.ring.key("first")
    assert keys.reads == 1
    keys.now += 2
    keys.ring.key("first")
    assert keys.reads == 2


def test_a_key_that_is_new_is_found_at_once() -> None:
    keys = Published("first")
    keys.ring.key("first")
    keys.names, keys.now = ["second"], keys.now + 11
    assert keys.ring.key("second").key_id == "second"


def test_a_key_that_was_withdrawn_counts_no_longer_than_five_minutes() -> None:
    keys = Published("first")
    keys.ring.key("first")
    keys.names, keys.now = ["second"], keys.now + 300
    with pytest.raises(UnknownKey):
        keys.ring.key("first")


def test_any_number_of_unknown_keys_costs_one_read_in_ten_seconds() -> None:
    keys = Published("first")
    keys.ring.key("first")
    keys.now += 11
    for number in range(100):
        with pytest.raises(UnknownKey):
            keys.ring.key(f"forged-{number}")
    assert keys.reads == 2


@pytest.mark.parametrize("change", [{"use": "enc"}, {"alg": "RS512"}])
def test_a_key_for_anything_else_is_not_used(change: dict[str, str]) -> None:
    ring = KeyRing(lambda: {"keys": [published("first") | change]})
    with pytest.raises(UnknownKey):
        ring.key("first")


@pytest.mark.parametrize(
    "document", [None, [], {}, {"keys": [None]}, {"keys": [{}]}, {"keys": [{"kid": "x"}]}]
)
def test_a_list_that_cannot_be_read_is_no_answer(document: Any) -> None:
    with pytest.raises(KeycloakAway):
        KeyRing(lambda: document).key("first")
