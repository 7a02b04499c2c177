"""The Admin API over HTTP: every failure becomes one of the directory's three.

| what came back                         | a read      | a write        |
|----------------------------------------|-------------|----------------|
| nothing, certainly never sent          | Unavailable | Unavailable    |
| nothing, perhaps sent                  | Unavailable | OutcomeUnknown |
| 401, 403 (an alarm), 429               | Unavailable | Unavailable    |
| 404 in Keycloak's own words            | None        | Refused        |
| another 4xx in Keycloak's own words    | Refused     | Refused        |
| 4xx of anybody else (a proxy)          | Unavailable | Unavailable    |
| 5xx, 408, 2xx that cannot be read      | Unavailable | OutcomeUnknown |
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from agenturclient.identity.directory.port import (
    OutcomeUnknown,
    Refusals,
    Refused,
    Unavailable,
)
from agenturclient.outbound.messages import NoResponse, NotSent, Operation, Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agenturclient.identity.directory.port import DirectoryFailure
    from agenturclient.identity.keycloak.service_account import ServiceAccount
    from agenturclient.outbound.guard import Guard
    from agenturclient.outbound.messages import Response

    Call = tuple[str, str, object]

logger = logging.getLogger(__name__)

LANE: Final = "directory"
_SUCCESS, _REFUSAL = 2, 4  # hundreds of a status
_NOT_LET_IN: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_PAGE: Final = 100
_MOST_PAGES: Final = 100


@dataclass(frozen=True)
class Created:
    """What a creation answered: the id in the address of what was made."""

    id: str


class AdminApi:
    """Calls the Admin API of one realm; `url` is its address. Each call ends within `seconds`."""

    def __init__(self, url: str, guard: Guard, account: ServiceAccount, *, seconds: float) -> None:
        self._url = url
        self._guard = guard
        self._account = account
        self._read = Operation("keycloak read", LANE, seconds)
        self._write = Operation("keycloak write", LANE, seconds, writes=True)

    def get(self, path: str) -> Any:
        """What stands at an address of the realm, None where there is nothing."""
        response = self._send(self._read, "GET", path, None)
        if response.status == HTTPStatus.NOT_FOUND:
            return None
        body = _json(response)
        if body is None:
            raise Unavailable("unreadable")
        return body

    def pages(self, path: str) -> Iterator[Any]:
        """Every row of a list, page after page. Raises Unavailable where it does not end."""
        sign = "&" if "?" in path else "?"
        for number in range(_MOST_PAGES):
            rows = self.get(f"{path}{sign}first={number * _PAGE}&max={_PAGE}")
            if not isinstance(rows, list):
                raise Unavailable("unreadable")
            yield from rows
            if len(rows) < _PAGE:
                return
        raise Unavailable("too-long")

    def change(self, method: str, path: str, body: object = None) -> None:
        """PUT, POST or DELETE; done when it returns."""
        self._send(self._write, method, path, body)

    def changes(self, calls: Iterable[Call]) -> None:
        """Several changes that are one to whoever asks: once the first is done, no failure says
        that nothing was.
        """
        for number, (method, path, body) in enumerate(calls):
            try:
                self.change(method, path, body)
            except (Refused, Unavailable) as failure:
                if number == 0:
                    raise
                raise OutcomeUnknown(failure.code, failure.detail) from failure

    def create(self, path: str, body: object) -> Created:
        """POST that makes something; its id."""
        response = self._send(self._write, "POST", path, body)
        made = response.headers.get("location", "").rpartition("/")[2]
        if not made:
            raise OutcomeUnknown("unreadable")
        return Created(made)

    def _send(self, operation: Operation, method: str, path: str, body: object) -> Response:
        headers = {"Accept": "application/json"}
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body).encode()
        request = Request(method, self._url + path, headers, content)
        try:
            response = self._guard.send(operation, request, credentials=self._account)
        except NoResponse as failure:
            raise _of_silence(failure, writes=operation.writes) from failure
        failed = _failure(response, writes=operation.writes)
        if failed is not None:
            logger.warning("%s %s: %s", operation.name, failed.code, response.status)
            raise failed
        return response


def _of_silence(failure: NoResponse, *, writes: bool) -> DirectoryFailure:
    sent = not isinstance(failure, NotSent)
    kind = OutcomeUnknown if writes and sent else Unavailable
    return kind(failure.reason.value, retry_after=failure.retry_after)


def _failure(response: Response, *, writes: bool) -> DirectoryFailure | None:
    status = response.status
    if status // 100 == _SUCCESS:
        return None
    if status in _NOT_LET_IN:
        logger.error("ALARM: Keycloak does not let the service account in (%s)", status)
        return Unavailable("not-let-in")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Unavailable("too-many-requests", retry_after=response.retry_after)
    if status // 100 == _REFUSAL and status != HTTPStatus.REQUEST_TIMEOUT:
        return _of_refusal(status, _json(response), writes=writes)
    return OutcomeUnknown(f"status-{status}") if writes else Unavailable(f"status-{status}")


def _of_refusal(status: int, body: Any, *, writes: bool) -> DirectoryFailure | None:
    """Only Keycloak's own word counts: a proxy that hides /admin answers 404 too."""
    word = _word(body)
    if not word:
        return Unavailable(f"status-{status}")
    if status == HTTPStatus.NOT_FOUND:
        return Refused(Refusals.USER_NOT_FOUND, word) if writes else None
    return Refused(_code(status, word), word)


def _word(body: Any) -> str:
    """What Keycloak says of a refusal: `errorMessage`, or `error` and its description."""
    if not isinstance(body, dict):
        return ""
    named = (body.get("errorMessage"), body.get("error"), body.get("error_description"))
    return " ".join(str(each) for each in named if each)


def _code(status: int, word: str) -> str:
    if status == HTTPStatus.CONFLICT:
        return Refusals.EMAIL_TAKEN
    if "password" in word.lower():
        return Refusals.PASSWORD_REFUSED
    if "email" in word.lower():
        return Refusals.EMAIL_REFUSED
    return Refusals.OTHER


def _json(response: Response) -> Any:
    try:
        return json.loads(response.body)
    except ValueError:
        return None
