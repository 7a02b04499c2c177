"""Reconciliation: every settled sale of a window, our books against the distributor's.

Sales are read there one after another, outside any transaction; what moved meanwhile, and what
recovery still works on, is left for the next run. A distributor that is away ends the run, and its
report says where to go on.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from agenturclient.sales import differences
from agenturclient.sales.access import order_key
from agenturclient.sales.details import DifferenceCause, DifferenceKind
from agenturclient.sales.models import Difference, Event, Operation, Refund, Sale, Ticket
from agenturclient.sales.models.journal import OperationKind, OperationState
from agenturclient.sales.ports import (
    Booking,
    RefundQuote,
    Refused,
    Unavailable,
)
from agenturclient.sales.reconciling import (
    RefundFacts,
    SaleFacts,
    TheirFacts,
    TicketFacts,
    compare,
)
from agenturclient.sales.rules import chosen, says_gone
from agenturclient.sales.states import RefundState, SaleState
from agenturclient.settlement import ledger
from agenturclient.settlement.rules import Account, PostingKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.db.models import QuerySet

    from agenturclient.kernel.clock import Clock
    from agenturclient.sales.differences import Finding
    from agenturclient.sales.ports import Distributor

_PAGE = 50
_AMOUNTS = {DifferenceKind.PRICE, DifferenceKind.REFUND_AMOUNT}
# Found there (or undone there), and sent by us once: it arrived after it had been taken for not
# done.
_LATE = {
    DifferenceKind.SOLD_THERE: OperationKind.ISSUE,
    DifferenceKind.SOLD_HERE: OperationKind.CLEAN_UP,
    DifferenceKind.REFUNDED_THERE: OperationKind.ACCEPT,
}


@dataclass(frozen=True)
class Window:
    """Which sales to look at: those with a move from `since` until before `until`, or those of
    some orders (their numbers). A sale with an open difference is always looked at.
    """

    since: datetime | None = None
    until: datetime | None = None
    orders: tuple[str, ...] = ()

    @property
    def order_ids(self) -> tuple[int, ...]:
        """The orders' primary keys."""
        found = (order_key(number) for number in self.orders)
        return tuple(pk for pk in found if pk is not None)


@dataclass
class Report:
    """How far a run came: sales compared, sales left for later, differences seen and gone.

    `cursor` is the last sale that was handled; `stopped` is empty, or why the distributor could
    not be asked further; `finished` says that no sale is left.
    """

    compared: int = 0
    skipped: int = 0
    seen: int = 0
    gone: int = 0
    cursor: int = 0
    stopped: str = ""
    finished: bool = False


def reconcile(
    window: Window,
    *,
    distributor: Distributor,
    clock: Clock,
    after: int = 0,
    page_size: int = _PAGE,
    enough: Callable[[Report], bool] = lambda report: False,
) -> Report:
    """Compare every sale of the window, in the order of their ids, from behind `after` on, or
    until it is `enough`, which is asked between two sales.

    Safe beside requests, recovery and another run. Raises nothing of the distributor's.
    """
    report = Report(cursor=after)
    while page := _page(window, distributor.name, report.cursor, page_size):
        for sale in page:
            if enough(report):
                return report
            try:
                _reconcile(sale, report, distributor=distributor, clock=clock)
            except Unavailable as failure:
                report.stopped = failure.code
                return report
            report.cursor = sale.pk
    report.finished = True
    return report


def _page(window: Window, distributor: str, after: int, size: int) -> list[Sale]:
    rows = Sale.objects.filter(distributor=distributor, pk__gt=after)
    if window.orders:
        rows = rows.filter(order__in=window.order_ids)
    else:
        moved = Event.objects.exclude(sale=None)
        if window.since is not None:
            moved = moved.filter(at__gte=window.since)
        if window.until is not None:
            moved = moved.filter(at__lt=window.until)
        differing = Difference.objects.filter(resolved_at=None)
        rows = rows.filter(Q(pk__in=moved.values("sale")) | Q(pk__in=differing.values("sale")))
    return list(rows.select_related("order").order_by("pk")[:size])


