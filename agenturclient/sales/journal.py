"""The journal of remote operations: intent before the call, fact after it, one holder at a time.

Every transition is a conditional update whose row count is checked, under the fence of the holder's
lease. A holder that was stopped and woke up after its lease ran out finds its fence outdated and
can write nothing (reliability: lease, fence).
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Case, F, When

from agenturclient.sales.deadlines import flag_after
from agenturclient.sales.models import Operation, Order, Refund, Sale
from agenturclient.sales.models.journal import OperationKind, OperationState

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from agenturclient.kernel.errors import Fact

# When the distributor's state is looked at again after an unknown outcome; the last interval
# repeats. It is short enough for two looks and a repetition within the minute that is promised
# after a fault has ended.
_LOOK_DELAYS = (1, 2, 3, 5, 10, 15)
# An intent gets this much longer than its call may take before recovery takes it over.
LEASE_SLACK = timedelta(seconds=5)
# The outcome of what was sent and given up, by recovery or a person, because nothing came of it.
NOT_DONE = "not-done"
_DOCUMENTS_LAST = Case(When(kind=OperationKind.DOCUMENTS, then=1), default=0)


class LeaseLost(RuntimeError):
    """Somebody else holds the operation now: this transaction must roll back."""


@dataclass(frozen=True)
class Verdict:
    """A person's decision about an operation: who says, under which key, what happened, and why.

    It ends the operation like a fact. `booking_code` is the distributor's booking number, where
    the person had to look it up.
    """

    user: int
    key: UUID
    happened: bool
    reason: str
    booking_code: str = ""

    @property
    def facts(self) -> dict[str, Fact]:
        """What the event of the move says: the audit line."""
        return {"decided": True, "happened": self.happened, "reason": self.reason}

    @property
    def kept(self) -> dict[str, Any]:
        """What stays with the operation, to recognise the decision when it is sent again."""
        return {**self.facts, "key": str(self.key), "booking_code": self.booking_code}


@dataclass(frozen=True)
class Lease:
    """The right to carry on with an operation, as long as the fence is the newest."""

    operation: int
    fence: int


def owner() -> str:
    """A name for this process, for people who read the table."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}"


def begin(  # noqa: PLR0913 - the facts of an intent
    kind: OperationKind,
    subject: Order | Sale | Refund,
    *,
    key: UUID,
    user: int | None,
    now: datetime,
    lasts: timedelta,
    facts: dict[str, Any] | None = None,
) -> Lease:
    """Write the intent, inside the transaction of act one. `lasts` is the longest the call may
    take.

    Raises IntegrityError when an operation on the subject is open.
    """
    sale = subject if isinstance(subject, Sale) else None
    refund = subject if isinstance(subject, Refund) else None
    name = "sale" if sale else "refund" if refund else "order"
    operation = Operation.objects.create(
        kind=kind,
        state=OperationState.INTENDED,
        open_subject=f"{'documents' if kind == OperationKind.DOCUMENTS else name}:{subject.pk}",
        order=subject if isinstance(subject, Order) else subject.order,
        sale=sale,
        refund=refund,
        user_id=user,
        key=key,
        facts=facts or {},
        lease_owner=owner(),
        lease_until=now + lasts + LEASE_SLACK,
        next_at=now,
        created_at=now,
    )
    return Lease(operation.pk, operation.fence)


def send(lease: Lease, *, now: datetime, lasts: timedelta) -> None:
    """Commit "sent" on its own, right before the call. Raises LeaseLost."""
    with transaction.atomic(durable=True):
        _update(
            lease,
            state=OperationState.SENT,
            sent_at=now,
            attempts=F("attempts") + 1,
            lease_until=now + lasts + LEASE_SLACK,
        )


def settle(lease: Lease, outcome: str, *, now: datetime, verdict: Verdict | None = None) -> None:
    """The outcome is a fact, or what a person decided; inside the transaction of act three.

    Raises LeaseLost.
    """
    if verdict is not None:
        _note(lease, decision=verdict.kept)
    _update(
        lease,
        state=OperationState.SETTLED,
        outcome=outcome,
        settled_at=now,
        open_subject=None,
        lease_until=now,
    )


