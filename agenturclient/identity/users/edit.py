"""Change what a person is called, where they work and what they may do."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.db import transaction

from agenturclient.identity.changes import ChangeKind
from agenturclient.identity.directory.port import Profile
from agenturclient.identity.models import Membership
from agenturclient.identity.users import effects, journal
from agenturclient.identity.users.access import (
    branch_of,
    governed,
    not_oneself,
    present,
    within,
)
from agenturclient.identity.users.acts import carry_out
from agenturclient.identity.users.errors import SharedAccount
from agenturclient.identity.users.listing import get_user
from agenturclient.identity.users.plan import written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agenturclient.identity.actors import Actor, Permission
    from agenturclient.identity.directory.port import Directory
    from agenturclient.identity.users.details import ProfileChange, UserDetail
    from agenturclient.identity.users.journal import Lease
    from agenturclient.kernel.clock import Clock


def change_user(
    user: int, change: ProfileChange, *, actor: Actor, directory: Directory, clock: Clock
) -> UserDetail:
    """Change name, e-mail address and branch; what is None stays.

    Raises PermissionMissing, UserNotFound, UserBlocked, SharedAccount, BeyondOwnRights,
    BranchNotFound, EmailTaken, ChangePending and DirectoryUnavailable.
    """
    with transaction.atomic(durable=True):
        lease = _ask_edit(user, change, actor, clock)
    if lease is not None:
        carry_out(lease, directory=directory, clock=clock)
    return get_user(user, actor=actor)


def change_rights(
    user: int,
    wanted: Mapping[Permission, bool],
    *,
    actor: Actor,
    directory: Directory,
    clock: Clock,
) -> UserDetail:
    """Give and take rights; those that are not named stay.

    Raises PermissionMissing, UserNotFound, UserBlocked, OwnAccount, BeyondOwnRights, ChangePending
    and DirectoryUnavailable.
    """
    with transaction.atomic(durable=True):
        lease = _ask_rights(user, wanted, actor, clock)
    if lease is not None:
        carry_out(lease, directory=directory, clock=clock)
    return get_user(user, actor=actor)


def _ask_edit(user: int, change: ProfileChange, actor: Actor, clock: Clock) -> Lease | None:
    """The intent of act one; None when there is nothing to ask of the directory."""
    agency, own = governed(actor)
    row = present(agency, user)
    before = _facts(row)
    given = {name: value for name, value in asdict(change).items() if value is not None}
    wish = journal.Wish(
        ChangeKind.EDIT,
        agency,
        actor.user_id,
        journal.subject_of(row.user),
        row.user,
        before=before,
        after=before | given,
    )
    if wish.after == before:
        return None
    branch = branch_of(agency, wish.after["branch"]) if "branch" in given else row.branch
    if all(wish.after[name] == before[name] for name in asdict(Profile("", "", ""))):
        Membership.objects.filter(pk=row.pk).update(branch=branch)
        journal.note(wish, now=clock.now())
        return None
    within(own, row.permissions)
    if Membership.objects.filter(user=user, active=True).exclude(agency=agency).exists():
        raise SharedAccount
    return journal.ask(wish, now=clock.now())


def _ask_rights(
    user: int, wanted: Mapping[Permission, bool], actor: Actor, clock: Clock
) -> Lease | None:
    """The intent of act one, with what it takes away; None when there is nothing to do."""
    agency, own = governed(actor)
    row = present(agency, user)
    not_oneself(actor, user)
    given = frozenset(right for right, given in wanted.items() if given)
    after = (row.permissions | given) - (wanted.keys() - given)
    within(own, after - row.permissions)
    if after == row.permissions:
        return None
    wish = journal.Wish(
        ChangeKind.RIGHTS,
        agency,
        actor.user_id,
        journal.subject_of(row.user),
        row.user,
        before={"permissions": written(row.permissions)},
        after={"permissions": written(after)},
    )
    lease = journal.ask(wish, now=clock.now())
    effects.at_once(ChangeKind.RIGHTS, row.user, agency, wish.after)
    return lease


def _facts(row: Membership) -> dict[str, Any]:
    profile = Profile(row.user.first_name, row.user.last_name, row.user.email)
    return {**asdict(profile), "branch": row.branch.code if row.branch else ""}
