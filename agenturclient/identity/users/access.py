"""Whom an admin may touch: read again under a lock, whatever the request believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agenturclient.identity.actors import Permission, PermissionMissing, Role
from agenturclient.identity.models import Agency, Branch, Membership, User
from agenturclient.identity.users.errors import (
    BeyondOwnRights,
    BranchNotFound,
    OwnAccount,
    UserBlocked,
    UserNotFound,
)

if TYPE_CHECKING:
    from agenturclient.identity.actors import Actor


def governed(actor: Actor) -> tuple[Agency, frozenset[Permission]]:
    """The actor's agency, locked until the transaction ends, and the rights the actor has now.

    An agency cannot lose its last admin: nobody touches the own rights or access, and whoever
    takes those of others is an admin still, as read behind this lock. Two admins who remove each
    other at the same moment come here one after the other, and the second is none any more.

    Raises PermissionMissing.
    """
    agency = Agency.objects.select_for_update().filter(code=actor.agency_code, active=True).first()
    own = Membership.objects.filter(
        agency=agency, user=actor.user_id, active=True, user__is_active=True
    ).first()
    if agency is None or own is None or not own.admin:
        raise PermissionMissing(permission=Permission.ADMIN.value)
    return agency, own.permissions


def administered(actor: Actor) -> Agency:
    """The actor's agency, to read in. Raises PermissionMissing."""
    actor.require(Permission.ADMIN)
    return Agency.objects.get(code=actor.agency_code)


def operated(actor: Actor) -> None:
    """Make sure that the actor is one of the operator's people still. Raises PermissionMissing."""
    if not User.objects.filter(pk=actor.user_id, is_active=True, role=Role.OPERATOR).exists():
        raise PermissionMissing(permission=Role.OPERATOR.value)


def member(agency: Agency, user: int) -> Membership:
    """The membership of somebody in the agency, ended ones included. Raises UserNotFound.

    A person of the operator's is a member of no agency, whatever rows there are.
    """
    found = (
        Membership.objects.filter(agency=agency, user=user, user__role=Role.AGENT)
        .select_related("user", "branch", "agency")
        .first()
    )
    if found is None:
        raise UserNotFound
    return found


def present(agency: Agency, user: int) -> Membership:
    """The membership of somebody who is not blocked. Raises UserNotFound and UserBlocked."""
    found = member(agency, user)
    if not found.active:
        raise UserBlocked
    return found


def not_oneself(actor: Actor, user: int) -> None:
    """Raise OwnAccount when it is the actor."""
    if actor.user_id == user:
        raise OwnAccount


def within(own: frozenset[Permission], wanted: frozenset[Permission]) -> None:
    """Raise BeyondOwnRights unless the actor has all of these rights."""
    for right in Permission:
        if right in wanted - own:
            raise BeyondOwnRights(permission=right.value)


def branch_of(agency: Agency, code: str) -> Branch | None:
    """The open branch with this code, None for no code. Raises BranchNotFound."""
    if not code:
        return None
    found = Branch.objects.filter(agency=agency, code=code, active=True).first()
    if found is None:
        raise BranchNotFound
    return found
