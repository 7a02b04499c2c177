"""Agents at their pages: what they see decides what they click, now and then twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from agenturclient.kernel.errors import Refusal
from agenturclient.kernel.money import Money
from agenturclient.sales import holds, refund, sell
from agenturclient.sales.ports import DistributorFailure, RefundReason
from agenturclient.sales.states import OrderState, SaleState
from tests.simulation.page import Page, look

if TYPE_CHECKING:
    from collections.abc import Callable

    from agenturclient.identity.actors import Actor
    from agenturclient.sales.details import OrderDetail
    from tests.simulation.network import Network
    from tests.simulation.scheduler import Process, Scheduler
    from tests.simulation.store import Store

# How long a browser or proxy waits before it sends a request again (s).
_PATIENCE = (5.0, 70.0)
_AWAY = (300.0, 2400.0)
Request = tuple[str, "Callable[[], OrderDetail]"]


@dataclass
class Tab:
    """A browser tab with one order. `told` hears every answer that was given to it."""

    name: str
    number: str
    actor: Actor
    network: Network
    store: Store
    scheduler: Scheduler
    wanders: float
    told: Callable[[OrderDetail], None]
    keys: list[UUID] = field(default_factory=list)

    def work(self, clicks: int) -> None:
        """Click by click."""
        random = self.scheduler.random
        for _ in range(clicks):
            away = random.random() < self.wanders
            self.scheduler.sleep(random.uniform(*_AWAY) if away else random.uniform(0, 3))
            request = self._choose(look(self.store, self.number))
            if request is not None:
                self._click(request)

    def _click(self, request: Request) -> None:
        """Send it; again when nothing comes back, and sometimes twice at once."""
        random, me = self.scheduler.random, self.scheduler.current
        for _ in range(random.choice((1, 1, 2))):
            answers: list[bool] = []

            def ended(died: bool, answers: list[bool] = answers) -> None:  # noqa: FBT001 - the scheduler's callback
                answers.append(not died)
                if me is not None:
                    self.scheduler.wake(me, after=0.1)

            self._send(request, ended)
            if random.random() < 0.2:
                self._send(request, ended)
            self.scheduler.sleep(random.uniform(*_PATIENCE))
            if any(answers):
                return

    def _send(self, request: Request, ended: Callable[[bool], None]) -> Process:
        what, call = request

        def serve() -> None:
            self.scheduler.tell(what)
            try:
                answer = call()
            except (Refusal, DistributorFailure) as failure:
                self.scheduler.tell(f"{what}: {failure.code}")
                return
            self.scheduler.tell(f"{what}: answered, order {answer.state}")
            self.told(answer)

        return self.scheduler.spawn(f"{self.name} {what.split()[0]}", serve, ended=ended)

    # --- what to click

    def _choose(self, page: Page) -> Request | None:
        random = self.scheduler.random
        if page.tickets and (page.state == OrderState.SOLD or random.random() < 0.3):
            return self._refund(page)
        if page.state == OrderState.SOLD:
            return None
        ready = all(state in (SaleState.HELD, SaleState.ISSUED) for state in page.items.values())
        roll = random.random()
        if roll < 0.12 and page.items:
            return self._drop(random.choice(list(page.items)))
        if roll < 0.25 or ready:
            return self._sell(page.held)
        return self._hold()

    def _refund(self, page: Page) -> Request:
        roll = self.scheduler.random.random()
        if page.quoted and roll < 0.65:
            return self._accept(*page.quoted[-1])
        if page.quoted and roll < 0.9:
            return self._drop_quote(page.quoted[-1][0])
        return self._quote(self.scheduler.random.choice(page.tickets))

    def _key(self) -> UUID:
        """Usually a new one; sometimes one that has served."""
        random = self.scheduler.random
        if not self.keys or random.random() < 0.8:
            self.keys.append(UUID(int=random.getrandbits(128), version=4))
            return self.keys[-1]
        return random.choice(self.keys)

    def _hold(self) -> Request:
        key = self._key()
        return "hold", lambda: holds.hold_order(
            self.number,
            key=key,
            actor=self.actor,
            distributor=self.network,
            clock=self.scheduler,
        )

    def _drop(self, position: int) -> Request:
        return f"drop item {position}", lambda: holds.drop_item(
            self.number,
            position,
            actor=self.actor,
            distributor=self.network,
            clock=self.scheduler,
        )

    def _sell(self, held: int) -> Request:
        key, total = self._key(), Money(held, "CHF")
        return f"sell for {held}", lambda: sell.sell_order(
            self.number,
            key=key,
            total=total,
            actor=self.actor,
            distributor=self.network,
            clock=self.scheduler,
        )

    def _quote(self, tickets: tuple[int, ...]) -> Request:
        key = self._key()
        reason = self.scheduler.random.choice((None, None, RefundReason.SALES_STAFF_ERROR))
        return f"quote {tickets}", lambda: refund.quote_refund(
            self.number,
            key=key,
            tickets=tickets,
            reason=reason,
            actor=self.actor,
            distributor=self.network,
            clock=self.scheduler,
        )

    def _accept(self, row: int, amount: int) -> Request:
        key = self._key()
        return f"accept {row}", lambda: refund.accept_refund(
            self.number,
            row,
            key=key,
            amount=Money(amount, "CHF"),
            actor=self.actor,
            distributor=self.network,
            clock=self.scheduler,
        )

    def _drop_quote(self, row: int) -> Request:
        return f"drop-quote {row}", lambda: refund.drop_quote(
            self.number,
            row,
            actor=self.actor,
            distributor=self.network,
            clock=self.scheduler,
        )
