"""The branches of an agency: rows of our own, with the same audit trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet

from agenturclient.identity.changes import ChangeKind
from agenturclient.identity.models import Agency, Branch, Membership
from agenturclient.identity.users import journal
from agenturclient.identity.users.access import administered, governed
from agenturclient.identity.users.details import BranchDetail, Page
from agenturclient.identity.users.errors import BranchInUse, BranchNotFound, CodeTaken

if TYPE_CHECKING:
    from uuid import UUID

    from agenturclient.identity.actors import Actor
    from agenturclient.kernel.clock import Clock

_ROWS = 100


def list_branches(*, actor: Actor, cursor: str = "") -> Page[BranchDetail]:
    """The agency's branches by code, closed ones too, a page at a time.

    Raises PermissionMissing.
    """
    rows = list(_counted(actor).filter(code__gt=cursor).order_by("code")[: _ROWS + 1])
    page = rows[:_ROWS]
    following = page[-1].code if len(rows) > _ROWS else None
    return Page(tuple(_detail(row) for row in page), following)


def open_branch(code: str, name: str, *, key: UUID, actor: Actor, clock: Clock) -> BranchDetail:
    """Open a branch, once per key. Raises PermissionMissing, CodeTaken and KeyReused."""
    after = {"code": code, "name": name, "active": True}
    if journal.replayed(key, ChangeKind.BRANCH, actor=actor.user_id, after=after) is None:
        with transaction.atomic(durable=True):
            agency, _ = governed(actor)
            _create(agency, code, name)
            journal.note(_wish(agency, actor, {}, after, key=key), now=clock.now())
    return _read(actor, code=code)


def change_branch(
    branch: int, *, name: str | None, active: bool | None, actor: Actor, clock: Clock
) -> BranchDetail:
    """Rename, close or open again; None stays. Nobody may work in a branch that is closed.

    Raises PermissionMissing, BranchNotFound and BranchInUse.
    """
    with transaction.atomic(durable=True):
        agency, _ = governed(actor)
        row = Branch.objects.filter(agency=agency, pk=branch).first()
        if row is None:
            raise BranchNotFound
        people = Membership.objects.filter(branch=row, active=True).count()
        if active is False and people:
            raise BranchInUse(count=people)
        before = {"code": row.code, "name": row.name, "active": row.active}
        row.name = row.name if name is None else name
        row.active = row.active if active is None else active
        after = {"code": row.code, "name": row.name, "active": row.active}
        if after != before:
            row.save(update_fields=["name", "active"])
            journal.note(_wish(agency, actor, before, after), now=clock.now())
    return _read(actor, pk=branch)


def _create(agency: Agency, code: str, name: str) -> None:
    try:
        with transaction.atomic():
            Branch.objects.create(agency=agency, code=code, name=name)
    except IntegrityError:
        raise CodeTaken from None


def _wish(
    agency: Agency, actor: Actor, before: dict[str, Any], after: dict[str, Any], **key: Any
) -> journal.Wish:
    return journal.Wish(
        ChangeKind.BRANCH, agency, actor.user_id, "", before=before, after=after, **key
    )


def _counted(actor: Actor) -> QuerySet[Branch]:
    people = Count("membership", filter=Q(membership__active=True))
    return Branch.objects.filter(agency=administered(actor)).annotate(people=people)


def _read(actor: Actor, **which: Any) -> BranchDetail:
    return _detail(_counted(actor).get(**which))


def _detail(row: Any) -> BranchDetail:
    return BranchDetail(row.pk, row.code, row.name, row.active, row.people)
