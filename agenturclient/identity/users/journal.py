"""The journal of changes and its audit trail: asked before the call, a fact after it, one holder.

Every transition is a conditional update under the fence of the holder's lease; one that woke up
after its lease ran out finds its fence outdated and writes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import F

from agenturclient.identity.changes import ChangeKind, ChangeState
from agenturclient.identity.models import Agency, Change, ChangeStep, User
from agenturclient.identity.users.errors import ChangePending, KeyReused

if TYPE_CHECKING:
    from datetime import datetime

OPEN: Final = (ChangeState.ASKED, ChangeState.UNKNOWN)
LEASE: Final = timedelta(seconds=30)
"""Longer than all calls of a change together may take."""

# When an open change is taken up again, in seconds; the last interval repeats.
_DELAYS: Final = (1, 2, 5, 10, 30, 60)


class LeaseLost(RuntimeError):
    """Somebody else holds the change now: this transaction must roll back."""


@dataclass(frozen=True)
class Lease:
    """The right to carry on with a change, as long as the fence is the newest."""

    change: int
    fence: int


@dataclass(frozen=True)
class Wish:
    """What somebody wants to be changed, whom it is about, and how that is before and after.

    `subject` names the person or, before there is one, the address.
    """

    kind: ChangeKind
    agency: Agency
    actor: int
    subject: str
    user: User | None = None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    key: UUID = field(default_factory=uuid4)


def subject_of(user: User) -> str:
    """How an open change names a person."""
    return f"user:{user.pk}"


def replayed(key: UUID, kind: ChangeKind, *, actor: int, after: dict[str, Any]) -> Change | None:
    """The change that was asked under this key before, None where there is none.

    Raises KeyReused when it was another one.
    """
    change = Change.objects.filter(key=key).select_related("agency", "user").first()
    if change is None:
        return None
    if (change.kind, change.actor_id, change.after) != (kind, actor, after):
        raise KeyReused
    return change


def ask(wish: Wish, *, now: datetime) -> Lease:
    """Write "asked", inside the transaction of act one. Raises ChangePending."""
    change = _insert(wish, ChangeState.ASKED, now)
    return Lease(change.pk, change.fence)


def note(wish: Wish, *, now: datetime) -> Change:
    """Write a change of our own tables, asked and done at once, in the transaction that makes
    it.
    """
    change = _insert(wish, ChangeState.DONE, now)
    ChangeStep.objects.create(change=change, step=ChangeState.DONE, at=now)
    return change


def open_change(user: User) -> Change | None:
    """The change of this person that is under way."""
    return Change.objects.filter(open_subject=subject_of(user)).first()


def name_user(lease: Lease, user: User) -> None:
    """Whom the change made; inside a transaction. Raises LeaseLost."""
    _update(lease, user=user)


def check(lease: Lease) -> None:
    """Make sure that nobody has taken over. Raises LeaseLost."""
    _update(lease, attempts=F("attempts"))


def settle(lease: Lease, state: ChangeState, *, now: datetime, code: str = "") -> None:
    """The end of a change, inside the transaction of act three. Raises LeaseLost."""
    _update(lease, state=state, code=code, settled_at=now, open_subject=None, lease_until=now)
    ChangeStep.objects.create(change_id=lease.change, step=state, at=now, code=code)


def later(lease: Lease, *, now: datetime, code: str) -> None:
    """Nobody knows yet: recovery takes it up after a growing delay. Raises LeaseLost."""
    with transaction.atomic(durable=True):
        change = Change.objects.get(pk=lease.change)
        delay = _DELAYS[min(change.attempts, len(_DELAYS)) - 1]
        _update(
            lease,
            state=ChangeState.UNKNOWN,
            code=code,
            lease_until=now,
            next_at=now + timedelta(seconds=delay),
        )
        if change.state != ChangeState.UNKNOWN:
            ChangeStep.objects.create(change=change, step=ChangeState.UNKNOWN, at=now, code=code)


def claim(*, now: datetime, limit: int) -> tuple[Lease, ...]:
    """Take over due changes that nobody holds, each exactly once over all workers."""
    with transaction.atomic(durable=True):
        due = (
            Change.objects.filter(state__in=OPEN, lease_until__lte=now, next_at__lte=now)
            .order_by("next_at")
            .select_for_update(skip_locked=True)
            .values_list("pk", "fence")[:limit]
        )
        return tuple(
            Lease(pk, fence + 1)
            for pk, fence in list(due)
            if Change.objects.filter(
                pk=pk, fence=fence, lease_until__lte=now, state__in=OPEN
            ).update(fence=fence + 1, attempts=F("attempts") + 1, lease_until=now + LEASE)
            == 1
        )


def _insert(wish: Wish, state: ChangeState, now: datetime) -> Change:
    is_open = state in OPEN
    try:
        with transaction.atomic():
            change = Change.objects.create(
                key=wish.key,
                kind=wish.kind,
                state=state,
                agency=wish.agency,
                actor_id=wish.actor,
                user=wish.user,
                open_subject=wish.subject if is_open else None,
                before=wish.before,
                after=wish.after,
                lease_until=now + LEASE if is_open else now,
                next_at=now,
                asked_at=now,
                settled_at=None if is_open else now,
            )
    except IntegrityError:
        standing = Change.objects.filter(open_subject=wish.subject).first()
        raise ChangePending(kind=standing.kind if standing else str(wish.kind)) from None
    ChangeStep.objects.create(change=change, step=ChangeState.ASKED, at=now)
    return change


def _update(lease: Lease, **fields: Any) -> None:
    rows = Change.objects.filter(pk=lease.change, fence=lease.fence, state__in=OPEN)
    if rows.update(**fields) != 1:
        raise LeaseLost(f"change {lease.change}")
