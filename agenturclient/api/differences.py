"""What our books and the distributor's say differently, for a person to deal with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.response import Response

from agenturclient import bootstrap
from agenturclient.api.access import Access, Resource
from agenturclient.api.openapi import ALWAYS, CHANGE, operation
from agenturclient.api.shapes.worklist import (
    DifferenceCriteriaIn,
    DifferenceOut,
    DifferencePageOut,
    ResolutionIn,
)
from agenturclient.sales import worklist

if TYPE_CHECKING:
    from rest_framework.request import Request


class Differences(Resource):
    """The differences of all agencies."""

    access = {"GET": Access.OPERATOR}

    @operation("differences_list", {200: DifferencePageOut}, ALWAYS, query=DifferenceCriteriaIn)
    def get(self, request: Request) -> Response:
        """Open (or resolved) differences, newest first, a page at a time."""
        criteria = DifferenceCriteriaIn.read(request.query_params)
        page = worklist.list_differences(actor=self.actor, **criteria)
        return Response(DifferencePageOut.render(page))


class Resolution(Resource):
    """The end of one difference."""

    access = {"POST": Access.OPERATOR}

    @operation("differences_resolve", {200: DifferenceOut}, (*CHANGE, 422), body=ResolutionIn)
    def post(self, request: Request, difference: int) -> Response:
        """Say what was done about it."""
        resolved = worklist.resolve_difference(
            difference,
            reason=ResolutionIn.read(request.data),
            actor=self.actor,
            clock=bootstrap.clock(),
        )
        return Response(DifferenceOut.render(resolved))
