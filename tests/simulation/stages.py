"""Where stories begin: orders drafted, held, sold or quoted, made once by the real use cases."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from agenturclient.identity.actors import Actor, Permission, Role
from agenturclient.identity.models import User
from agenturclient.kernel.clock import SettableClock
from agenturclient.sales.ports import Abilities, OfferKind
from tests.factories import make_agency
from tests.fakes import FakeDistributor
from tests.flows.conftest import NOON, Desk

if TYPE_CHECKING:
    from agenturclient.kernel.clock import Clock
    from tests.fake_books import Entry, Knobs
    from tests.simulation.store import Store

_WISHES = (
    (1, (OfferKind.REGULAR,)),
    (2, (OfferKind.REGULAR,)),
    (1, (OfferKind.REGULAR, OfferKind.SUPERSAVER)),
    (2, (OfferKind.SUPERSAVER,)),
)
# Bookings made during a story must not take numbers that were given before it.
_NEW_NUMBERS = 1000


@dataclass(frozen=True)
class Stage:
    """Our database and the distributor's books at the same moment, and the order in them."""

    name: str
    actor: Actor
    order: str
    snapshot: bytes
    entries: dict[str, Entry]

    def distributor(self, clock: Clock, abilities: Abilities, knobs: Knobs) -> FakeDistributor:
        """A distributor that has these books."""
        far = FakeDistributor(clock, abilities=abilities, knobs=knobs)
        far.books.entries = {key: _copy(entry) for key, entry in self.entries.items()}
        far.books.numbers = count(_NEW_NUMBERS)
        return far


def make_stages(store: Store) -> tuple[Stage, ...]:
    """For each kind of order: drafted, held, sold and quoted, each made from the one before."""
    agent, empty = _agent(), store.snapshot()
    stages: list[Stage] = []
    for adults, kinds in _WISHES:
        store.restore(empty)
        clock = SettableClock(NOON)
        desk = Desk(agent, clock, FakeDistributor(clock))
        number = desk.prepare(*kinds, adults=adults)
        stages.append(_stage("drafted", desk, number, store))
        desk.hold(number)
        stages.append(_stage("held", desk, number, store))
        order = desk.sell(number)
        stages.append(_stage("sold", desk, number, store))
        sale = order.items[0].sale
        assert sale is not None
        desk.quote(order, *(ticket.id for ticket in sale.tickets))
        stages.append(_stage("quoted", desk, number, store))
    return tuple(stages)


def _stage(name: str, desk: Desk, order: str, store: Store) -> Stage:
    entries = {key: _copy(entry) for key, entry in desk.distributor.books.entries.items()}
    return Stage(name, desk.actor, order, store.snapshot(), entries)


def _copy(entry: Entry) -> Entry:
    return replace(
        entry,
        parts=list(entry.parts),
        proofs=[replace(proof) for proof in entry.proofs],
        quotes=list(entry.quotes),
    )


def _agent() -> Actor:
    agency = make_agency("alpenreisen")
    user = User.objects.create_local("keller", first_name="Lea", last_name="Keller")
    return Actor(
        user_id=user.pk,
        name="Lea Keller",
        role=Role.AGENT,
        agency_id=agency.pk,
        agency_code=agency.code,
        agency_name=agency.name,
        branch_id=None,
        branch_name="",
        permissions=frozenset({Permission.SELL, Permission.REFUND}),
    )
