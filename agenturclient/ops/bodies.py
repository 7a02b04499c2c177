"""Turns away a body that is larger than anything the API takes, before a byte of it is read.

Django's own limit guards `request.body`, but REST framework reads JSON from the stream. The
declared length is enough: without one, Django treats the body as empty.
"""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse


class BodyLimit:
    """Answers 413 with the problem `body-too-large` above DATA_UPLOAD_MAX_MEMORY_SIZE bytes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, or refuse it for its size."""
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        declared = request.headers.get("Content-Length", "")
        if declared.isdecimal() and int(declared) > limit:
            return JsonResponse(
                {
                    "type": "urn:agenturclient:problem:body-too-large",
                    "title": "Body too large",
                    "status": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                    "code": "body-too-large",
                    "facts": {"limit": limit},
                    "request_id": request.headers.get("X-Request-ID", ""),
                },
                status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                content_type="application/problem+json",
            )
        return self._get_response(request)
