"""The operator's worklists: operations that wait for a person, and differences."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from agenturclient.kernel.money import Money
from agenturclient.sales.access import require_operator
from agenturclient.sales.details import (
    CaseDetail,
    CaseKind,
    CasePage,
    DecidedDetail,
    DifferenceCause,
    DifferenceDetail,
    DifferenceKind,
    DifferencePage,
    Party,
    Proposal,
    Question,
    SeenDetail,
)
from agenturclient.sales.errors import (
    AlreadySettled,
    CaseNotFound,
    DifferenceNotFound,
    ReasonMissing,
)
from agenturclient.sales.models import Difference, Event, Operation
from agenturclient.sales.models.journal import OperationKind, OperationState
from agenturclient.sales.states import RefundState, SaleState

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

    from agenturclient.identity.actors import Actor
    from agenturclient.kernel.clock import Clock

_PAGE = 50

QUESTIONS = {
    OperationKind.HOLD: Question.HELD,
    OperationKind.RELEASE: Question.GIVEN_BACK,
    OperationKind.ISSUE: Question.SOLD,
    OperationKind.CLEAN_UP: Question.SOLD,
    OperationKind.QUOTE: Question.QUOTED,
    OperationKind.ACCEPT: Question.REFUNDED,
    OperationKind.DROP: Question.DROPPED,
}
"""What is asked about each kind. Of a clean-up too it is whether the tickets are sold."""

ENDS: dict[OperationKind, dict[bool, SaleState | RefundState]] = {
    OperationKind.HOLD: {False: SaleState.LAPSED},
    OperationKind.RELEASE: {True: SaleState.RELEASED, False: SaleState.HELD},
    OperationKind.ISSUE: {True: SaleState.ISSUED, False: SaleState.LAPSED},
    OperationKind.CLEAN_UP: {True: SaleState.ISSUED, False: SaleState.FAILED},
    OperationKind.QUOTE: {False: RefundState.LAPSED},
    OperationKind.ACCEPT: {True: RefundState.REFUNDED, False: RefundState.LAPSED},
    OperationKind.DROP: {True: RefundState.DROPPED, False: RefundState.QUOTED},
}
"""Where each answer leads. Nobody can say "held" or "quoted": a hold's limit and a quote's amount
are the distributor's to tell, and both are no money and lapse by themselves."""

_PROPOSALS = {
    DifferenceKind.SOLD_THERE: Proposal.REFUND_THERE,
    DifferenceKind.SOLD_TWICE: Proposal.REFUND_THERE,
    DifferenceKind.SOLD_HERE: Proposal.REFUND_HERE,
}
_WITH_ALL = ("order__agency", "sale", "refund__sale")


def list_cases(*, actor: Actor, only_open: bool = True, cursor: str = "") -> CasePage:
    """A page of the operations of all agencies that wait for a person, oldest first; or of those
    that did so once and are settled, newest first.

    Raises PermissionMissing.
    """
    require_operator(actor)
    flagged = Operation.objects.filter(flagged_at__isnull=False, kind__in=list(ENDS))
    waiting = flagged.exclude(state=OperationState.SETTLED)
    rows = waiting if only_open else flagged.filter(state=OperationState.SETTLED)
    if cursor.isdigit():
        behind = {"pk__gt": int(cursor)} if only_open else {"pk__lt": int(cursor)}
        rows = rows.filter(**behind)
    rows = rows.select_related(*_WITH_ALL).order_by("pk" if only_open else "-pk")
    found = list(rows[: _PAGE + 1])
    page = found[:_PAGE]
    deciders = _deciders([row for row in page if "decision" in row.facts])
    return CasePage(
        count=waiting.count(),
        results=tuple(case_of(row, deciders.get(row.pk, "")) for row in page),
        next=str(page[-1].pk) if len(found) > _PAGE else None,
    )


def find_case(operation: int) -> Operation:
    """An operation that can be on the worklist, flagged or not. Raises CaseNotFound."""
    row = (
        Operation.objects.filter(pk=operation, kind__in=list(ENDS))
        .select_related("sale__item", "sale__order__agency", "refund__order", *_WITH_ALL)
        .first()
    )
    if row is None:
        raise CaseNotFound
    return row


def case_of(row: Operation, decider: str = "") -> CaseDetail:
    """The facts of an operation side by side, and who has decided it."""
    kind = OperationKind(row.kind)
    refund = row.refund
    sale = refund.sale if refund else row.sale
    amount = refund.amount if refund else sale.price_amount if sale else None
    ends_at = refund.valid_until if refund else sale.hold_until if sale else None
    is_open = row.state != OperationState.SETTLED
    return CaseDetail(
        operation=row.pk,
        kind=CaseKind(kind),
        question=QUESTIONS[kind],
        answers=tuple(ENDS[kind]),
        needs_booking_code=QUESTIONS[kind] is Question.SOLD,
        number=row.order.number,
        agency=Party(row.order.agency.code, row.order.agency.name),
        reference=sale.reference if sale else "",
        state=state_of(row),
        booking_code=sale.booking_code if sale else "",
        amount=_money(amount, row.order.currency),
        attempts=row.attempts,
        asked_at=row.created_at,
        sent_at=row.sent_at,
        flagged_at=row.flagged_at,
        looks=row.looks,
        last_look_at=row.last_look_at,
        next_look_at=row.next_at if is_open else None,
        ends_at=ends_at,
        seen=_seen(row.facts.get("seen"), row.order.currency),
        outcome=row.outcome,
        settled_at=row.settled_at,
        decided=_decided(row, decider),
    )


