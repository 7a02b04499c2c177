"""The cast of the flow tests: an agency with an agent, a distributor in memory, a clock that stands
still.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from agenturclient.identity.actors import Actor, Permission, Role
from agenturclient.identity.models import Agency, User
from agenturclient.kernel.clock import SettableClock
from agenturclient.sales import drafts, holds, queries, refund, search, sell
from agenturclient.sales.details import OrderChange, OrderDetail, TravellerChange
from agenturclient.sales.ports import (
    Abilities,
    Card,
    OfferKind,
    TravelClass,
    TravellerSpec,
    TripQuery,
)
from agenturclient.sales.recover import Recovery
from tests.fakes import FakeDistributor

if TYPE_CHECKING:
    from collections.abc import Callable

BERN = "urn:uic:stn:8507000"
ZURICH = "urn:uic:stn:8503000"
NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


@dataclass
class Desk:
    """An agent at work: each method is what a click on the page does."""

    actor: Actor
    clock: SettableClock
    distributor: FakeDistributor

    def draft(self) -> str:
        order, _ = drafts.start_order(
            key=uuid4(), customer_reference="", cost_centre="", actor=self.actor, clock=self.clock
        )
        return order.number

    def add(
        self, number: str, kind: OfferKind = OfferKind.REGULAR, *, adults: int = 1
    ) -> OrderDetail:
        specs = tuple(
            TravellerSpec(f"P{n}", age=40, cards=(Card.HALF_FARE,)) for n in range(1, adults + 1)
        )
        query = TripQuery(
            origin=BERN,
            destination=ZURICH,
            when=self.clock.now() + timedelta(days=3),
            travellers=specs,
        )
        found = search.search_trips(
            query, actor=self.actor, distributor=self.distributor, clock=self.clock
        )
        offer = next(
            entry
            for entry in found.offers
            if entry.kind is kind and entry.travel_class is TravelClass.SECOND
        )
        return drafts.add_item(
            number,
            key=uuid4(),
            search=found.id,
            offer=offer.number,
            actor=self.actor,
            clock=self.clock,
        )

    def name_travellers(self, order: OrderDetail) -> OrderDetail:
        change = OrderChange(
            travellers=tuple(
                TravellerChange(
                    entry.ref,
                    f"Max{n}",
                    "Müller",
                    birth_date=date(1986, 5, 4),
                    email="m@example.org",
                )
                for n, entry in enumerate(order.travellers, start=1)
            )
        )
        return drafts.change_order(order.number, change, actor=self.actor, clock=self.clock)

    def prepare(self, *kinds: OfferKind, adults: int = 1) -> str:
        number = self.draft()
        order = None
        for kind in kinds or (OfferKind.REGULAR,):
            order = self.add(number, kind, adults=adults)
        assert order is not None
        self.name_travellers(order)
        return number

    def hold(self, number: str) -> OrderDetail:
        return holds.hold_order(
            number, key=uuid4(), actor=self.actor, distributor=self.distributor, clock=self.clock
        )

    def sell(self, number: str, *, stopping: bool = False) -> OrderDetail:
        order = self.order(number)
        return sell.sell_order(
            number,
            key=uuid4(),
            total=order.total,
            actor=self.actor,
            distributor=self.distributor,
            clock=self.clock,
            stopping=lambda: stopping,
        )

    def sold(self, *kinds: OfferKind, adults: int = 1) -> OrderDetail:
        number = self.prepare(*kinds, adults=adults)
        self.hold(number)
        return self.sell(number)

    def quote(self, order: OrderDetail, *tickets: int) -> OrderDetail:
        chosen = tickets or tuple(
            ticket.id for item in order.items if item.sale for ticket in item.sale.tickets
        )
        return refund.quote_refund(
            order.number,
            key=uuid4(),
            tickets=chosen,
            reason=None,
            actor=self.actor,
            distributor=self.distributor,
            clock=self.clock,
        )

    def accept(self, order: OrderDetail) -> OrderDetail:
        last = order.refunds[-1]
        assert last.amount is not None
        return refund.accept_refund(
            order.number,
            last.id,
            key=uuid4(),
            amount=last.amount,
            actor=self.actor,
            distributor=self.distributor,
            clock=self.clock,
        )

    def order(self, number: str) -> OrderDetail:
        return queries.get_order(number, actor=self.actor, clock=self.clock)

    def recover(self, *, minutes: float = 1) -> None:
        """Let recovery work for a while."""
        recovery = Recovery(self.distributor, self.clock)
        for _ in range(int(minutes * 12)):
            recovery.run_once()
            self.clock.advance(timedelta(seconds=5))


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(NOON)


@pytest.fixture
def make_desk(db: None, clock: SettableClock) -> Callable[..., Desk]:
    def make(*, abilities: Abilities | None = None, agency: str = "alpenreisen") -> Desk:
        row, _ = Agency.objects.get_or_create(code=agency, defaults={"name": agency.title()})
        user = User.objects.create_local(
            f"keller-{uuid4().hex[:6]}", first_name="Lea", last_name="Keller"
        )
        actor = Actor(
            user_id=user.pk,
            name="Lea Keller",
            role=Role.AGENT,
            agency_id=row.pk,
            agency_code=row.code,
            agency_name=row.name,
            branch_id=None,
            branch_name="",
            permissions=frozenset({Permission.SELL, Permission.REFUND}),
        )
        return Desk(actor, clock, FakeDistributor(clock, abilities=abilities))

    return make


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()
