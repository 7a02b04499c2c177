"""As whom we call the Admin API: a client-credentials token, kept until shortly before its end."""

from __future__ import annotations

import json
import logging
import time
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from agenturclient.outbound import deadline
from agenturclient.outbound.messages import NoResponse, NotSent, Operation, Reason, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agenturclient.identity.keycloak.config import KeycloakConfig
    from agenturclient.outbound.guard import Guard
    from agenturclient.outbound.messages import Response

logger = logging.getLogger(__name__)

LANE = "service-account"
"""A lane of its own, with a breaker: it is asked within a call that already has a place."""

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
# Renewed when a fifth of its life is left, so that it never ends under way.
_USED_SHARE = 0.8


class ServiceAccount:
    """`outbound.guard.Credentials` by bearer token. One thread fetches, the others wait for it."""

    def __init__(self, config: KeycloakConfig, guard: Guard) -> None:
        self._guard = guard
        self._fetch = Operation("keycloak service account", LANE, config.sign_in_seconds)
        form = {
            "grant_type": "client_credentials",
            "client_id": config.admin_client_id,
            "client_secret": config.admin_client_secret,
        }
        self._request = Request("POST", config.token_url, FORM, urlencode(form).encode())
        self._lock = Lock()
        self._headers: Mapping[str, str] = {}
        self._good_until = 0.0

    def headers(self) -> Mapping[str, str]:
        """The Authorization header. Raises NotSent when there is no token to be had."""
        return self._current(refused=None)

    def renewed(self, refused: Mapping[str, str]) -> Mapping[str, str]:
        """Another one than the one that was refused."""
        return self._current(refused=refused)

    def _current(self, *, refused: Mapping[str, str] | None) -> Mapping[str, str]:
        if not self._lock.acquire(timeout=min(deadline.left(), self._fetch.deadline)):
            raise NotSent(Reason.DEADLINE, "waiting for a token")
        try:
            if time.monotonic() >= self._good_until or refused == self._headers:
                self._renew()
            return self._headers
        finally:
            self._lock.release()

    def _renew(self) -> None:
        try:
            response = self._guard.send(self._fetch, self._request)
        except NoResponse as failure:
            # Whatever became of this request: the one it was for has not been sent.
            raise NotSent(failure.reason, f"service account: {failure}") from failure
        token, life = _read(response)
        self._headers = {"Authorization": f"Bearer {token}"}
        self._good_until = time.monotonic() + life * _USED_SHARE


def _read(response: Response) -> tuple[str, float]:
    """The token and its life in seconds. Raises NotSent."""
    detail = f"service account: status {response.status}"
    if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise NotSent(Reason.UNREACHABLE, detail)
    try:
        answer = json.loads(response.body)
        return str(answer["access_token"]), float(answer["expires_in"])
    except (ValueError, KeyError, TypeError) as failure:
        logger.error("ALARM: Keycloak refuses the service account (%s)", response.status)  # noqa: TRY400 - the cause says no more
        raise NotSent(Reason.NOT_LET_IN, detail) from failure