def state_of(row: Operation) -> str:
    """The state of what the operation works on."""
    subject = row.refund or row.sale or row.order
    return str(subject.state)


def list_differences(*, actor: Actor, only_open: bool = True, cursor: str = "") -> DifferencePage:
    """A page of the differences of all agencies, newest first. Raises PermissionMissing."""
    require_operator(actor)
    rows = Difference.objects.filter(resolved_at__isnull=only_open)
    if cursor.isdigit():
        rows = rows.filter(pk__lt=int(cursor))
    found = list(_with_all(rows).order_by("-pk")[: _PAGE + 1])
    page = found[:_PAGE]
    return DifferencePage(
        count=Difference.objects.filter(resolved_at=None).count(),
        results=tuple(difference_of(row) for row in page),
        next=str(page[-1].pk) if len(found) > _PAGE else None,
    )


def open_differences(orders: tuple[int, ...] = (), *, most: int) -> tuple[DifferenceDetail, ...]:
    """The oldest open differences, of some orders or of all, for the command line."""
    rows = Difference.objects.filter(resolved_at=None)
    if orders:
        rows = rows.filter(order__in=orders)
    return tuple(difference_of(row) for row in _with_all(rows).order_by("pk")[:most])


def resolve_difference(
    difference: int, *, reason: str, actor: Actor, clock: Clock
) -> DifferenceDetail:
    """A person has dealt with a difference. The same again changes nothing.

    Raises PermissionMissing, ReasonMissing, DifferenceNotFound, AlreadySettled.
    """
    require_operator(actor)
    if not reason.strip():
        raise ReasonMissing
    changed = Difference.objects.filter(pk=difference, resolved_at=None).update(
        open_subject=None,
        resolved_at=clock.now(),
        resolved_by=actor.user_id,
        resolution=reason.strip(),
    )
    row = _with_all(Difference.objects.filter(pk=difference)).first()
    if row is None:
        raise DifferenceNotFound
    if not changed and (row.resolved_by_id, row.resolution) != (actor.user_id, reason.strip()):
        raise AlreadySettled(state="resolved")
    return difference_of(row)


def difference_of(row: Difference) -> DifferenceDetail:
    """A difference as readers see it."""
    kind = DifferenceKind(row.kind)
    return DifferenceDetail(
        id=row.pk,
        kind=kind,
        cause=DifferenceCause(row.cause),
        proposal=_PROPOSALS.get(kind, Proposal.NONE),
        number=row.order.number,
        agency=Party(row.order.agency.code, row.order.agency.name),
        reference=row.sale.reference if row.sale else "",
        refund=row.refund_id,
        expected=_money(row.expected, row.order.currency),
        found=_money(row.found, row.order.currency),
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by.full_name if row.resolved_by else "",
        resolution=row.resolution,
    )


def _with_all(rows: QuerySet[Difference]) -> QuerySet[Difference]:
    return rows.select_related("order__agency", "sale", "resolved_by")


def _money(amount: int | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)


def _deciders(rows: Collection[Operation]) -> dict[int, str]:
    """Operation -> the name of the person who has decided it: the event of the move tells."""
    orders = {row.order_id for row in rows}
    said = Event.objects.filter(order__in=orders, facts__decided=True).select_related("user")
    names = {
        (event.sale_id, event.refund_id, event.at): event.user.full_name
        for event in said
        if event.user
    }
    return {
        row.pk: names.get((_sale_id(row), row.refund_id, row.settled_at), "")
        for row in rows
        if row.settled_at
    }


def _sale_id(row: Operation) -> int | None:
    return row.refund.sale_id if row.refund else row.sale_id


def _decided(row: Operation, decider: str) -> DecidedDetail | None:
    words = row.facts.get("decision")
    if words is None or row.settled_at is None:
        return None
    return DecidedDetail(
        by=decider,
        at=row.settled_at,
        happened=words["happened"],
        reason=words["reason"],
        booking_code=words["booking_code"],
    )


def _seen(words: dict[str, Any] | None, currency: str) -> SeenDetail | None:
    if words is None:
        return None
    return SeenDetail(
        at=datetime.fromisoformat(words["at"]),
        answer=words["answer"],
        booking_code=words.get("code", ""),
        price=_money(words.get("price"), currency),
        parts=words.get("parts", 0),
        confirmed=words.get("confirmed", 0),
        refunded=words.get("refunded", 0),
    )
