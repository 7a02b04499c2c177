"""The invited person's side: see whom the link is for, set a password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from agenturclient.identity import sessions
from agenturclient.identity.changes import ChangeKind, ChangeState
from agenturclient.identity.directory.port import DirectoryFailure, OutcomeUnknown
from agenturclient.identity.models import Invitation, User
from agenturclient.identity.users import journal
from agenturclient.identity.users.errors import DirectoryUnavailable, InvitationNotFound
from agenturclient.identity.users.failures import told
from agenturclient.identity.users.links import usable

if TYPE_CHECKING:
    from agenturclient.identity.directory.port import Directory
    from agenturclient.identity.users.journal import Lease
    from agenturclient.kernel.clock import Clock


@dataclass(frozen=True)
class Welcome:
    """Whom a link is for: the person, the name to sign in with, the agency."""

    name: str
    username: str
    agency: str


def look_up(token: str, *, clock: Clock) -> Welcome:
    """Whom the link is for. Raises InvitationNotFound."""
    return _welcome(_found(token, clock))


def set_password(token: str, password: str, *, directory: Directory, clock: Clock) -> Welcome:
    """Set the password, which uses the link up and ends all sessions of the person.

    Raises InvitationNotFound, PasswordRefused (the link stays good), ChangePending and
    DirectoryUnavailable.
    """
    with transaction.atomic(durable=True):
        invitation = _found(token, clock)
        now = clock.now()
        unused = Invitation.objects.filter(pk=invitation.pk, used_at=None)
        if unused.update(used_at=now) != 1:  # a second click was faster
            raise InvitationNotFound
        user, agency = invitation.user, invitation.agency
        was_pending = user.pending
        wish = journal.Wish(ChangeKind.PASSWORD, agency, user.pk, journal.subject_of(user), user)
        lease = journal.ask(wish, now=now)
    try:
        directory.set_password(user.subject, password)
    except DirectoryFailure as failure:
        _not_set(lease, invitation, failure, clock, can_be_seen=was_pending)
        raise (
            DirectoryUnavailable() if isinstance(failure, OutcomeUnknown) else told(failure)
        ) from failure
    with transaction.atomic(durable=True):
        User.objects.filter(pk=user.pk).update(pending=False)
        sessions.end_all(user.pk)
        journal.settle(lease, ChangeState.DONE, now=clock.now())
    return _welcome(invitation)


def _found(token: str, clock: Clock) -> Invitation:
    found = usable(token, now=clock.now()).select_related("user", "agency").first()
    if found is None:
        raise InvitationNotFound
    return found


def _not_set(
    lease: Lease,
    invitation: Invitation,
    failure: DirectoryFailure,
    clock: Clock,
    *,
    can_be_seen: bool,
) -> None:
    """The link is good again: it only ever sets the password of its person.

    Whether a first password was set can be seen at the directory, whether a later one was cannot.
    """
    now = clock.now()
    if isinstance(failure, OutcomeUnknown) and can_be_seen:
        journal.later(lease, now=now, code=failure.code)
    else:
        with transaction.atomic(durable=True):
            journal.settle(lease, ChangeState.FAILED, now=now, code=failure.code)
    Invitation.objects.filter(pk=invitation.pk).update(used_at=None)


def _welcome(invitation: Invitation) -> Welcome:
    user = invitation.user
    return Welcome(user.full_name, user.username or user.email, invitation.agency.name)
