"""People of an agency, its branches, the agencies, and what was changed of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rest_framework import serializers

from agenturclient.api.shapes.base import Choice, In, Moment, Out, PartyOut
from agenturclient.identity.actors import Permission
from agenturclient.identity.changes import ChangeKind, ChangeState
from agenturclient.identity.directory.port import Profile
from agenturclient.identity.users.details import (
    InvitationCriteria,
    ProfileChange,
    UserCriteria,
    UserState,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_CODE: Final = r"^[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?$"
_CURSOR: Final = r"^[0-9]{0,18}$"
_CODE_CURSOR: Final = r"^[a-z0-9-]{0,50}$"
_NAME: Final = 100
_TOKEN: Final = 100
_PASSWORD: Final = 200


def _email(**kwargs: Any) -> serializers.EmailField:
    return serializers.EmailField(max_length=200, **kwargs)


class CursorIn(In[str]):
    """Which page of a list."""

    cursor = serializers.RegexField(_CURSOR, allow_blank=True, default="")

    def build(self, values: Mapping[str, Any]) -> str:
        """The cursor."""
        return str(values["cursor"])


class CodeCursorIn(CursorIn):
    """Which page of a list by code."""

    cursor = serializers.RegexField(_CODE_CURSOR, allow_blank=True, default="")


class UserCriteriaIn(In[UserCriteria]):
    """Which people to list."""

    q = serializers.CharField(max_length=100, allow_blank=True, default="", source="text")
    state = Choice(UserState, required=False)
    permission = Choice(Permission, required=False)
    cursor = serializers.RegexField(_CURSOR, allow_blank=True, default="")
    page_size = serializers.IntegerField(min_value=1, max_value=100, default=50)

    def build(self, values: Mapping[str, Any]) -> UserCriteria:
        """The criteria."""
        return UserCriteria(**values)


class InviteIn(In[InvitationCriteria]):
    """Whom to invite."""

    first_name = serializers.CharField(max_length=_NAME)
    last_name = serializers.CharField(max_length=_NAME)
    email = _email()
    branch = serializers.RegexField(_CODE, allow_blank=True, default="")
    permissions = serializers.ListField(
        child=Choice(Permission), max_length=len(Permission), default=list
    )

    def build(self, values: Mapping[str, Any]) -> InvitationCriteria:
        """The person."""
        return InvitationCriteria(**{**values, "permissions": frozenset(values["permissions"])})


class UserChangeIn(In[ProfileChange]):
    """What to change of a person; what is left out stays. An empty branch is none."""

    first_name = serializers.CharField(max_length=_NAME, required=False)
    last_name = serializers.CharField(max_length=_NAME, required=False)
    email = _email(required=False)
    branch = serializers.RegexField(_CODE, allow_blank=True, required=False)

    def build(self, values: Mapping[str, Any]) -> ProfileChange:
        """The change."""
        return ProfileChange(**values)


class PermissionsIn(In["dict[Permission, bool]"]):
    """Which rights to give (true) and to take (false); what is left out stays."""

    sell = serializers.BooleanField(required=False)
    refund = serializers.BooleanField(required=False)
    finance = serializers.BooleanField(required=False)
    admin = serializers.BooleanField(required=False)

    def build(self, values: Mapping[str, Any]) -> dict[Permission, bool]:
        """The rights."""
        return {Permission(name): given for name, given in values.items()}


class OpenBranchIn(In["tuple[str, str]"]):
    """A new branch: its code in lower case letters, digits and hyphens, and its name."""

    code = serializers.RegexField(_CODE)
    name = serializers.CharField(max_length=_NAME)

    def build(self, values: Mapping[str, Any]) -> tuple[str, str]:
        """Code and name."""
        return values["code"], values["name"]


class NamedIn(In["dict[str, Any]"]):
    """What to change of a branch or an agency; what is left out stays."""

    name = serializers.CharField(max_length=_NAME, default=None)
    active = serializers.BooleanField(default=None, allow_null=True)


class AdminIn(In[Profile]):
    """An agency's admin."""

    first_name = serializers.CharField(max_length=_NAME)
    last_name = serializers.CharField(max_length=_NAME)
    email = _email()

    def build(self, values: Mapping[str, Any]) -> Profile:
        """The person."""
        return Profile(**values)


