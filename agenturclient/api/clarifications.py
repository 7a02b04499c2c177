"""What is being clarified: the counter that the page always shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.response import Response

from agenturclient.api.access import Access, Resource
from agenturclient.api.openapi import ALWAYS, operation
from agenturclient.api.shapes.orders import ClarificationsOut
from agenturclient.sales import queries

if TYPE_CHECKING:
    from rest_framework.request import Request


class Clarifications(Resource):
    """Everything whose outcome is not known yet."""

    access = {"GET": Access.READER}

    @operation("clarifications_list", {200: ClarificationsOut}, ALWAYS)
    def get(self, _request: Request) -> Response:
        """How many there are, and the oldest of them."""
        return Response(ClarificationsOut.render(queries.list_clarifications(actor=self.actor)))
