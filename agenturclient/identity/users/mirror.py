"""Our tables after the directory's word: people and memberships, written only where they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agenturclient.identity.actors import Permission
from agenturclient.identity.models import Agency, Change, Membership, User

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agenturclient.identity.directory.port import Account, Rights


def record(account: Account, *, issuer: str, settling: int | None = None) -> User:
    """Write what the directory says of somebody, in the caller's transaction.

    Memberships that it does not name end. While a change of the person is under way (another one
    than `settling`), memberships stay: the directory may still tell what is being taken away.
    """
    user = _record_person(account, issuer)
    if _is_changing(user, settling):
        return user
    known = Agency.objects.filter(code__in=account.memberships)
    for agency in known:
        _record_membership(user, agency, account.memberships[agency.code])
    ended = Membership.objects.filter(user=user, active=True)
    ended.exclude(agency__in=known).update(active=False)
    return user


def record_members(agency: Agency, accounts: Iterable[Account], *, issuer: str) -> None:
    """Write who is a member of an agency, in the caller's transaction; other agencies stay."""
    present = []
    for account in accounts:
        user = _record_person(account, issuer)
        present.append(user.pk)
        if not _is_changing(user):
            _record_membership(user, agency, account.memberships[agency.code])
    gone = Membership.objects.filter(agency=agency, active=True, user__issuer=issuer)
    changing = Change.objects.filter(open_subject__isnull=False, user__isnull=False)
    gone.exclude(user__in=present).exclude(user__in=changing.values("user")).update(active=False)


def _record_person(account: Account, issuer: str) -> User:
    wanted = {
        "first_name": account.profile.first_name,
        "last_name": account.profile.last_name,
        "email": account.profile.email,
        "is_active": account.enabled,
        "pending": account.pending,
    }
    user, created = User.objects.get_or_create(
        issuer=issuer, subject=account.subject, defaults=wanted | {"password": "!"}
    )
    if not created and any(getattr(user, name) != value for name, value in wanted.items()):
        User.objects.filter(pk=user.pk).update(**wanted)
        user.refresh_from_db()
    return user


def _record_membership(user: User, agency: Agency, rights: Rights) -> None:
    wanted = {right.value: right in rights for right in Permission} | {"active": True}
    row, created = Membership.objects.get_or_create(user=user, agency=agency, defaults=wanted)
    if not created and any(getattr(row, name) != value for name, value in wanted.items()):
        Membership.objects.filter(pk=row.pk).update(**wanted)


def _is_changing(user: User, settling: int | None = None) -> bool:
    open_now = Change.objects.filter(user=user, open_subject__isnull=False)
    return any(change != settling for change in open_now.values_list("pk", flat=True))
