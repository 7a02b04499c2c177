"""The files of an order: what the traveller carries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes

from agenturclient.api.access import Access, Resource
from agenturclient.api.openapi import READ, operation
from agenturclient.sales import queries

if TYPE_CHECKING:
    from rest_framework.request import Request

# What a browser shows without running any of it: a distributor's HTML or SVG would run as ours.
_SHOWN: Final = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif"})


class Document(Resource):
    """One file."""

    access = {"GET": Access.READER}

    @operation("documents_open", {200: OpenApiTypes.BINARY}, READ)
    def get(self, _request: Request, number: str, document: int) -> HttpResponse:
        """The file, shown in the browser where that is safe."""
        file = queries.open_document(number, document, actor=self.actor)
        safe = file.media_type in _SHOWN
        disposition = content_disposition_header(as_attachment=not safe, filename=file.name)
        return HttpResponse(
            file.content,
            content_type=file.media_type if safe else "application/octet-stream",
            headers={"Content-Disposition": disposition or "attachment"},
        )
