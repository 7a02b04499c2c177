"""The cast of the cases: a desk, the adapter as the settings wire it, a line, a sandbox behind it.

The database has real commits, and the adapter's own check is on: no call inside a transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import pytest

from agenturclient import bootstrap
from agenturclient.kernel.errors import Refusal
from agenturclient.sales.models import Operation, Refund, Sale
from agenturclient.sales.models.journal import OperationKind, OperationState
from agenturclient.sales.ports import DistributorFailure
from agenturclient.sales.recover import Recovery
from agenturclient.sales.states import RefundState, SaleState
from agenturclient.settlement.models import Entry
from sandbox.testing import RunningSandbox, running_sandbox
from tests.cases.line import Line, line_to
from tests.flows.conftest import NOON, Desk, clock, desk, make_desk

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator
    from datetime import timedelta

    from pytest_django.fixtures import Settings

    from agenturclient.distributors.osdm.distributor import OsdmDistributor
    from tests.fakes import FakeDistributor

__all__ = ["clock", "desk", "make_desk"]

# A method and how a path ends (see `line.Asked.is_for`). READ is of a booking, before it is sold.
READ = "GET "
HOLD = "POST /bookings"
CONFIRM = "POST /fulfillments"
QUOTE = "POST /refund-offers"
ACCEPT = "PATCH "
_ADDRESSES = ("JOURNEY", "OFFER", "BOOKING", "AFTERSALES")
_DEADLINES = ("HOLD", "ISSUE", "REFUND")
DEADLINE_SECONDS = 2.0
_made: list[OsdmDistributor] = []


@pytest.hookimpl(tryfirst=True)  # before the tests are sorted: those with real commits come last
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every case works on a database with real commits, like the processes in production."""
    for item in items:
        if "/cases/" in item.path.as_posix() and "db" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True))


@dataclass
class Scene:
    """One counter, one line, one distributor."""

    desk: Desk
    line: Line
    sandbox: RunningSandbox

    def held(self, *, adults: int = 1) -> str:
        """An order that is held; its number."""
        number = self.desk.prepare(adults=adults)
        self.desk.hold(number)
        return number

    def quoted(self) -> str:
        """A sold order with a quote for all its tickets; its number."""
        number = self.held()
        self.desk.quote(self.desk.sell(number))
        return number

    def sell(self, number: str) -> str:
        """Sell; returns what the agent is told: nothing, or the code of a failure."""
        return told(lambda: self.desk.sell(number))

    def accept(self, number: str) -> str:
        """Accept the newest quote; returns what the agent is told."""
        return told(lambda: self.desk.accept(self.desk.order(number)))

    def let_pass(self, by: timedelta) -> None:
        """Time goes by on both sides."""
        self.desk.clock.advance(by)
        self.sandbox.clock_set(self.desk.clock.now(), frozen=True)

    def recover(self, by: timedelta) -> None:
        """A pass of recovery, so much later."""
        self.let_pass(by)
        self.recover_here()

    def recover_here(self) -> None:
        """A pass of recovery, now."""
        Recovery(self.desk.distributor, self.desk.clock).run_once()

    def again(self) -> Scene:
        """The same with another adapter, as the settings are now."""
        return replace(self, desk=replace(self.desk, distributor=as_desk_wants(wired())))

    def sold_there(self) -> list[tuple[str, int, int]]:
        """Reference, price and refund of every booking that the distributor has sold."""
        rows = self.sandbox.books()["bookings"]
        return sorted(
            (row["externalRef"], row["confirmed"], row["refunded"])
            for row in rows
            if row["confirmed"]
        )

    def check_books(self) -> None:
        """What exists there is what is in our books, nothing is in doubt, and the money equals."""
        issued = Sale.objects.filter(state=SaleState.ISSUED)
        here = sorted((row.reference, row.price_amount or 0, refunded(row)) for row in issued)
        assert here == self.sold_there()
        posted = sum(entry.amount for entry in Entry.objects.filter(account="carrier"))
        assert posted == sum(refund - price for _, price, refund in here)
        assert sum(entry.amount for entry in Entry.objects.all()) == 0
        left = Operation.objects.exclude(state=OperationState.SETTLED)
        assert not left.exclude(kind=OperationKind.DOCUMENTS).exists()


def refunded(sale: Sale) -> int:
    """What was paid back for a sale."""
    done = Refund.objects.filter(sale=sale, state=RefundState.REFUNDED)
    return sum(row.confirmed_amount or 0 for row in done)


def told(act: Callable[[], object]) -> str:
    """What an act is answered with: nothing, or the code of a failure."""
    try:
        act()
    except (DistributorFailure, Refusal) as failure:
        return failure.code
    return ""


def wired() -> OsdmDistributor:
    """The adapter as the settings of the moment describe it, with breakers of its own."""
    _made.append(bootstrap._osdm.__wrapped__())
    return _made[-1]


def as_desk_wants(adapter: OsdmDistributor) -> FakeDistributor:
    """The desk is typed for the fake; it uses its distributor through the port only."""
    return cast("FakeDistributor", adapter)


@pytest.fixture
def personality() -> str:
    """The harder one: it ignores idempotency keys and lists no quotes."""
    return "strict"


@pytest.fixture
def sandbox(personality: str) -> Iterator[RunningSandbox]:
    """A distributor whose clock stands still."""
    with running_sandbox(personality=personality) as running:
        running.clock_set(NOON, frozen=True)
        yield running


@pytest.fixture
def tls() -> ssl.SSLContext | None:
    """Whether the line speaks TLS, and as whom."""
    return None


@pytest.fixture
def line(sandbox: RunningSandbox, tls: ssl.SSLContext | None) -> Iterator[Line]:
    """The way there."""
    with line_to(sandbox.base_url, tls) as made:
        yield made


@pytest.fixture
def wiring(settings: Settings, line: Line, personality: str, sandbox: RunningSandbox) -> None:
    """The settings of an operator who is connected over this line."""
    for name in _ADDRESSES:
        setattr(settings, f"OSDM_{name}_URL", line.url)
    settings.OSDM_TOKEN_URL = f"{line.url}/oauth/token"
    settings.OSDM_CLIENT_ID, settings.OSDM_CLIENT_SECRET = sandbox.client
    settings.OSDM_HONOURS_KEYS = personality == "plain"
    settings.CONNECT_DEADLINE_SECONDS = 0.5
    settings.RETRY_LEAST_SECONDS = 0.2
    for name in _DEADLINES:
        setattr(settings, f"{name}_DEADLINE_SECONDS", DEADLINE_SECONDS)


@pytest.fixture
def scene(wiring: None, desk: Desk, line: Line, sandbox: RunningSandbox) -> Iterator[Scene]:
    """All of it together."""
    del wiring
    yield Scene(replace(desk, distributor=as_desk_wants(wired())), line, sandbox)
    while _made:
        _made.pop()._to.client._guard._clients.close()
