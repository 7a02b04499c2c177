"""Every failure as RFC 9457 problem+json, and the only table from a refusal's code to a status."""

from __future__ import annotations

import logging
from http import HTTPStatus
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from agenturclient.api.database import passes_by_itself
from agenturclient.kernel.errors import Refusal
from agenturclient.sales.ports import DistributorFailure, OutcomeUnknown, Refusals, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rest_framework.request import Request

logger = logging.getLogger(__name__)

MEDIA_TYPE: Final = "application/problem+json"
UNFORESEEN: Final = "internal-error"
_AWAY: Final = "distributor-unavailable"
_STORE_AWAY: Final = "database-unavailable"
_STORE_RETRY_SECONDS: Final = 5

_CODES: Final[Mapping[HTTPStatus, str]] = {
    HTTPStatus.BAD_REQUEST: "malformed-json invalid-field key-missing",
    HTTPStatus.UNAUTHORIZED: "not-signed-in wrong-credentials",
    HTTPStatus.FORBIDDEN: "permission-missing beyond-own-rights csrf-failed",
    HTTPStatus.NOT_FOUND: (
        "not-found order-not-found search-not-found offer-not-found item-not-found"
        " ticket-not-found refund-not-found document-not-found case-not-found"
        " difference-not-found user-not-found branch-not-found agency-not-found"
        " invitation-not-found"
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: "method-not-allowed",
    HTTPStatus.CONFLICT: (
        "order-not-draft order-empty being-clarified not-held price-changed hold-lapsed"
        " traveller-locked ticket-already-refunded quote-lapsed quote-blocked quote-differs"
        " already-accepted key-reused currency-mixed already-settled not-decidable"
        " email-taken code-taken change-pending own-account shared-account user-blocked"
        " branch-in-use"
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "body-too-large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "unsupported-media-type",
    HTTPStatus.UNPROCESSABLE_ENTITY: (
        "unknown-place same-place date-in-the-past date-out-of-range too-many-travellers"
        " invalid-travellers no-connection search-expired offer-expired sold-out"
        " traveller-incomplete not-refundable tickets-together one-sale-only cannot-do-that"
        " distributor-refused booking-number-missing reason-missing"
        " email-refused password-refused directory-refused"
    ),
    HTTPStatus.TOO_MANY_REQUESTS: "too-many-attempts",
    HTTPStatus.INTERNAL_SERVER_ERROR: UNFORESEEN,
    HTTPStatus.SERVICE_UNAVAILABLE: (
        f"{_AWAY} distributor-busy distributor-paused distributor-slow directory-unavailable"
        f" {_STORE_AWAY}"
    ),
}
STATUS: Final[Mapping[str, HTTPStatus]] = {
    code: status for status, codes in _CODES.items() for code in codes.split()
}
"""The status of each code that this API answers with."""

_IN_OTHER_WORDS: Final[Mapping[str, str]] = {
    "busy": "distributor-busy",
    "too-many-requests": "distributor-busy",
    "breaker-open": "distributor-paused",
    "deadline": "distributor-slow",
    "partly-confirmed": "distributor-refused",
    **{code.value: "distributor-refused" for code in Refusals if code not in STATUS},
}
"""What an adapter, or the way out, calls a failure -> what an agent is told."""

ROW_CODES: Final = frozenset({"never-sent", "hold-unknown", "not-done", "partly-confirmed"})
"""What recovery or a person finds out later: told at a sale or a refund, never to a request."""

_FRAMEWORK: Final[tuple[tuple[type[Exception], str], ...]] = (
    (exceptions.ValidationError, "invalid-field"),
    (exceptions.ParseError, "malformed-json"),
    (exceptions.NotAuthenticated, "not-signed-in"),
    (exceptions.AuthenticationFailed, "not-signed-in"),
    (exceptions.PermissionDenied, "permission-missing"),
    (PermissionDenied, "permission-missing"),
    (exceptions.NotFound, "not-found"),
    (Http404, "not-found"),
    (exceptions.MethodNotAllowed, "method-not-allowed"),
    (exceptions.UnsupportedMediaType, "unsupported-media-type"),
    (RequestDataTooBig, "body-too-large"),
)


def handle(failure: Exception, context: Mapping[str, Any]) -> Response:
    """REST framework's exception handler: the problem for any failure of a view."""
    code, facts = _told(failure)
    request: Request = context["request"]
    if code == UNFORESEEN:
        logger.error("unforeseen failure of a view", exc_info=failure)
    elif code == _STORE_AWAY:
        logger.error("the database does not serve", extra={"failure": repr(failure.args[:1])})
    body: dict[str, Any] = {
        "type": f"urn:agenturclient:problem:{code}",
        "title": code.replace("-", " ").capitalize(),
        "status": STATUS[code],
        "code": code,
        "facts": facts,
        "request_id": request.META.get("HTTP_X_REQUEST_ID", ""),
    }
    if isinstance(failure, exceptions.ValidationError):
        body["fields"] = list(_fields(failure.detail, ""))
    response = Response(body, STATUS[code], content_type=MEDIA_TYPE)
    if "retry_after" in facts:
        response["Retry-After"] = str(facts["retry_after"])
    if STATUS[code] == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Session"  # RFC 9110 wants one; browsers ask nothing for it
    return response


def told_code(code: str, otherwise: str = _AWAY) -> str:
    """The code of the contract for what an adapter calls a failure."""
    return code if code in STATUS else _IN_OTHER_WORDS.get(code, otherwise)


def _told(failure: Exception) -> tuple[str, dict[str, Any]]:
    """The code that is told for a failure, and its facts."""
    if isinstance(failure, Refusal):
        known = failure.code in STATUS
        return (failure.code, dict(failure.facts)) if known else (UNFORESEEN, {})
    if isinstance(failure, DistributorFailure):
        return _told_of_distributor(failure)
    if passes_by_itself(failure):
        return _STORE_AWAY, {"retry_after": _STORE_RETRY_SECONDS}
    for kind, code in _FRAMEWORK:
        if isinstance(failure, kind):
            return code, {}
    return UNFORESEEN, {}


def _told_of_distributor(failure: DistributorFailure) -> tuple[str, dict[str, Any]]:
    """A failure of the port: an unknown outcome is a state of the order, not a failure to show."""
    wait = failure.retry_after
    facts = {} if wait is None else {"retry_after": ceil(wait)}
    if isinstance(failure, OutcomeUnknown):
        return "being-clarified", facts
    refused = isinstance(failure, Refused)
    return told_code(failure.code, "distributor-refused" if refused else _AWAY), facts


def _fields(detail: Any, path: str) -> Iterator[dict[str, str]]:
    """Each wrong field of a nested shape: `travellers.0.age` and why."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            part = "" if name == "non_field_errors" else str(name)
            yield from _fields(inner, ".".join(filter(None, (path, part))))
    elif isinstance(detail, list | tuple):
        for number, inner in enumerate(detail):
            nested = isinstance(inner, dict | list)
            yield from _fields(
                inner, ".".join(filter(None, (path, str(number)))) if nested else path
            )
    else:
        yield {"field": path, "code": str(getattr(detail, "code", "invalid")).replace("_", "-")}
