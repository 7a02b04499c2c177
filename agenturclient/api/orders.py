"""Orders: start one, find one, read one, change one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.response import Response

from agenturclient import bootstrap
from agenturclient.api.access import Access, Resource
from agenturclient.api.keys import key_of
from agenturclient.api.openapi import CHANGE, READ, operation
from agenturclient.api.shapes.orders import OrderOut, OrderPageOut
from agenturclient.api.shapes.requests import OrderChangeIn, OrderCriteriaIn, StartOrderIn
from agenturclient.sales import drafts, queries

if TYPE_CHECKING:
    from rest_framework.request import Request

    from agenturclient.sales.details import OrderDetail


def answer(order: OrderDetail, *, created: bool = False) -> Response:
    """The order after a move: 202 while anything of it waits for the distributor's answer."""
    settled = 201 if created else 200
    return Response(OrderOut.render(order), 202 if order.unsettled else settled)


class Orders(Resource):
    """The agency's orders; the wide roles see those of all agencies."""

    access = {"GET": Access.READER, "POST": Access.SELLER}

    @operation("orders_find", {200: OrderPageOut}, READ, query=OrderCriteriaIn)
    def get(self, request: Request) -> Response:
        """Orders that match, newest first, a page at a time."""
        criteria = OrderCriteriaIn.read(request.query_params)
        return Response(OrderPageOut.render(queries.list_orders(criteria, actor=self.actor)))

    @operation(
        "orders_start", {200: OrderOut, 201: OrderOut}, CHANGE, body=StartOrderIn, keyed=True
    )
    def post(self, request: Request) -> Response:
        """Start a draft, or get the one that was started under this key."""
        words = StartOrderIn.read(request.data)
        order, created = drafts.start_order(
            key=key_of(request), **words, actor=self.actor, clock=bootstrap.clock()
        )
        return answer(order, created=created)


class Order(Resource):
    """One order."""

    access = {"GET": Access.READER, "PATCH": Access.SELLER}

    @operation("orders_read", {200: OrderOut}, READ)
    def get(self, _request: Request, number: str) -> Response:
        """The order with all that belongs to it."""
        order = queries.get_order(number, actor=self.actor, clock=bootstrap.clock())
        return Response(OrderOut.render(order))

    @operation("orders_change", {200: OrderOut, 202: OrderOut}, CHANGE, body=OrderChangeIn)
    def patch(self, request: Request, number: str) -> Response:
        """Change references and travellers of a draft."""
        change = OrderChangeIn.read(request.data)
        return answer(
            drafts.change_order(number, change, actor=self.actor, clock=bootstrap.clock())
        )
