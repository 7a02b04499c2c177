"""The session: who is signed in and may do what."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from rest_framework import serializers

from agenturclient.api.shapes.base import Choice, In, Moment, Out, PartyOut
from agenturclient.identity.actors import Permission, Role

if TYPE_CHECKING:
    from collections.abc import Mapping


class AuthMode(StrEnum):
    """Where people sign in: here, or at an identity provider."""

    LOCAL = "local"
    OIDC = "oidc"


class SignInIn(In["tuple[str, str]"]):
    """Name and password, for local sign-in."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=200, trim_whitespace=False)

    def build(self, values: Mapping[str, Any]) -> tuple[str, str]:
        """Name and password."""
        return values["username"], values["password"]


class PersonOut(Out):
    """The person who is signed in."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    username = serializers.CharField()
    email = serializers.CharField()


class SessionOut(Out):
    """Who is signed in; `csrf_token` goes into the header X-CSRFToken of every change."""

    user = PersonOut()
    role = Choice(Role)
    agency = PartyOut(allow_null=True)
    branch = PartyOut(allow_null=True)
    permissions = serializers.ListField(child=Choice(Permission))
    csrf_token = serializers.CharField()
    auth_mode = Choice(AuthMode)
    environment = serializers.CharField(allow_null=True)
    expires_at = Moment()
    unconfirmed_since = Moment(
        allow_null=True, help_text="Since when the identity provider has not answered."
    )


class WorkplaceIn(In["tuple[str, str | None]"]):
    """The agency to work for, and the branch to work in where it changes."""

    agency = serializers.CharField(max_length=50)
    branch = serializers.CharField(max_length=50, allow_null=True, default=None)

    def build(self, values: Mapping[str, Any]) -> tuple[str, str | None]:
        """Codes of agency and branch."""
        return values["agency"], values["branch"]


class WorkplaceOut(PartyOut):
    """An agency that the person may work for; `branch`: where in it the person works, or empty."""

    branches = PartyOut(many=True)
    branch = serializers.CharField(allow_blank=True)


class WorkplacesOut(Out):
    """All of them; a person has few."""

    results = WorkplaceOut(many=True)
