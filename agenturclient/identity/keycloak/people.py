"""What Keycloak knows of a person at this moment, read through the Admin API."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from agenturclient.identity.keycloak.errors import ClientRefused, KeycloakAway
from agenturclient.outbound import deadline
from agenturclient.outbound.messages import NoResponse, Operation, Reason, Request

if TYPE_CHECKING:
    from agenturclient.identity.keycloak.config import KeycloakConfig
    from agenturclient.identity.keycloak.service_account import ServiceAccount
    from agenturclient.outbound.guard import Guard

logger = logging.getLogger(__name__)

LANE: Final = "directory"
_NOBODY: Final = "User not found"
# More groups than anybody has: an agency has five.
_MOST_GROUPS: Final = 1000


@dataclass(frozen=True)
class Person:
    """Whether the account may sign in at all, and the full paths of its groups."""

    enabled: bool
    groups: tuple[str, ...]


class People:
    """Reads accounts with the service account."""

    def __init__(self, config: KeycloakConfig, guard: Guard, account: ServiceAccount) -> None:
        self._guard = guard
        self._account = account
        self._users = f"{config.admin_url}/users"
        self._seconds = config.revalidate_seconds
        self._read = Operation("keycloak read user", LANE, config.revalidate_seconds)

    def person(self, subject: str) -> Person | None:
        """The person, None when Keycloak has no such account.

        Both reads together end within the deadline of a revalidation. Raises KeycloakAway, and
        ClientRefused when our service account may not read.
        """
        url = f"{self._users}/{quote(subject, safe='')}"
        with deadline.within(self._seconds):
            user = self._get(url)
            if user is None:
                return None
            groups = self._get(f"{url}/groups?briefRepresentation=true&first=0&max={_MOST_GROUPS}")
        try:
            paths = tuple(str(group["path"]) for group in groups or ())
            return Person(enabled=user["enabled"] is True, groups=paths)
        except (KeyError, TypeError) as failure:
            raise KeycloakAway("an account that cannot be read") from failure

    def _get(self, url: str) -> Any:
        request = Request("GET", url, {"Accept": "application/json"})
        try:
            response = self._guard.send(self._read, request, credentials=self._account)
        except NoResponse as failure:
            if failure.reason is Reason.NOT_LET_IN:
                raise ClientRefused(str(failure)) from failure
            raise KeycloakAway(str(failure)) from failure
        if response.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            logger.error("ALARM: the service account may not read users (%s)", response.status)
            raise ClientRefused(f"status {response.status}")
        try:
            body = json.loads(response.body)
        except ValueError:
            body = None
        if response.status == HTTPStatus.OK and body is not None:
            return body
        # Only Keycloak's own word ends sessions: a proxy that hides /admin answers 404 too.
        if (
            response.status == HTTPStatus.NOT_FOUND
            and isinstance(body, dict)
            and body.get("error") == _NOBODY
        ):
            return None
        raise KeycloakAway(f"status {response.status}")
