"""Sign in, who am I, sign out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.middleware.csrf import get_token
from django.utils import timezone
from rest_framework.response import Response

from agenturclient.api.access import Access, Resource, client_address, django_request
from agenturclient.api.openapi import ALWAYS, operation
from agenturclient.api.shapes.session import SessionOut, SignInIn
from agenturclient.identity import sessions
from agenturclient.identity.accounts import actor_for, authenticate, person

if TYPE_CHECKING:
    from rest_framework.request import Request

    from agenturclient.identity.actors import Actor


class Session(Resource):
    """The browser's session."""

    access = {"GET": Access.SIGNED_IN, "POST": Access.ANYONE, "DELETE": Access.SIGNED_IN}

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

    @operation("session_end", {204: None}, ALWAYS)
    def delete(self, request: Request) -> Response:
        """Sign out."""
        sessions.end(django_request(request))
        return Response(status=204)


def _session(request: Request, user: Any, actor: Actor) -> dict[str, Any]:
    http = django_request(request)
    agency = {"code": actor.agency_code, "name": actor.agency_name}
    branch = {"code": actor.branch_code, "name": actor.branch_name}
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
        }
    )
