"""The access token: OAuth 2.0 client credentials, cached until shortly before it ends."""

from __future__ import annotations

import logging
import time
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from agenturclient.distributors.osdm.wire import Unreadable, parse
from agenturclient.outbound import deadline
from agenturclient.outbound.messages import NoResponse, NotSent, Operation, Reason, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agenturclient.distributors.osdm.config import Access
    from agenturclient.outbound.guard import Guard
    from agenturclient.outbound.messages import Response

logger = logging.getLogger(__name__)

# Providers' tokens live a few minutes; one that says nothing is trusted for one.
_DEFAULT_LIFE = 60
_OK, _TOO_MANY_REQUESTS, _SERVER_FAULTS = 200, 429, 500


class Token:
    """`outbound.guard.Credentials` by bearer token. One thread fetches, the others wait for it."""

    def __init__(self, access: Access, guard: Guard, *, seconds: float) -> None:
        """`seconds` is the total deadline for getting one."""
        self._access = access
        self._fetching = Operation("token", None, seconds)
        self._guard = guard
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
        if not self._lock.acquire(timeout=min(deadline.left(), self._fetching.deadline)):
            raise NotSent(Reason.DEADLINE, "waiting for a token")
        try:
            stale = time.monotonic() >= self._good_until
            if stale or (refused is not None and refused == self._headers):
                self._fetch()
            return self._headers
        finally:
            self._lock.release()

    def _fetch(self) -> None:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._access.client_id,
            "client_secret": self._access.client_secret,
        }
        if self._access.scope:
            form["scope"] = self._access.scope
        request = Request(
            "POST",
            self._access.token_url,
            {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
            urlencode(form).encode(),
        )
        try:
            response = self._guard.send(self._fetching, request)
        except NoResponse as failure:
            # Whatever became of this request: the one it was for has not been sent.
            raise NotSent(Reason.UNREACHABLE, f"token: {failure}") from failure
        self._keep(response)

    def _keep(self, response: Response) -> None:
        busy = response.status >= _SERVER_FAULTS or response.status == _TOO_MANY_REQUESTS
        if busy:
            detail = f"token: status {response.status}"
            raise NotSent(Reason.UNREACHABLE, detail, retry_after=response.retry_after)
        if response.status != _OK:
            logger.error("ALARM: the distributor refuses our credentials (%s)", response.status)
            raise NotSent(Reason.NOT_LET_IN, f"token: status {response.status}")
        try:
            answer = parse(response.body)
            self._headers = {"Authorization": f"Bearer {answer.text('access_token')}"}
        except Unreadable as failure:
            logger.exception("ALARM: the distributor's token answer has no token")
            raise NotSent(Reason.NOT_LET_IN, "token: unreadable") from failure
        life = answer.number("expires_in") or _DEFAULT_LIFE
        self._good_until = time.monotonic() + life * self._access.used_share
