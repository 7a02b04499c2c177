"""The operator's part: agencies and their first admin. The people of an agency are its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet

from agenturclient.identity.actors import Permission, PermissionMissing, Role
from agenturclient.identity.changes import ChangeKind
from agenturclient.identity.directory.port import DirectoryFailure
from agenturclient.identity.models import Agency, Branch, Change
from agenturclient.identity.users import journal
from agenturclient.identity.users.access import operated
from agenturclient.identity.users.acts import carry_out
from agenturclient.identity.users.details import (
    AgencyDetail,
    AgencyInvited,
    InvitationCriteria,
    Link,
    Page,
)
from agenturclient.identity.users.errors import AgencyNotFound, CodeTaken
from agenturclient.identity.users.failures import told
from agenturclient.identity.users.invite import facts, handed_over

if TYPE_CHECKING:
    from uuid import UUID

    from agenturclient.identity.actors import Actor
    from agenturclient.identity.directory.port import Directory, Profile
    from agenturclient.identity.users.journal import Lease
    from agenturclient.kernel.clock import Clock

_ROWS = 50


def list_agencies(*, actor: Actor, cursor: str = "") -> Page[AgencyDetail]:
    """All agencies by code, a page at a time. Raises PermissionMissing."""
    if actor.role is not Role.OPERATOR:
        raise PermissionMissing(permission=Role.OPERATOR.value)
    rows = list(_counted().filter(code__gt=cursor).order_by("code")[: _ROWS + 1])
    page = rows[:_ROWS]
    following = page[-1].code if len(rows) > _ROWS else None
    return Page(tuple(_detail(row) for row in page), following)


def create_agency(  # noqa: PLR0913 - what makes an agency
    code: str,
    name: str,
    admin: Profile,
    *,
    key: UUID,
    actor: Actor,
    directory: Directory,
    clock: Clock,
) -> AgencyInvited:
    """Make an agency with a first branch of its name, and invite its first admin.

    Raises PermissionMissing, CodeTaken, KeyReused, ChangePending and DirectoryUnavailable.
    """
    after = _admin_facts(admin) | {"code": code, "name": name}
    standing = journal.replayed(key, ChangeKind.AGENCY, actor=actor.user_id, after=after)
    if standing is not None:
        return _invited(standing, None)
    _ask_first(admin, directory)
    with transaction.atomic(durable=True):
        operated(actor)
        agency = _create(code, name)
        lease = _ask(agency, after, key, actor, clock)
    return _carried_out(lease, directory, clock)


def invite_admin(
    code: str, admin: Profile, *, key: UUID, actor: Actor, directory: Directory, clock: Clock
) -> AgencyInvited:
    """Give an agency a further admin, who may be somebody with an account already.

    Raises PermissionMissing, AgencyNotFound, SharedAccount (of the operator's own people),
    KeyReused, ChangePending and DirectoryUnavailable.
    """
    after = _admin_facts(admin)
    standing = journal.replayed(key, ChangeKind.AGENCY, actor=actor.user_id, after=after)
    if standing is not None:
        return _invited(standing, None)
    with transaction.atomic(durable=True):
        operated(actor)
        lease = _ask(_found(code), after, key, actor, clock)
    return _carried_out(lease, directory, clock)


def change_agency(
    code: str, *, name: str | None, active: bool | None, actor: Actor, clock: Clock
) -> AgencyDetail:
    """Rename, close or open again; None stays. The people of a closed agency are out of it at
    their next request.

    Raises PermissionMissing and AgencyNotFound.
    """
    with transaction.atomic(durable=True):
        operated(actor)
        row = _found(code)
        before = {"name": row.name, "active": row.active}
        row.name = row.name if name is None else name
        row.active = row.active if active is None else active
        after = {"name": row.name, "active": row.active}
        if after != before:
            row.save(update_fields=["name", "active"])
            wish = journal.Wish(
                ChangeKind.AGENCY, row, actor.user_id, "", before=before, after=after
            )
            journal.note(wish, now=clock.now())
    return _detail(_counted().get(code=code))


def _ask_first(admin: Profile, directory: Directory) -> None:
    """A directory that is away is found out before anything is written."""
    try:
        directory.find(admin.email)
    except DirectoryFailure as failure:
        raise told(failure) from failure


def _create(code: str, name: str) -> Agency:
    try:
        with transaction.atomic():
            agency = Agency.objects.create(code=code, name=name)
    except IntegrityError:
        raise CodeTaken from None
    Branch.objects.create(agency=agency, code="main", name=name)
    return agency


def _ask(agency: Agency, after: dict[str, Any], key: UUID, actor: Actor, clock: Clock) -> Lease:
    subject = f"email:{after['email'].lower()}"
    wish = journal.Wish(ChangeKind.AGENCY, agency, actor.user_id, subject, after=after, key=key)
    return journal.ask(wish, now=clock.now())


def _carried_out(lease: Lease, directory: Directory, clock: Clock) -> AgencyInvited:
    carry_out(lease, directory=directory, clock=clock)
    return _invited(*handed_over(lease, directory=directory, clock=clock))


def _admin_facts(admin: Profile) -> dict[str, Any]:
    """A first admin has every right: nobody can give what he has not."""
    person = InvitationCriteria(
        admin.first_name, admin.last_name, admin.email, frozenset(Permission), "main"
    )
    return facts(person) | {"join": True}


def _invited(change: Change, link: Link | None) -> AgencyInvited:
    agency = _detail(_counted().get(pk=change.agency_id))
    name = change.user.full_name if change.user else ""
    return AgencyInvited(agency, name, link, change.state in journal.OPEN)


def _found(code: str) -> Agency:
    found = Agency.objects.select_for_update().filter(code=code).first()
    if found is None:
        raise AgencyNotFound
    return found


def _counted() -> QuerySet[Agency]:
    members = Q(memberships__active=True, memberships__user__is_active=True)
    return Agency.objects.annotate(
        people=Count("memberships", filter=members, distinct=True),
        admins=Count("memberships", filter=members & Q(memberships__admin=True), distinct=True),
        offices=Count("branches", filter=Q(branches__active=True), distinct=True),
    )


def _detail(row: Any) -> AgencyDetail:
    return AgencyDetail(row.pk, row.code, row.name, row.active, row.people, row.admins, row.offices)