def look_later(
    lease: Lease, *, now: datetime, looked: bool = True, within: timedelta | None = None
) -> None:
    """Give the operation back to recovery, to be looked at after a growing delay, or sooner
    (`within`); flag it when it is old.

    Raises LeaseLost.
    """
    with transaction.atomic(durable=True):
        operation = Operation.objects.only("looks", "created_at", "flagged_at", "last_look_at").get(
            pk=lease.operation
        )
        looks = operation.looks + 1 if looked else operation.looks
        delay = timedelta(seconds=_LOOK_DELAYS[min(looks, len(_LOOK_DELAYS) - 1)])
        flagged = operation.flagged_at or (
            now if now - operation.created_at >= flag_after() else None
        )
        _update(
            lease,
            looks=looks,
            last_look_at=now if looked else operation.last_look_at,
            lease_until=now,
            next_at=now + (delay if within is None else min(delay, within)),
            flagged_at=flagged,
        )


def remember(lease: Lease, **facts: Any) -> None:
    """Keep facts with an open operation for the next look. Raises LeaseLost."""
    with transaction.atomic(durable=True):
        _note(lease, **facts)


def renew(lease: Lease, *, now: datetime, lasts: timedelta) -> None:
    """Hold on to an operation that goes on. Raises LeaseLost."""
    with transaction.atomic(durable=True):
        _update(lease, lease_until=now + lasts + LEASE_SLACK)


def check(lease: Lease) -> None:
    """Make sure, inside the transaction that is to write, that nobody has taken over.

    Raises LeaseLost.
    """
    _update(lease, lease_owner=owner())


def wake(subject: Order, *, now: datetime) -> None:
    """Have the intent to sell an order looked at now: one of its sales has been settled."""
    Operation.objects.filter(open_subject=f"order:{subject.pk}", lease_until__lte=now).update(
        next_at=now
    )


def claim(*, now: datetime, lasts: timedelta, limit: int) -> tuple[Lease, ...]:
    """Take over due operations that nobody holds, each exactly once over all workers: money before
    documents, the longest due first.
    """
    with transaction.atomic(durable=True):
        due = (
            Operation.objects.exclude(state=OperationState.SETTLED)
            .filter(lease_until__lte=now, next_at__lte=now)
            .order_by(_DOCUMENTS_LAST, "next_at", "pk")  # the same order on every database
            .select_for_update(skip_locked=True)
            .values_list("pk", "fence")[:limit]
        )
        return tuple(
            Lease(pk, fence + 1)
            for pk, fence in list(due)
            if Operation.objects.filter(pk=pk, fence=fence, lease_until__lte=now)
            .exclude(state=OperationState.SETTLED)
            .update(fence=fence + 1, lease_owner=owner(), lease_until=now + lasts)
            == 1
        )


def seize(operation: int, *, now: datetime, lasts: timedelta) -> Lease | None:
    """Take a flagged operation over for a person's decision, whoever holds it; None when it is not
    open and flagged (any more).

    The fence grows, so a recovery pass that is under way can write nothing any more.
    """
    with transaction.atomic(durable=True):
        row = Operation.objects.filter(pk=operation, flagged_at__isnull=False).exclude(
            state=OperationState.SETTLED
        )
        taken = row.update(
            fence=F("fence") + 1, lease_owner=owner(), lease_until=now + lasts + LEASE_SLACK
        )
        if not taken:
            return None
        return Lease(operation, Operation.objects.values_list("fence", flat=True).get(pk=operation))


def _note(lease: Lease, **facts: Any) -> None:
    known = Operation.objects.values_list("facts", flat=True).get(pk=lease.operation)
    _update(lease, facts={**known, **facts})


def _update(lease: Lease, **fields: Any) -> None:
    changed = (
        Operation.objects.filter(pk=lease.operation, fence=lease.fence)
        .exclude(state=OperationState.SETTLED)
        .update(**fields)
    )
    if changed != 1:
        raise LeaseLost(f"operation {lease.operation}")
