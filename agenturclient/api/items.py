"""Items of a draft: what the agent wants to sell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.response import Response  # noqa: TC002 - the description reads annotations

from agenturclient import bootstrap
from agenturclient.api.access import Access, Resource
from agenturclient.api.keys import key_of
from agenturclient.api.openapi import CHANGE, MOVE, operation
from agenturclient.api.orders import answer
from agenturclient.api.shapes.orders import OrderOut
from agenturclient.api.shapes.requests import AddItemIn
from agenturclient.sales import drafts, holds

if TYPE_CHECKING:
    from rest_framework.request import Request


class Items(Resource):
    """All items of an order."""

    access = {"POST": Access.SELLER}

    @operation(
        "items_add", {201: OrderOut, 202: OrderOut}, (*CHANGE, 422), body=AddItemIn, keyed=True
    )
    def post(self, request: Request, number: str) -> Response:
        """Put an offer of a search into the draft."""
        search, offer = AddItemIn.read(request.data)
        order = drafts.add_item(
            number,
            key=key_of(request),
            search=search,
            offer=offer,
            actor=self.actor,
            clock=bootstrap.clock(),
        )
        return answer(order, created=True)


class Item(Resource):
    """One item."""

    access = {"DELETE": Access.SELLER}

    @operation("items_drop", {200: OrderOut, 202: OrderOut}, MOVE)
    def delete(self, _request: Request, number: str, position: int) -> Response:
        """Take an item out of the draft; what is held for it is given back."""
        order = holds.drop_item(
            number,
            position,
            actor=self.actor,
            distributor=bootstrap.distributor(),
            clock=bootstrap.clock(),
        )
        return answer(order)
