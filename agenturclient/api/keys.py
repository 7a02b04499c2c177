"""The Idempotency-Key header: one key per intent, kept by the browser until that is settled."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from agenturclient.api.errors import KeyMissing

if TYPE_CHECKING:
    from rest_framework.request import Request

HEADER = "Idempotency-Key"


def key_of(request: Request) -> UUID:
    """The request's key. Raises KeyMissing when there is none or it is not a UUID."""
    try:
        return UUID(request.headers.get(HEADER, ""))
    except ValueError:
        raise KeyMissing(header=HEADER) from None
