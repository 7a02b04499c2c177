"""What recovery does with one open operation: look at the distributor's state and let it say what
happened.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from agenturclient.sales import journal, rules
from agenturclient.sales.holding import (
    record_kept,
    record_not_held,
)
from agenturclient.sales.issuing import (
    record_not_issued,
)
from agenturclient.sales.models.journal import OperationKind
from agenturclient.sales.ports import (
    Booking,
    Refusals,
    Refused,
    Unavailable,
)
from agenturclient.sales.quoting import record_not_quoted
from agenturclient.sales.refunding import record_not_accepted

if TYPE_CHECKING:
    from agenturclient.kernel.clock import Clock
    from agenturclient.sales.journal import Lease
    from agenturclient.sales.models import Operation, Sale
    from agenturclient.sales.ports import Distributor

# "Not done" counts only from this long after the call was sent: it may still be on its way there.
_QUIET = timedelta(seconds=8)
_LOOKS_NEEDED = 2
# Between the two looks: enough to be two, not more, because a customer waits.
_BETWEEN_LOOKS = timedelta(seconds=2)
MOST_ATTEMPTS = 4
_NEVER_SENT = "never-sent"


def undo_intent(lease: Lease, operation: Operation, *, clock: Clock) -> None:
    """The process died before it sent anything: certainly not done."""
    failure = Unavailable(_NEVER_SENT)
    sale, refund = operation.sale, operation.refund
    if operation.kind == OperationKind.HOLD and sale:
        record_not_held(lease, sale, failure, clock=clock)
    elif operation.kind == OperationKind.RELEASE and sale:
        record_kept(lease, sale, failure, clock=clock)
    elif operation.kind == OperationKind.ISSUE and sale:
        record_not_issued(lease, sale, failure, clock=clock)
    elif operation.kind == OperationKind.QUOTE and refund:
        record_not_quoted(lease, refund, failure, clock=clock)
    elif operation.kind in (OperationKind.ACCEPT, OperationKind.DROP) and refund:
        record_not_accepted(lease, refund, failure, clock=clock)


def said_twice(
    lease: Lease, operation: Operation, clock: Clock, *, quiet: timedelta = _QUIET
) -> bool:
    """Whether "not done" has been read twice since the call had time to arrive (`quiet`).

    Else it is looked at again, as soon as that can be said.
    """
    now = clock.now()
    sent = operation.sent_at or operation.created_at
    said = int(operation.facts.get(f"not-done-{operation.attempts}", 0))
    if now - sent >= quiet:
        said += 1
        if said >= _LOOKS_NEEDED:
            return True
        journal.remember(lease, **{f"not-done-{operation.attempts}": said})
    journal.look_later(lease, now=now, within=max(_BETWEEN_LOOKS, sent + quiet - now))
    return False


def may_repeat(operation: Operation, clock: Clock) -> bool:
    recent = clock.now() <= operation.created_at + rules.SELL_WINDOW
    return recent and operation.attempts < MOST_ATTEMPTS


def read_booking(
    lease: Lease, sale: Sale, distributor: Distributor, clock: Clock
) -> Booking | Refused | None:
    """The booking, the refusal that says it does not exist, or None when nobody could be asked
    (looked at later).
    """
    if not sale.booking_id:
        return Refused(Refusals.BOOKING_NOT_FOUND)
    try:
        seen: Booking | Refused = distributor.read_booking(sale.booking_id, patient=True)
    except (Refused, Unavailable) as failure:
        if not isinstance(failure, Refused) or not rules.says_gone(failure):
            journal.look_later(lease, now=clock.now())
            return None
        seen = failure
    remember_seen(lease, seen, clock=clock)
    return seen


def remember_seen(lease: Lease, seen: Booking | Refused, *, clock: Clock) -> None:
    """Keep what the distributor said, in few words, for the person who may have to decide."""
    words: dict[str, Any] = {"at": clock.now().isoformat()}
    if isinstance(seen, Refused):
        words["answer"] = seen.code
    else:
        words |= {
            "answer": seen.state.value,
            "code": seen.code,
            "price": seen.price.amount,
            "parts": len(seen.parts),
            "confirmed": sum(part.confirmed for part in seen.parts),
            "refunded": sum(part.refunded for part in seen.parts),
        }
    journal.remember(lease, seen=words)
