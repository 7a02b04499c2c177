"""Refunds: quoted first, then accepted exactly as quoted, or dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agenturclient import bootstrap
from agenturclient.api.access import Access, Resource
from agenturclient.api.keys import key_of
from agenturclient.api.openapi import MOVE, operation
from agenturclient.api.orders import answer
from agenturclient.api.shapes.orders import OrderOut
from agenturclient.api.shapes.requests import AcceptanceIn, RefundIn
from agenturclient.sales import refund as refunds

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.response import Response


class Refunds(Resource):
    """The refunds of an order."""

    access = {"POST": Access.REFUNDER}

    @operation("refunds_quote", {201: OrderOut, 202: OrderOut}, MOVE, body=RefundIn, keyed=True)
    def post(self, request: Request, number: str) -> Response:
        """Ask what giving these tickets back would bring."""
        tickets, reason = RefundIn.read(request.data)
        order = refunds.quote_refund(
            number,
            key=key_of(request),
            tickets=tickets,
            reason=reason,
            actor=self.actor,
            distributor=bootstrap.distributor(),
            clock=bootstrap.clock(),
        )
        return answer(order, created=True)


class Acceptance(Resource):
    """The acceptance of a quote."""

    access = {"POST": Access.REFUNDER}

    @operation(
        "refunds_accept", {200: OrderOut, 202: OrderOut}, MOVE, body=AcceptanceIn, keyed=True
    )
    def post(self, request: Request, number: str, refund: int) -> Response:
        """Refund, for exactly the amount that was quoted."""
        amount = AcceptanceIn.read(request.data)
        order = refunds.accept_refund(
            number,
            refund,
            key=key_of(request),
            amount=amount,
            actor=self.actor,
            distributor=bootstrap.distributor(),
            clock=bootstrap.clock(),
        )
        return answer(order)


class Refund(Resource):
    """One refund."""

    access = {"DELETE": Access.REFUNDER}

    @operation("refunds_drop", {200: OrderOut, 202: OrderOut}, MOVE)
    def delete(self, _request: Request, number: str, refund: int) -> Response:
        """Drop a quote that nobody wants: it would block the next one."""
        order = refunds.drop_quote(
            number,
            refund,
            actor=self.actor,
            distributor=bootstrap.distributor(),
            clock=bootstrap.clock(),
        )
        return answer(order)
