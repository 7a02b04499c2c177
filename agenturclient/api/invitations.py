"""One-time links, as whoever was handed one uses it: nobody is signed in yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.response import Response

from agenturclient import bootstrap
from agenturclient.api.access import Access, Resource
from agenturclient.api.openapi import MOVE, operation
from agenturclient.api.shapes.users import NewPasswordIn, TokenIn, WelcomeOut
from agenturclient.identity.users import welcome

if TYPE_CHECKING:
    from rest_framework.request import Request


class LookUp(Resource):
    """Whom a link is for. The token is in the body: an address would be logged."""

    access = {"POST": Access.ANYONE}

    @operation("invitations_look_up", {200: WelcomeOut}, MOVE, body=TokenIn)
    def post(self, request: Request) -> Response:
        """The person and the agency that the link is for."""
        found = welcome.look_up(TokenIn.read(request.data), clock=bootstrap.clock())
        return Response(WelcomeOut.render(found))


class NewPassword(Resource):
    """The password of whoever holds the link."""

    access = {"POST": Access.ANYONE}

    @operation("invitations_set_password", {200: WelcomeOut}, MOVE, body=NewPasswordIn)
    def post(self, request: Request) -> Response:
        """Set the password, once; a password that is refused leaves the link good."""
        token, password = NewPasswordIn.read(request.data)
        done = welcome.set_password(
            token, password, directory=bootstrap.directory(), clock=bootstrap.clock()
        )
        return Response(WelcomeOut.render(done))
