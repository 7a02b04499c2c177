"""Searches: what could be sold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.response import Response

from agenturclient import bootstrap
from agenturclient.api.access import Access, Resource
from agenturclient.api.openapi import ASK, READ, operation
from agenturclient.api.shapes.searches import SearchOut, TouristicSearchIn, TripSearchIn
from agenturclient.sales import queries, search

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request


class TripSearches(Resource):
    """Searches for connections."""

    access = {"POST": Access.SELLER}

    @operation("searches_trip", {200: SearchOut}, ASK, body=TripSearchIn)
    def post(self, request: Request) -> Response:
        """Connections and their offers."""
        found = search.search_trips(
            TripSearchIn.read(request.data),
            actor=self.actor,
            distributor=bootstrap.distributor(),
            clock=bootstrap.clock(),
        )
        return Response(SearchOut.render(found))


class TouristicSearches(Resource):
    """Searches for passes and excursions."""

    access = {"POST": Access.SELLER}

    @operation("searches_touristic", {200: SearchOut}, ASK, body=TouristicSearchIn)
    def post(self, request: Request) -> Response:
        """Passes and excursions of a day."""
        found = search.search_touristic(
            TouristicSearchIn.read(request.data),
            actor=self.actor,
            distributor=bootstrap.distributor(),
            clock=bootstrap.clock(),
        )
        return Response(SearchOut.render(found))


class Search(Resource):
    """A search that was made."""

    access = {"GET": Access.SELLER}

    @operation("searches_read", {200: SearchOut}, READ)
    def get(self, _request: Request, search_id: UUID) -> Response:
        """What a search of the own agency found, as long as it can be sold from."""
        found = queries.get_search(search_id, actor=self.actor, clock=bootstrap.clock())
        return Response(SearchOut.render(found))