class CreateAgencyIn(In["dict[str, Any]"]):
    """A new agency and its first admin. The code names it for good, here and at Keycloak."""

    code = serializers.RegexField(_CODE)
    name = serializers.CharField(max_length=_NAME)
    admin = AdminIn()


class TokenIn(In[str]):
    """The token of a one-time link."""

    token = serializers.CharField(max_length=_TOKEN)

    def build(self, values: Mapping[str, Any]) -> str:
        """The token."""
        return str(values["token"])


class NewPasswordIn(In["tuple[str, str]"]):
    """The token of a one-time link, and the password to set with it."""

    token = serializers.CharField(max_length=_TOKEN)
    password = serializers.CharField(max_length=_PASSWORD, trim_whitespace=False)

    def build(self, values: Mapping[str, Any]) -> tuple[str, str]:
        """Token and password."""
        return values["token"], values["password"]


class UserOut(Out):
    """A person in the agency. `changing` is the kind of the change that is under way, or empty.

    `shared`: the account is not this agency's alone, which therefore may not change it.
    """

    id = serializers.IntegerField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    email = serializers.CharField()
    username = serializers.CharField()
    branch = PartyOut(allow_null=True)
    permissions = serializers.ListField(child=Choice(Permission))
    state = Choice(UserState)
    last_login = Moment(allow_null=True)
    changing = serializers.CharField()
    you = serializers.BooleanField()
    shared = serializers.BooleanField()


class UserPageOut(Out):
    """A page of people, by name."""

    results = UserOut(many=True)
    next = serializers.CharField(allow_null=True)


class LinkOut(Out):
    """A one-time link, told this once, or (`mailed`) a mail that was sent."""

    url = serializers.CharField()
    expires_at = Moment(allow_null=True)
    mailed = serializers.BooleanField()


class InvitedOut(Out):
    """A person, null while nobody knows what the directory did, and the link."""

    user = UserOut(allow_null=True)
    link = LinkOut(allow_null=True)


class StepOut(Out):
    """A line of the audit trail; `code` says why it failed or is not known."""

    step = Choice(ChangeState)
    at = Moment()
    code = serializers.CharField()


class ChangeOut(Out):
    """A change, what it is about before and after, and how it went."""

    id = serializers.IntegerField()
    kind = Choice(ChangeKind)
    state = Choice(ChangeState)
    actor = serializers.CharField()
    user = serializers.IntegerField(allow_null=True)
    user_name = serializers.CharField()
    before = serializers.DictField()
    after = serializers.DictField()
    steps = StepOut(many=True)


class ChangePageOut(Out):
    """A page of changes, newest first."""

    results = ChangeOut(many=True)
    next = serializers.CharField(allow_null=True)


class BranchOut(Out):
    """A branch and how many people work there."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    active = serializers.BooleanField()
    people = serializers.IntegerField()


class BranchPageOut(Out):
    """A page of branches, by code."""

    results = BranchOut(many=True)
    next = serializers.CharField(allow_null=True)


class AgencyOut(Out):
    """An agency, how many people and admins work for it and in how many branches."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    active = serializers.BooleanField()
    people = serializers.IntegerField()
    admins = serializers.IntegerField()
    branches = serializers.IntegerField()


class AgencyPageOut(Out):
    """A page of agencies, by code."""

    results = AgencyOut(many=True)
    next = serializers.CharField(allow_null=True)


class AgencyInvitedOut(Out):
    """An agency, the name of the admin who was invited, and the link.

    `changing`: nobody knows yet what the directory has done.
    """

    agency = AgencyOut()
    user = serializers.CharField()
    link = LinkOut(allow_null=True)
    changing = serializers.BooleanField()


class WelcomeOut(Out):
    """Whom a link is for; `username` is what to sign in with."""

    name = serializers.CharField()
    username = serializers.CharField()
    agency = serializers.CharField()
