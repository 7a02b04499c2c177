"""The audit trail as the agency's admin reads it: newest first, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agenturclient.identity.models import Change
from agenturclient.identity.users.access import administered, member
from agenturclient.identity.users.details import ChangeDetail, Page, StepDetail

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from agenturclient.identity.actors import Actor

_ROWS: Final = 30


def list_changes(*, actor: Actor, cursor: str = "") -> Page[ChangeDetail]:
    """All changes of the agency. Raises PermissionMissing."""
    return _page(Change.objects.filter(agency=administered(actor)), cursor)


def list_changes_of(user: int, *, actor: Actor, cursor: str = "") -> Page[ChangeDetail]:
    """What the agency changed of one person. Raises PermissionMissing and UserNotFound."""
    row = member(administered(actor), user)
    return _page(Change.objects.filter(agency=row.agency, user=row.user), cursor)


def _page(changes: QuerySet[Change], cursor: str) -> Page[ChangeDetail]:
    if cursor:
        changes = changes.filter(pk__lt=int(cursor))
    found = changes.select_related("actor", "user").prefetch_related("steps").order_by("-pk")
    rows = list(found[: _ROWS + 1])
    page = rows[:_ROWS]
    following = str(page[-1].pk) if len(rows) > _ROWS else None
    return Page(tuple(_detail(each) for each in page), following)


def _detail(change: Change) -> ChangeDetail:
    steps = sorted(change.steps.all(), key=lambda step: step.pk)
    return ChangeDetail(
        id=change.pk,
        kind=change.kind,
        state=change.state,
        actor=change.actor.full_name,
        user=change.user_id,
        user_name=change.user.full_name if change.user else "",
        before=change.before,
        after=change.after,
        steps=tuple(StepDetail(step.step, step.at, step.code) for step in steps),
    )
