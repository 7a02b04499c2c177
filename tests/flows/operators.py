"""The operator's people in the flows: they decide what nobody could clear up, and compare books."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from agenturclient.identity.actors import Actor, Role
from agenturclient.identity.models import User
from agenturclient.kernel.money import Money
from agenturclient.sales import decisions
from agenturclient.sales.details import Decision
from agenturclient.sales.models import Difference, Event, Operation, Sale
from agenturclient.sales.models.journal import OperationKind
from agenturclient.sales.ports import OutcomeUnknown, Unavailable
from agenturclient.sales.reconciliation import Report, Window, reconcile
from agenturclient.settlement.models import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agenturclient.sales.details import CaseDetail, OrderDetail
    from tests.fake_books import Entry as Theirs
    from tests.flows.conftest import Desk

LOST = OutcomeUnknown("no-answer")
READS = ("read_booking", "find_bookings", "read_quote")
YES, NO = True, False


def wide_actor(role: Role = Role.OPERATOR) -> Actor:
    """Somebody who works for the operator, or for its customer care."""
    user = User.objects.create_local(
        f"wide-{uuid4().hex[:6]}", first_name="Ruth", last_name="Frei", role=role.value
    )
    return Actor(
        user_id=user.pk,
        name="Ruth Frei",
        role=role,
        agency_id=None,
        agency_code="",
        agency_name="",
        branch_id=None,
        branch_name="",
        permissions=frozenset(),
    )


def decide(
    desk: Desk,
    happened: bool,  # noqa: FBT001 - YES or NO, as a person says it
    *,
    code: str = "",
    key: UUID | None = None,
    actor: Actor | None = None,
) -> CaseDetail:
    """A person's word about the newest flagged operation."""
    return decisions.decide(
        flagged().pk,
        Decision(happened, "seen in their back office", code),
        key=key or uuid4(),
        actor=actor or wide_actor(),
        distributor=desk.distributor,
        clock=desk.clock,
    )


def flagged() -> Operation:
    """The newest operation that was flagged, open or settled."""
    rows = Operation.objects.filter(flagged_at__isnull=False)
    return rows.exclude(kind__in=(OperationKind.DOCUMENTS, OperationKind.SELL)).latest("pk")


@contextmanager
def away(desk: Desk, *methods: str) -> Iterator[None]:
    """Nobody answers these calls."""

    def refuse(method: str) -> None:
        if method in methods:
            raise Unavailable("no-route-to-host")

    desk.distributor.knobs.on_call = refuse
    yield
    desk.distributor.knobs.on_call = lambda _method: None


def run_until_flagged(desk: Desk) -> None:
    """Recovery finds the distributor away for longer than a quarter of an hour."""
    with away(desk, *READS):
        for _ in range(3):
            desk.clock.advance(timedelta(minutes=8))
            desk.recover(minutes=0.1)


def stuck_issue(desk: Desk, *, effect: bool) -> str:
    """An order whose confirmation got no answer, flagged; the order's number."""
    number = desk.prepare()
    desk.hold(number)
    desk.distributor.fail_next("issue", LOST, effect=effect)
    desk.sell(number)
    run_until_flagged(desk)
    return number


def stuck_acceptance(desk: Desk, *, effect: bool) -> OrderDetail:
    """A sold order with a refund whose acceptance got no answer, flagged."""
    order = desk.quote(desk.sold())
    desk.distributor.fail_next("accept_refund", LOST, effect=effect)
    desk.accept(order)
    assert open_kinds() >= {OperationKind.ACCEPT}
    run_until_flagged(desk)
    return order


def open_kinds() -> set[str]:
    """The kinds of the operations that are open."""
    return set(Operation.objects.filter(settled_at=None).values_list("kind", flat=True))


def compare(desk: Desk, *numbers: str) -> Report:
    """A run over the last day, or over some orders."""
    window = Window(since=desk.clock.now() - timedelta(days=1), orders=numbers)
    return reconcile(window, distributor=desk.distributor, clock=desk.clock)


def open_rows() -> list[tuple[str, int | None, int | None, str]]:
    """Kind, expected, found and cause of every open difference."""
    rows = Difference.objects.filter(resolved_at=None).order_by("pk")
    return [(row.kind, row.expected, row.found, row.cause) for row in rows]


def events(to_state: str) -> list[tuple[str, dict[str, object]]]:
    """Who moved something there, and the facts of the move."""
    rows = Event.objects.filter(to_state=to_state).select_related("user")
    return [(row.user.full_name if row.user else "", row.facts) for row in rows]


def carrier() -> int:
    """What the carrier's account comes to."""
    return sum(Entry.objects.filter(account="carrier").values_list("amount", flat=True))


def theirs(desk: Desk, sale: Sale | None = None) -> Theirs:
    """The distributor's own entry of a sale."""
    return desk.distributor.books.entries[(sale or Sale.objects.get()).booking_id]


def turn_price(desk: Desk, by: int) -> None:
    """The distributor changes what a booking cost."""
    entry = theirs(desk)
    entry.parts = [replace(entry.parts[0], price=entry.parts[0].price + Money(by, "CHF"))]
