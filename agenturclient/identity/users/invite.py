"""Invite somebody into the agency, and help who has no way in (any more)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.db import transaction

from agenturclient.identity.changes import ChangeKind, ChangeState
from agenturclient.identity.directory.port import DirectoryFailure, Profile
from agenturclient.identity.models import Change, Membership
from agenturclient.identity.users import journal
from agenturclient.identity.users.access import branch_of, governed, present, within
from agenturclient.identity.users.acts import carry_out
from agenturclient.identity.users.details import Invited, Link
from agenturclient.identity.users.errors import KeyReused, SharedAccount, UserNotFound
from agenturclient.identity.users.failures import told
from agenturclient.identity.users.links import new_link
from agenturclient.identity.users.listing import details, get_user
from agenturclient.identity.users.plan import elsewhere, written

if TYPE_CHECKING:
    from uuid import UUID

    from agenturclient.identity.actors import Actor
    from agenturclient.identity.directory.port import Directory
    from agenturclient.identity.models import Agency
    from agenturclient.identity.users.details import InvitationCriteria
    from agenturclient.identity.users.journal import Lease
    from agenturclient.kernel.clock import Clock


def invite(
    person: InvitationCriteria, *, key: UUID, actor: Actor, directory: Directory, clock: Clock
) -> Invited | None:
    """Make an account for somebody who has none, with rights that the actor has.

    The same key again tells the person without the link, which is shown once. None while nobody
    knows what the directory has done.

    Raises PermissionMissing, BeyondOwnRights, BranchNotFound, EmailTaken, KeyReused, ChangePending
    and DirectoryUnavailable.
    """
    after = facts(person)
    standing = journal.replayed(key, ChangeKind.INVITE, actor=actor.user_id, after=after)
    if standing is None:
        lease = _ask(after, person, key, actor, clock)
        carry_out(lease, directory=directory, clock=clock)
        change, link = handed_over(lease, directory=directory, clock=clock)
    else:
        change, link = standing, None
    return _invited(change, link, actor)


def renew_link(
    user: int, *, key: UUID, actor: Actor, directory: Directory, clock: Clock
) -> Invited:
    """Another link for somebody who lost the first, or the password; or another mail.

    Raises PermissionMissing, UserNotFound, UserBlocked, SharedAccount, BeyondOwnRights, KeyReused,
    ChangePending and DirectoryUnavailable.
    """
    standing = journal.replayed(key, ChangeKind.LINK, actor=actor.user_id, after={})
    if standing is not None and standing.user_id != user:
        raise KeyReused
    link = None if standing else _renewed(user, key, actor, directory, clock)
    return Invited(get_user(user, actor=actor), link)


def facts(person: InvitationCriteria) -> dict[str, Any]:
    """What an invitation writes into the audit trail."""
    profile = Profile(person.first_name, person.last_name, person.email)
    rights = written(person.permissions)
    return {**asdict(profile), "permissions": rights, "branch": person.branch}


def handed_over(lease: Lease, *, directory: Directory, clock: Clock) -> tuple[Change, Link | None]:
    """The change as it is now and, once it is done, the way in for whoever has no password."""
    change = Change.objects.select_related("agency", "user").get(pk=lease.change)
    if change.state != ChangeState.DONE or change.user is None or not change.user.pending:
        return change, None
    if directory.sends_mail:
        return change, Link("", None, mailed=True)
    with transaction.atomic(durable=True):
        return change, new_link(change.user, change.agency, now=clock.now())


def _ask(
    after: dict[str, Any], person: InvitationCriteria, key: UUID, actor: Actor, clock: Clock
) -> Lease:
    with transaction.atomic(durable=True):
        agency, own = governed(actor)
        within(own, person.permissions)
        branch_of(agency, person.branch)
        subject = f"email:{person.email.lower()}"
        wish = journal.Wish(ChangeKind.INVITE, agency, actor.user_id, subject, after=after, key=key)
        return journal.ask(wish, now=clock.now())


def _renewed(user: int, key: UUID, actor: Actor, directory: Directory, clock: Clock) -> Link:
    with transaction.atomic(durable=True):
        agency, row = _reachable(user, actor)
    try:
        account = directory.account(row.user.subject)
    except DirectoryFailure as failure:
        raise told(failure) from failure
    if account is None:
        raise UserNotFound
    if elsewhere(account, agency.code):
        raise SharedAccount
    with transaction.atomic(durable=True):
        agency, row = _reachable(user, actor)  # anew: something may have changed meanwhile
        subject = journal.subject_of(row.user)
        wish = journal.Wish(ChangeKind.LINK, agency, actor.user_id, subject, row.user, key=key)
        if not directory.sends_mail:
            journal.note(wish, now=clock.now())
            return new_link(row.user, agency, now=clock.now())
        lease = journal.ask(wish, now=clock.now())
    carry_out(lease, directory=directory, clock=clock)
    return Link("", None, mailed=True)


def _reachable(user: int, actor: Actor) -> tuple[Agency, Membership]:
    """Somebody whose account the actor may open: with no right that the actor has not, and no
    other agency. Otherwise a link would be a way to more rights.
    """
    agency, own = governed(actor)
    row = present(agency, user)
    within(own, row.permissions)
    if Membership.objects.filter(user=user, active=True).exclude(agency=agency).exists():
        raise SharedAccount
    return agency, row


def _invited(change: Change, link: Link | None, actor: Actor) -> Invited | None:
    rows = Membership.objects.filter(user=change.user, agency=change.agency)
    row = rows.select_related("user", "branch").first() if change.user else None
    return None if row is None else Invited(details([row], actor)[0], link)
