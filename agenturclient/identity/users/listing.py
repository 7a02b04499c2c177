"""The people of the actor's agency: a page of them, and one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import Q, QuerySet

from agenturclient.identity.actors import Permission, Role
from agenturclient.identity.directory.port import DirectoryFailure
from agenturclient.identity.models import Change, Membership
from agenturclient.identity.users import mirror
from agenturclient.identity.users.access import administered, member
from agenturclient.identity.users.details import Page, Party, UserCriteria, UserDetail, UserState
from agenturclient.identity.users.failures import told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agenturclient.identity.actors import Actor
    from agenturclient.identity.directory.port import Directory
    from agenturclient.identity.models import Agency

_MOST_ROWS: Final = 100
_MOST_WORDS: Final = 5
_STATES: Final = {
    UserState.ACTIVE: Q(active=True, user__is_active=True, user__pending=False),
    UserState.INVITED: Q(active=True, user__is_active=True, user__pending=True),
    UserState.BLOCKED: Q(active=False) | Q(user__is_active=False),
}


def list_users(criteria: UserCriteria, *, actor: Actor, directory: Directory) -> Page[UserDetail]:
    """People by name, a page at a time; the first page is asked of the directory, the others are
    as they were then.

    Raises PermissionMissing, and DirectoryUnavailable.
    """
    agency = administered(actor)
    if not criteria.cursor:
        _refresh(agency, directory)
    size = max(1, min(criteria.page_size, _MOST_ROWS))
    rows = list(_after(criteria.cursor, _matching(criteria, agency))[: size + 1])
    page = rows[:size]
    return Page(details(page, actor), str(page[-1].pk) if len(rows) > size else None)


def get_user(user: int, *, actor: Actor) -> UserDetail:
    """One person. Raises PermissionMissing and UserNotFound."""
    return details([member(administered(actor), user)], actor)[0]


def details(rows: Sequence[Membership], actor: Actor) -> tuple[UserDetail, ...]:
    """The people of these memberships. Two queries."""
    people = [row.user_id for row in rows]
    open_changes = Change.objects.filter(user__in=people, open_subject__isnull=False)
    changing = dict(open_changes.values_list("user", "kind"))
    others = Membership.objects.filter(user__in=people, active=True)
    shared = set(others.exclude(agency=actor.agency_id).values_list("user", flat=True))
    return tuple(
        UserDetail(
            id=row.user_id,
            first_name=row.user.first_name,
            last_name=row.user.last_name,
            email=row.user.email,
            username=row.user.username or row.user.email,
            branch=Party(row.branch.code, row.branch.name) if row.branch else None,
            permissions=tuple(right for right in Permission if right in row.permissions),
            state=_state(row),
            last_login=row.user.last_login,
            changing=changing.get(row.user_id, ""),
            you=row.user_id == actor.user_id,
            shared=row.user_id in shared,
        )
        for row in rows
    )


def _refresh(agency: Agency, directory: Directory) -> None:
    try:
        accounts = directory.members(agency.code)
    except DirectoryFailure as failure:
        raise told(failure) from failure
    with transaction.atomic(durable=True):
        mirror.record_members(agency, accounts, issuer=directory.issuer)


def _state(row: Membership) -> UserState:
    if not (row.active and row.user.is_active):
        return UserState.BLOCKED
    return UserState.INVITED if row.user.pending else UserState.ACTIVE


def _matching(criteria: UserCriteria, agency: Agency) -> QuerySet[Membership]:
    rows = Membership.objects.filter(agency=agency, user__role=Role.AGENT)
    for word in criteria.text.split()[:_MOST_WORDS]:
        rows = rows.filter(
            Q(user__first_name__icontains=word)
            | Q(user__last_name__icontains=word)
            | Q(user__email__icontains=word)
            | Q(user__username__icontains=word)
        )
    if criteria.state is not None:
        rows = rows.filter(_STATES[criteria.state])
    if criteria.permission is not None:
        rows = rows.filter(Q(**{criteria.permission.value: True}), active=True)
    return rows.select_related("user", "branch")


def _after(cursor: str, rows: QuerySet[Membership]) -> QuerySet[Membership]:
    """The rows by name, behind the one that the cursor names."""
    last = Membership.objects.select_related("user").filter(pk=cursor).first() if cursor else None
    if last is not None:
        same_last = Q(user__last_name=last.user.last_name)
        same = same_last & Q(user__first_name=last.user.first_name)
        rows = rows.filter(
            Q(user__last_name__gt=last.user.last_name)
            | (same_last & Q(user__first_name__gt=last.user.first_name))
            | (same & Q(pk__gt=last.pk))
        )
    return rows.order_by("user__last_name", "user__first_name", "pk")
