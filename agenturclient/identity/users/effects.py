"""What a change does in our own tables: at once, when it is done, when it did not happen.

What is taken away is gone here before the directory is asked: waiting for it would let somebody
work on. The last admin's guard counts on that, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agenturclient.identity import sessions
from agenturclient.identity.actors import Permission
from agenturclient.identity.changes import ChangeKind
from agenturclient.identity.models import Branch, Membership
from agenturclient.identity.users import mirror
from agenturclient.identity.users.plan import rights_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from agenturclient.identity.directory.port import Account
    from agenturclient.identity.models import Agency, Change, User


def at_once(kind: ChangeKind, user: User, agency: Agency, after: Mapping[str, Any]) -> None:
    """Take away what the change takes away, in the transaction of act one."""
    rows = Membership.objects.filter(user=user, agency=agency)
    if kind is ChangeKind.RIGHTS:
        wanted = rights_in(after)
        for right in Permission:
            if right not in wanted:
                rows.update(**{right.value: False})
    if kind is ChangeKind.BLOCK:
        rows.update(active=False)
    _end_sessions(kind, user)


def when_done(change: Change, account: Account | None, *, issuer: str) -> None:
    """Write what the directory now says, in the transaction of act three."""
    if account is not None:
        change.user = mirror.record(account, issuer=issuer, settling=change.pk)
    if change.user is None:
        return
    if "branch" in change.after:
        branch = Branch.objects.filter(agency=change.agency, code=change.after["branch"]).first()
        _membership(change).update(branch=branch)
    _end_sessions(ChangeKind(change.kind), change.user)  # one begun meanwhile, too


def when_failed(change: Change) -> None:
    """Give back what was taken at once, in the transaction that says that it did not happen."""
    if change.kind == ChangeKind.RIGHTS:
        before = rights_in(change.before)
        _membership(change).update(**{right.value: right in before for right in Permission})
    if change.kind == ChangeKind.BLOCK:
        _membership(change).update(active=True)


def _membership(change: Change) -> QuerySet[Membership]:
    return Membership.objects.filter(user=change.user, agency=change.agency)


def _end_sessions(kind: ChangeKind, user: User) -> None:
    """Of somebody who is blocked only where no other agency is left to work for."""
    works = Membership.objects.filter(user=user, active=True).exists()
    if kind is ChangeKind.SESSIONS or (kind is ChangeKind.BLOCK and not works):
        sessions.end_all(user.pk)