def _reconcile(sale: Sale, report: Report, *, distributor: Distributor, clock: Clock) -> None:
    mark = _mark(sale)
    try:
        theirs = None if mark is None else _ask(sale, distributor)
    except Refused:
        # It answers, but neither with the booking nor with "there is none": no word to compare.
        theirs = None
    if theirs is None:
        report.skipped += 1
        return
    now = clock.now()
    with transaction.atomic(durable=True):
        if _mark(sale) != mark:
            report.skipped += 1
            return
        sale.refresh_from_db()
        found = [
            differences.note(sale, replace(each, cause=_cause(sale, each)), now=now)
            for each in compare(_ours(sale), theirs)
        ]
        still = [row.pk for row in found if row is not None]
        report.seen += len(still)
        report.gone += differences.resolve_gone(sale, still, now=now)
    report.compared += 1


def _mark(sale: Sale) -> int | None:
    """The sale's newest event; None while an operation on it, or on a refund of it, is open."""
    open_ones = Operation.objects.filter(Q(sale=sale) | Q(refund__sale=sale)).exclude(
        Q(state=OperationState.SETTLED) | Q(kind=OperationKind.DOCUMENTS)
    )
    if open_ones.exists():
        return None
    return Event.objects.filter(sale=sale).order_by("-pk").values_list("pk", flat=True).first()


def _ask(sale: Sale, distributor: Distributor) -> TheirFacts:
    """What the distributor says. Raises Unavailable, or Refused when it gives no usable word."""
    booking = _read(sale, distributor)
    found: tuple[Booking, ...] = ()
    if distributor.abilities.find_by_reference:
        found = distributor.find_bookings(sale.reference, patient=True)
    if booking is None and found:
        booking = chosen(found)
    quotes = {} if booking is None else _quotes(sale, booking, distributor)
    others = tuple(each for each in found if booking is not None and each.id != booking.id)
    return TheirFacts(booking, quotes, others)


def _read(sale: Sale, distributor: Distributor) -> Booking | None:
    if not sale.booking_id:
        return None
    try:
        return distributor.read_booking(sale.booking_id, patient=True)
    except Refused as refusal:
        if says_gone(refusal):
            return None
        raise


def _quotes(sale: Sale, booking: Booking, distributor: Distributor) -> dict[str, RefundQuote]:
    quotes = {each.id: each for each in booking.quotes}
    ours = Refund.objects.filter(sale=sale).exclude(quote_id="")
    for quote in ours.values_list("quote_id", flat=True):
        if quote in quotes or not distributor.abilities.reads_quotes:
            continue
        told = distributor.read_quote(booking.id, quote, patient=True)
        if told is not None:
            quotes[quote] = told
    return quotes


def _ours(sale: Sale) -> SaleFacts:
    posted: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for line in ledger.lines_of(sale.order.number):
        posted[line.ticket]["sum"] += line.amount.amount
        if line.account == Account.CARRIER:
            posted[line.ticket][line.kind.value] += line.amount.amount
    refunds: QuerySet[Refund] = Refund.objects.filter(sale=sale)
    return SaleFacts(
        issued=sale.state == SaleState.ISSUED,
        price=sale.price_amount or 0,
        tickets=tuple(_ticket(row, posted[row.pk]) for row in Ticket.objects.filter(sale=sale)),
        refunds=tuple(
            RefundFacts(
                id=row.pk,
                quote=row.quote_id,
                refunded=row.state == RefundState.REFUNDED,
                amount=row.confirmed_amount or 0,
            )
            for row in refunds.order_by("pk")
        ),
    )


def _ticket(row: Ticket, posted: dict[str, int]) -> TicketFacts:
    lines = row.refund_lines.filter(refund__state=RefundState.REFUNDED)
    return TicketFacts(
        price=row.price_amount,
        paid_back=sum(line.amount or 0 for line in lines),
        refunded=row.refunded,
        posted_price=-posted[PostingKind.SALE.value],
        posted_back=posted[PostingKind.REFUND.value],
        unbalanced=posted["sum"],
    )


def _cause(sale: Sale, finding: Finding) -> DifferenceCause:
    about = Q(refund=finding.refund) if finding.refund else Q(sale=sale, refund=None)
    if any(facts.get("decided") for facts in _facts(Event.objects.filter(about))):
        return DifferenceCause.DECIDED
    if finding.kind in _AMOUNTS:
        return DifferenceCause.AMOUNT_CHANGED
    sent = Operation.objects.filter(about, kind=_LATE.get(finding.kind, "")).exclude(sent_at=None)
    if sent.exists():
        return DifferenceCause.LATE
    return DifferenceCause.UNKNOWN


def _facts(events: QuerySet[Event]) -> list[dict[str, object]]:
    return list(events.values_list("facts", flat=True))
