"""Hold what is in the draft, and sell what is held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agenturclient import bootstrap
from agenturclient.api.access import Access, Resource
from agenturclient.api.keys import key_of
from agenturclient.api.openapi import MOVE, operation
from agenturclient.api.orders import answer
from agenturclient.api.shapes.orders import OrderOut
from agenturclient.api.shapes.requests import NothingIn, SaleIn
from agenturclient.kernel.drain import drain
from agenturclient.sales import holds, sell

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.response import Response


class Hold(Resource):
    """The hold of everything in a draft."""

    access = {"POST": Access.SELLER}

    @operation("sales_hold", {200: OrderOut, 202: OrderOut}, MOVE, body=NothingIn, keyed=True)
    def post(self, request: Request, number: str) -> Response:
        """Hold every item that is not held yet."""
        NothingIn.read(request.data)
        order = holds.hold_order(
            number,
            key=key_of(request),
            actor=self.actor,
            distributor=bootstrap.distributor(),
            clock=bootstrap.clock(),
        )
        return answer(order)


class Sale(Resource):
    """The sale of everything that is held."""

    access = {"POST": Access.SELLER}

    @operation("sales_sell", {200: OrderOut, 202: OrderOut}, MOVE, body=SaleIn, keyed=True)
    def post(self, request: Request, number: str) -> Response:
        """Sell what is held, for exactly this total."""
        total = SaleIn.read(request.data)
        order = sell.sell_order(
            number,
            key=key_of(request),
            total=total,
            actor=self.actor,
            distributor=bootstrap.distributor(),
            clock=bootstrap.clock(),
            stopping=drain.is_asked,
        )
        return answer(order)
