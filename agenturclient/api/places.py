"""Stations by name or abbreviation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.response import Response

from agenturclient import bootstrap
from agenturclient.api.access import Access, Resource
from agenturclient.api.openapi import ASK, operation
from agenturclient.api.shapes.journeys import PlacesOut
from agenturclient.api.shapes.searches import PlaceQueryIn
from agenturclient.sales import search

if TYPE_CHECKING:
    from rest_framework.request import Request


class Places(Resource):
    """Stations."""

    access = {"GET": Access.MEMBER}

    @operation("places_find", {200: PlacesOut}, ASK, query=PlaceQueryIn)
    def get(self, request: Request) -> Response:
        """Stations whose name or abbreviation matches, the best first."""
        query = PlaceQueryIn.read(request.query_params)
        places = search.find_places(
            query["q"],
            actor=self.actor,
            distributor=bootstrap.distributor(),
            language=query["language"],
            limit=query["limit"],
        )
        return Response(PlacesOut.render({"places": places}))
