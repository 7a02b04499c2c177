"""Agencies, as the operator's people manage them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.response import Response

from agenturclient import bootstrap
from agenturclient.api.access import Access, Resource
from agenturclient.api.keys import key_of
from agenturclient.api.openapi import CHANGE, MOVE, READ, operation
from agenturclient.api.shapes.users import (
    AdminIn,
    AgencyInvitedOut,
    AgencyOut,
    AgencyPageOut,
    CodeCursorIn,
    CreateAgencyIn,
    NamedIn,
)
from agenturclient.identity.users import agencies

if TYPE_CHECKING:
    from rest_framework.request import Request

    from agenturclient.identity.users.details import AgencyInvited

_INVITED = {201: AgencyInvitedOut, 202: AgencyInvitedOut}


def _answer(invited: AgencyInvited) -> Response:
    """202 while nobody knows what the directory has done."""
    return Response(AgencyInvitedOut.render(invited), 202 if invited.changing else 201)


class Agencies(Resource):
    """All agencies."""

    access = {"GET": Access.OPERATOR, "POST": Access.OPERATOR}

    @operation("agencies_list", {200: AgencyPageOut}, READ, query=CodeCursorIn)
    def get(self, request: Request) -> Response:
        """Agencies by code, a page at a time."""
        cursor = CodeCursorIn.read(request.query_params)
        page = agencies.list_agencies(actor=self.actor, cursor=cursor)
        return Response(AgencyPageOut.render(page))

    @operation("agencies_create", _INVITED, MOVE, body=CreateAgencyIn, keyed=True)
    def post(self, request: Request) -> Response:
        """Make an agency and invite its first admin; the link is told this once."""
        words = CreateAgencyIn.read(request.data)
        return _answer(
            agencies.create_agency(
                **words,
                key=key_of(request),
                actor=self.actor,
                directory=bootstrap.directory(),
                clock=bootstrap.clock(),
            )
        )


class Agency(Resource):
    """One agency."""

    access = {"PATCH": Access.OPERATOR}

    @operation("agencies_change", {200: AgencyOut}, CHANGE, body=NamedIn)
    def patch(self, request: Request, agency: str) -> Response:
        """Rename it, close it, open it again."""
        words = NamedIn.read(request.data)
        changed = agencies.change_agency(agency, **words, actor=self.actor, clock=bootstrap.clock())
        return Response(AgencyOut.render(changed))


class Admins(Resource):
    """The admins of an agency."""

    access = {"POST": Access.OPERATOR}

    @operation("agencies_invite", _INVITED, MOVE, body=AdminIn, keyed=True)
    def post(self, request: Request, agency: str) -> Response:
        """Invite a further admin, who may have an account already; the link is told this once."""
        return _answer(
            agencies.invite_admin(
                agency,
                AdminIn.read(request.data),
                key=key_of(request),
                actor=self.actor,
                directory=bootstrap.directory(),
                clock=bootstrap.clock(),
            )
        )
