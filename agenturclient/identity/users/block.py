"""Keep somebody out of the agency, let them in again, end their sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from agenturclient.identity.changes import ChangeKind
from agenturclient.identity.models import Membership
from agenturclient.identity.users import effects, journal
from agenturclient.identity.users.access import governed, member, not_oneself, present
from agenturclient.identity.users.acts import carry_out
from agenturclient.identity.users.details import UserState
from agenturclient.identity.users.errors import SharedAccount
from agenturclient.identity.users.listing import get_user
from agenturclient.identity.users.plan import written

if TYPE_CHECKING:
    from agenturclient.identity.actors import Actor
    from agenturclient.identity.directory.port import Directory
    from agenturclient.identity.users.details import UserDetail
    from agenturclient.identity.users.journal import Lease
    from agenturclient.kernel.clock import Clock


def block(user: int, *, actor: Actor, directory: Directory, clock: Clock) -> UserDetail:
    """Keep somebody out of this agency, at once; out of the account itself where no other agency
    is left. It goes on until the directory has done it.

    Raises PermissionMissing, UserNotFound, OwnAccount and ChangePending.
    """
    with transaction.atomic(durable=True):
        agency, _ = governed(actor)
        row = member(agency, user)
        not_oneself(actor, user)
        lease = None
        if row.active:
            after = {"state": UserState.BLOCKED.value}
            lease = _ask(ChangeKind.BLOCK, row, actor, clock, _facts(row), after)
            effects.at_once(ChangeKind.BLOCK, row.user, agency, after)
    return _carried_out(lease, user, actor, directory, clock)


def unblock(user: int, *, actor: Actor, directory: Directory, clock: Clock) -> UserDetail:
    """Let somebody in again, with the rights of before as far as the actor has them.

    Raises PermissionMissing, UserNotFound, ChangePending and DirectoryUnavailable.
    """
    with transaction.atomic(durable=True):
        agency, own = governed(actor)
        row = member(agency, user)
        lease = None
        if not row.active:
            state = UserState.INVITED if row.user.pending else UserState.ACTIVE
            after = {"state": state.value, "permissions": written(row.permissions & own)}
            before = {"state": UserState.BLOCKED.value}
            lease = _ask(ChangeKind.UNBLOCK, row, actor, clock, before, after)
    return _carried_out(lease, user, actor, directory, clock)


def end_sessions(user: int, *, actor: Actor, directory: Directory, clock: Clock) -> UserDetail:
    """Sign somebody out everywhere, at once. It goes on until the directory has done it.

    Raises PermissionMissing, UserNotFound, UserBlocked, SharedAccount and ChangePending.
    """
    with transaction.atomic(durable=True):
        agency, _ = governed(actor)
        row = present(agency, user)
        if Membership.objects.filter(user=user, active=True).exclude(agency=agency).exists():
            raise SharedAccount
        lease = _ask(ChangeKind.SESSIONS, row, actor, clock, {}, {})
        effects.at_once(ChangeKind.SESSIONS, row.user, agency, {})
    return _carried_out(lease, user, actor, directory, clock)


def _facts(row: Membership) -> dict[str, Any]:
    state = UserState.INVITED if row.user.pending else UserState.ACTIVE
    return {"state": state.value, "permissions": written(row.permissions)}


def _ask(
    kind: ChangeKind,
    row: Membership,
    actor: Actor,
    clock: Clock,
    before: dict[str, Any],
    after: dict[str, Any],
) -> Lease:
    subject = journal.subject_of(row.user)
    wish = journal.Wish(kind, row.agency, actor.user_id, subject, row.user, before, after)
    return journal.ask(wish, now=clock.now())


def _carried_out(
    lease: Lease | None, user: int, actor: Actor, directory: Directory, clock: Clock
) -> UserDetail:
    if lease is not None:
        carry_out(lease, directory=directory, clock=clock)
    return get_user(user, actor=actor)
