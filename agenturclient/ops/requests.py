"""Gives each request an id and a trace, writes its one line of access log and counts it."""

import logging
import re
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Final
from uuid import uuid4

from django.http import HttpRequest, HttpResponseBase

from agenturclient.ops import metrics
from agenturclient.ops.logs import REQUEST_ID
from agenturclient.outbound import tracing

_HEADER: Final = "X-Request-ID"
_META: Final = "HTTP_X_REQUEST_ID"
_ACCEPTABLE: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_FREQUENT: Final = ("/health/", "/metrics")

logger = logging.getLogger("agenturclient.access")


class RequestLog:
    """Outermost middleware: request id in, response header, log line and metrics out.

    An id that the proxy gave is kept when it looks like one; anything else is replaced, because
    it goes into logs. Calls to other systems go on in the trace that the request came with.
    Probes are logged only when they fail: they come every few seconds.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request; the line is written also when the answer is an error."""
        given = request.META.get(_META, "")
        request_id = given if _ACCEPTABLE.fullmatch(given) else uuid4().hex
        request.META[_META] = request_id  # where a problem's answer reads it
        trace = tracing.begun_by(request.META.get("HTTP_TRACEPARENT", ""), request_id)
        token = REQUEST_ID.set(request_id)
        started = time.monotonic()
        try:
            with tracing.trace(trace), metrics.IN_FLIGHT.track_inprogress():
                response = self._get_response(request)
                response[_HEADER] = request_id
                seconds = time.monotonic() - started
                metrics.count_request(request, response, seconds)
                if response.status_code >= HTTPStatus.BAD_REQUEST or not request.path.startswith(
                    _FREQUENT
                ):
                    logger.info("request", extra=_facts(request, response.status_code, seconds))
                return response
        finally:
            REQUEST_ID.reset(token)


def _facts(request: HttpRequest, status: int, seconds: float) -> dict[str, str | int | float]:
    """What is worth keeping; the query is left out, since a customer's name can stand in it."""
    facts: dict[str, str | int | float] = {
        "method": request.method or "",
        "path": request.path,
        "status": status,
        "ms": round(seconds * 1000, 1),
    }
    # Only what the request itself has loaded: the log line makes no query of its own.
    user = getattr(request, "_cached_user", None)
    if user is not None and user.is_authenticated:
        facts["user"] = str(user.pk)
    actor = getattr(request, "actor", None)
    if actor is not None:
        facts["agency"] = actor.agency_code
    return facts
