"""The API over a distributor in memory, with a clock that stands still."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from agenturclient import bootstrap
from agenturclient.identity.actors import Permission, Role
from agenturclient.kernel.clock import SettableClock
from tests.api.browser import Browser
from tests.api.login import Visitor
from tests.factories import make_agency, make_user
from tests.fakes import FakeDistributor
from tests.identity_provider import SETTINGS, Provider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import Settings

    from agenturclient.identity.models import Agency
    from agenturclient.sales.ports import Distributor

SELL, REFUND = Permission.SELL, Permission.REFUND


@pytest.fixture
def clock() -> SettableClock:
    """Half past ten in Switzerland, three weeks before the trips of the tests."""
    return SettableClock(datetime(2026, 11, 21, 9, 30, tzinfo=UTC))


@pytest.fixture
def distributor(clock: SettableClock) -> Iterator[FakeDistributor]:
    """The distributor that the application is wired to."""
    fake = FakeDistributor(clock)
    bootstrap.use(distributor=fake, clock=clock)
    yield fake
    bootstrap.use()


@dataclass(frozen=True)
class Shop:
    """Two agencies and the ways into them."""

    agency: Agency
    other_agency: Agency
    distributor: FakeDistributor
    clock: SettableClock

    def wire(self, distributor: Distributor) -> None:
        """Let the application use another distributor."""
        bootstrap.use(distributor=distributor, clock=self.clock)

    def enter(self, *rights: Permission, role: Role = Role.AGENT, other: bool = False) -> Browser:
        """A browser in which someone with these rights is signed in."""
        agency = self.other_agency if other else self.agency
        user = make_user(agency if role is Role.AGENT else None, *rights, role=role)
        return Browser().sign_in(user)


@pytest.fixture
def shop(db: None, distributor: FakeDistributor, clock: SettableClock) -> Shop:
    """Two agencies, Alpenreisen AG and Voyages Léman SA."""
    del db
    return Shop(
        agency=make_agency("alpenreisen", name="Alpenreisen AG"),
        other_agency=make_agency("voyages-leman", name="Voyages Léman SA"),
        distributor=distributor,
        clock=clock,
    )


@pytest.fixture
def counter(shop: Shop) -> Browser:
    """A browser at the counter of Alpenreisen AG: its agent sells and refunds."""
    return shop.enter(SELL, REFUND)


@pytest.fixture
def provider(db: None, settings: Settings) -> Iterator[Provider]:
    """The identity provider that the application is wired to."""
    del db
    for name, value in SETTINGS.items():
        setattr(settings, name, value)
    made = Provider()
    bootstrap.use(keycloak=made.keycloak())
    yield made
    bootstrap.use()


@pytest.fixture
def visitor(provider: Provider) -> Visitor:
    """A browser in which nobody is signed in; the agency Alpenreisen AG exists."""
    make_agency("alpenreisen", name="Alpenreisen AG")
    return Visitor(provider)
