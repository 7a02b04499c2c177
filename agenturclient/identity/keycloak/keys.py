"""The keys that sign tokens, kept for a while and asked for again when one is not among them."""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from jwt import PyJWK
from jwt.exceptions import PyJWTError

from agenturclient.identity.keycloak.errors import KeycloakAway, UnknownKey

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ALGORITHM: Final = "RS256"
_KEPT_SECONDS: Final = 300.0
# An id that nobody knows costs one more call; so many of them must not cost as many.
_ASKED_AGAIN_SECONDS: Final = 10.0
# Whoever is sent to Keycloak within this time after its death ends at a dead address.
_FRESH_SECONDS: Final = 2.0


class KeyRing:
    """`fetch` reads the JWKS document and may raise KeycloakAway; `now` gives growing seconds."""

    def __init__(
        self, fetch: Callable[[], Any], *, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._now = now
        self._lock = Lock()
        self._keys: Mapping[str, PyJWK] = {}
        self._at = float("-inf")

    def key(self, name: str) -> PyJWK:
        """The key of that id. Raises UnknownKey, KeycloakAway."""
        found = self._known(_KEPT_SECONDS).get(name) or self._known(_ASKED_AGAIN_SECONDS).get(name)
        if found is None:
            raise UnknownKey
        return found

    def refresh(self) -> None:
        """Have keys that are two seconds old at most. Raises KeycloakAway."""
        self._known(_FRESH_SECONDS)

    def _known(self, seconds: float) -> Mapping[str, PyJWK]:
        with self._lock:
            if self._now() - self._at < seconds:
                return self._keys
        keys = _read(self._fetch())
        with self._lock:
            self._keys, self._at = keys, self._now()
        return keys


def _read(document: Any) -> dict[str, PyJWK]:
    """The signing keys of the one algorithm that we accept, by id."""
    try:
        return {
            str(each["kid"]): PyJWK(each, ALGORITHM)
            for each in document["keys"]
            if each.get("use", "sig") == "sig" and each.get("alg", ALGORITHM) == ALGORITHM
        }
    except (KeyError, TypeError, AttributeError, PyJWTError) as failure:
        raise KeycloakAway("the list of keys cannot be read") from failure
