"""Keycloak as the rest of this package sees it; one per process."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from agenturclient.identity.keycloak.errors import ClientRefused, CodeRefused, KeycloakAway
from agenturclient.identity.keycloak.keys import KeyRing
from agenturclient.identity.keycloak.people import People, Person
from agenturclient.identity.keycloak.service_account import FORM, ServiceAccount
from agenturclient.outbound.messages import NoResponse, Operation, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jwt import PyJWK

    from agenturclient.identity.keycloak.config import KeycloakConfig
    from agenturclient.outbound.guard import Guard

logger = logging.getLogger(__name__)

SIGN_IN_LANE: Final = "sign-in"


class Keycloak:
    """Thread-safe. Nothing is opened before the first call.

    `guard` needs the lanes `sign-in`, `directory` and `service-account`.
    """

    def __init__(self, config: KeycloakConfig, guard: Guard) -> None:
        self.config = config
        self.service_account = ServiceAccount(config, guard)
        self._guard = guard
        self._keys = KeyRing(self._fetch_keys)
        self._people = People(config, guard, self.service_account)
        seconds = config.sign_in_seconds
        self._read_keys = Operation("keycloak keys", SIGN_IN_LANE, seconds)
        # A write, so that it is never repeated: a code is good for one use.
        self._exchange = Operation("keycloak code", SIGN_IN_LANE, seconds, writes=True)

    def answers(self) -> bool:
        """Whether Keycloak has served its keys within the last seconds, else now."""
        try:
            self._keys.refresh()
        except KeycloakAway as failure:
            logger.warning("Keycloak does not answer: %s", failure)
            return False
        return True

    def key(self, name: str) -> PyJWK:
        """The key of that id. Raises UnknownKey, KeycloakAway."""
        return self._keys.key(name)

    def person(self, subject: str) -> Person | None:
        """What Keycloak knows of a person now. Raises KeycloakAway, ClientRefused."""
        return self._people.person(subject)

    def exchange(self, form: Mapping[str, str]) -> Mapping[str, Any]:
        """The tokens for a sign-in code. Raises KeycloakAway, ClientRefused, CodeRefused."""
        request = Request("POST", self.config.token_url, FORM, urlencode(form).encode())
        response = self._send(self._exchange, request)
        body = _json(response.body)
        if response.status == HTTPStatus.OK and isinstance(body, dict):
            return body
        error = body.get("error") if isinstance(body, dict) else None
        if error == "invalid_grant":
            raise CodeRefused
        if error in ("invalid_client", "unauthorized_client"):
            logger.error("ALARM: Keycloak refuses the client of this program (%s)", error)
            raise ClientRefused(str(error))
        raise KeycloakAway(f"token endpoint: status {response.status}")

    def _fetch_keys(self) -> Any:
        request = Request("GET", self.config.keys_url, {"Accept": "application/json"})
        response = self._send(self._read_keys, request)
        if response.status != HTTPStatus.OK:
            raise KeycloakAway(f"keys: status {response.status}")
        return _json(response.body)

    def _send(self, operation: Operation, request: Request) -> Any:
        try:
            return self._guard.send(operation, request)
        except NoResponse as failure:
            raise KeycloakAway(str(failure)) from failure


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
