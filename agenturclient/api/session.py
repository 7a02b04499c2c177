"""Sign in, who am I and where do I work, sign out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.middleware.csrf import get_token
from django.utils import timezone
from rest_framework.response import Response

from agenturclient.api.access import Access, Resource, client_address, django_request
from agenturclient.api.openapi import ALWAYS, READ, operation
from agenturclient.api.shapes.session import SessionOut, SignInIn, WorkplaceIn, WorkplacesOut
from agenturclient.identity import revalidation, sessions, workplaces
from agenturclient.identity.accounts import actor_for, authenticate, person

if TYPE_CHECKING:
    from rest_framework.request import Request

    from agenturclient.identity.actors import Actor


class Session(Resource):
    """The browser's session."""

    access = {
        "GET": Access.SIGNED_IN,
        "POST": Access.ANYONE,
        "PATCH": Access.MEMBER,
        "DELETE": Access.SIGNED_IN,
    }

    @operation("session_read", {200: SessionOut}, ALWAYS)
    def get(self, request: Request) -> Response:
        """Who is signed in and may do what."""
        return Response(_session(request, request.user, self.actor))

    @operation("session_begin", {200: SessionOut}, (*ALWAYS, 404, 413, 415, 429), body=SignInIn)
    def post(self, request: Request) -> Response:
        """Sign in with a name and a password (local mode only)."""
        username, password = SignInIn.read(request.data)
        http = django_request(request)
        user = authenticate(username, password, address=client_address(http), now=timezone.now())
        sessions.begin(http, user)
        return Response(_session(request, user, actor_for(user, http.session)))

    @operation("session_choose", {200: SessionOut}, (*READ, 413, 415), body=WorkplaceIn)
    def patch(self, request: Request) -> Response:
        """Work for another of one's agencies, or in another branch."""
        agency, branch = WorkplaceIn.read(request.data)
        session = django_request(request).session
        user: Any = request.user
        workplaces.choose(user, session, agency=agency, branch=branch, now=timezone.now())
        return Response(_session(request, user, actor_for(user, session)))

    @operation("session_end", {204: None}, ALWAYS)
    def delete(self, request: Request) -> Response:
        """Sign out here; an identity provider's own session goes on."""
        sessions.end(django_request(request))
        return Response(status=204)


class Workplaces(Resource):
    """Where the person may work."""

    access = {"GET": Access.SIGNED_IN}

    @operation("session_workplaces", {200: WorkplacesOut}, ALWAYS)
    def get(self, request: Request) -> Response:
        """The agencies of the person with their branches."""
        user: Any = request.user
        return Response(WorkplacesOut.render({"results": workplaces.workplaces(user)}))


def _session(request: Request, user: Any, actor: Actor) -> dict[str, Any]:
    http = django_request(request)
    agency = {"code": actor.agency_code, "name": actor.agency_name}
    branch = {"code": actor.branch_code, "name": actor.branch_name}
    since = revalidation.unconfirmed_since(http.session)
    return SessionOut.render(
        {
            "user": person(user),
            "role": actor.role,
            "agency": None if actor.agency_id is None else agency,
            "branch": None if actor.branch_id is None else branch,
            "permissions": sorted(actor.permissions),
            "csrf_token": get_token(http),
            "auth_mode": settings.AUTH_MODE,
            "environment": settings.ENVIRONMENT_LABEL or None,
            "expires_at": sessions.expires_at(http.session),
            "unconfirmed_since": None if since is None else datetime.fromtimestamp(since, UTC),
        }
    )
