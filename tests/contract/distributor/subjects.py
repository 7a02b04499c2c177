"""The distributors that the suite runs against, and how each is brought into trouble."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from agenturclient.distributors.osdm.capabilities import Feature
from agenturclient.distributors.osdm.config import Access, Modules, OsdmConfig
from agenturclient.distributors.osdm.distributor import OsdmDistributor
from agenturclient.kernel.clock import SettableClock
from agenturclient.kernel.money import Money
from agenturclient.outbound.guard import Guard, GuardConfig, Lane
from agenturclient.outbound.retry import RetryPolicy
from agenturclient.sales.ports import Abilities, OutcomeUnknown, Unavailable
from tests.fake_books import Knobs
from tests.fakes import FakeDistributor

if TYPE_CHECKING:
    from agenturclient.sales.ports import Distributor
    from sandbox.testing import RunningSandbox

# Half past ten in Switzerland, a Monday.
START = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
DOCUMENTS_TAKE = timedelta(seconds=2)
# What the faults of a sandbox call the methods of the port.
_OPERATIONS = {
    "hold": "booking",
    "issue": "fulfillment",
    "release": "booking-delete",
    "quote_refund": "refund-offer",
    "accept_refund": "refund-confirm",
    "drop_quote": "refund-offer",
}


class Subject(Protocol):
    """A distributor that can be brought into trouble."""

    @property
    def distributor(self) -> Distributor:
        """What is tested."""
        ...

    def now(self) -> datetime:
        """What time it is there."""
        ...

    def advance(self, by: timedelta) -> None:
        """Let time pass there."""
        ...

    def lose_answer(self, method: str) -> None:
        """The next call happens, and its answer is lost."""
        ...

    def fail_before(self, method: str) -> None:
        """The next call breaks there before it has an effect, and does not say so."""
        ...

    def turn_away(self, method: str) -> None:
        """The next call is turned away unprocessed."""
        ...

    def change_price(self) -> None:
        """The next hold costs more than its offer said."""
        ...

    def delay_documents(self) -> None:
        """Documents come a while after the confirmation."""
        ...


class FakeSubject:
    """The fake."""

    def __init__(self) -> None:
        self._clock = SettableClock(START)
        self.distributor = self._fake = FakeDistributor(
            self._clock, abilities=Abilities(honours_keys=True), knobs=Knobs()
        )

    def now(self) -> datetime:
        """Its clock."""
        return self._clock.now()

    def advance(self, by: timedelta) -> None:
        """Turn its clock."""
        self._clock.advance(by)

    def lose_answer(self, method: str) -> None:
        """With effect."""
        self._fake.fail_next(method, OutcomeUnknown("broken"), effect=True)

    def fail_before(self, method: str) -> None:
        """Without effect, but nobody says so."""
        self._fake.fail_next(method, OutcomeUnknown("status-500"))

    def turn_away(self, method: str) -> None:
        """Certainly without effect."""
        self._fake.fail_next(method, Unavailable("too-many-requests"))

    def change_price(self) -> None:
        """By 5.20."""
        self._fake.change_price_at_next_hold(Money(520, "CHF"))

    def delay_documents(self) -> None:
        """By a knob."""
        self._fake.knobs.documents_after = DOCUMENTS_TAKE


class OsdmSubject:
    """The adapter over a running sandbox, whose clock stands still."""

    def __init__(self, sandbox: RunningSandbox, *, plain: bool) -> None:
        self._sandbox = sandbox
        self._plain = plain
        sandbox.clear_faults()
        sandbox.clock_set(START, frozen=True)
        self.distributor = adapter(sandbox, plain=plain)

    def now(self) -> datetime:
        """The sandbox's clock."""
        return self._sandbox.clock()

    def advance(self, by: timedelta) -> None:
        """Turn the sandbox's clock."""
        self._sandbox.clock_set(self.now() + by, frozen=True)

    def lose_answer(self, method: str) -> None:
        """The socket is closed without an answer."""
        self._sandbox.fault(_OPERATIONS[method], "lost-after", times=1)

    def fail_before(self, method: str) -> None:
        """A 500."""
        self._sandbox.fault(_OPERATIONS[method], "error-before", times=1)

    def turn_away(self, method: str) -> None:
        """A 429."""
        self._sandbox.fault(_OPERATIONS[method], "too-many-requests", times=1)

    def change_price(self) -> None:
        """By a tenth."""
        self._sandbox.fault("booking", "price-change", times=1)

    def delay_documents(self) -> None:
        """The strict personality always does."""
        if self._plain:
            self._sandbox.fault(
                "fulfillment", "late-documents", times=1, seconds=DOCUMENTS_TAKE.total_seconds()
            )


def adapter(sandbox: RunningSandbox, *, plain: bool) -> OsdmDistributor:
    """The adapter, set up for a sandbox the way an operator would."""
    url = sandbox.base_url
    config = OsdmConfig(
        name="osdm",
        modules=Modules(url, url, url, url),
        access=Access(f"{url}/oauth/token", *sandbox.client),
        missing=() if plain else (Feature.LISTED_QUOTES,),
        honours_keys=plain,
    )
    lanes = {name: Lane(places=4) for name in ("search", "hold", "issue", "after-sales")}
    return OsdmDistributor(config, Guard(GuardConfig(lanes, retry=RetryPolicy(burst=100))))
