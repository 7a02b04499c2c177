"""Faults on every money operation at once, in both shops: a round.

The orders of a round are brought to the act in question first. Then, fault by fault, it is switched
on for one call about each order, and those calls are made at the same moment. A shop that rests
from the faults before (its breaker is open) is asked again until it sends.
"""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Final

from tests.faults.counter import Counter, Order
from tests.faults.premises import Premises

# The money operation, by the sandbox's name -> how far the order is before it, and its goal.
OPERATIONS: Final = {
    "booking": ("draft", "sold"),
    "fulfillment": ("held", "sold"),
    "refund-offer": ("sold", "refunded"),
    "refund-confirm": ("quoted", "refunded"),
}


# Personality, operation, fault.
Cell = tuple[str, str, str]


@dataclass(frozen=True)
class Story:
    """What became of one act under one fault.

    `told` is the problem code that the agent got at once, `settled` the order when nothing of it
    was open any more, `end` the order when the agent had gone on.
    """

    number: str
    told: str
    settled: Order
    end: Order


@dataclass
class Rounds:
    """Rounds, each played once, when its first story is asked for."""

    shops: Mapping[str, Premises]
    counters: Mapping[str, Counter]

    def __post_init__(self) -> None:
        self._stories: dict[Cell, Story] = {}

    def story(self, personality: str, operation: str, fault: str) -> Story:
        """The story of one cell of the table."""
        if (personality, operation, fault) not in self._stories:
            self._play(next(faults for faults in _ROUNDS if fault in faults))
        return self._stories[personality, operation, fault]

    def _play(self, faults: tuple[str, ...]) -> None:
        cells = [
            (personality, operation, fault)
            for fault in faults
            for personality in self.shops
            for operation, known in FAULTS_OF.items()
            if fault in known
        ]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            numbers = dict(zip(cells, pool.map(self._brought_to, cells), strict=True))
            told: dict[Cell, Future[str]] = {}
            for fault in faults:
                struck = [cell for cell in cells if cell[2] == fault]
                told |= self._strike(fault, {cell: numbers[cell] for cell in struck}, pool)
            settled = pool.map(self._settled, cells, numbers.values())
            orders = dict(zip(cells, settled, strict=True))
            ends = dict(zip(cells, pool.map(self._gone_on, cells, numbers.values()), strict=True))
        for cell, number in numbers.items():
            story = Story(number, told[cell].result(), orders[cell], ends[cell])
            self._stories[cell] = story

    def _strike(
        self, fault: str, numbers: Mapping[Cell, str], pool: ThreadPoolExecutor
    ) -> dict[Cell, Future[str]]:
        """Switch the fault on for one call about each order, and make these calls at once."""
        seconds = {"delay": DELAY_SECONDS, "late-documents": LATE_SECONDS}.get(fault, 1.0)
        acts = {}
        for cell, number in numbers.items():
            premises, operation = self.shops[cell[0]], cell[1]
            about = number if operation == "booking" else premises.booking_of(number)
            struck = partial(premises.has_struck, operation, fault, about)
            acts[cell] = self.counters[cell[0]].sent_act(number, struck)
            premises.distributor.fault(operation, fault, times=1, seconds=seconds, about=about)
        told = {cell: pool.submit(act) for cell, act in acts.items()}
        for premises in self.shops.values():
            premises.await_strikes()
        return told

    def _brought_to(self, cell: Cell) -> str:
        counter = self.counters[cell[0]]
        number = counter.draft()
        counter.advance(number, OPERATIONS[cell[1]][0])
        return number

    def _settled(self, cell: Cell, number: str) -> Order:
        return self.counters[cell[0]].settled(number)

    def _gone_on(self, cell: Cell, number: str) -> Order:
        return self.counters[cell[0]].advance(number, OPERATIONS[cell[1]][1])


# Longer than any deadline of the shop: it gives up, then the call has its effect.
DELAY_SECONDS: Final = 6.0
LATE_SECONDS: Final = 3.0
_EVERYWHERE: Final = (
    "delay",
    "refuse",
    "error-before",
    "error-after",
    "lost-after",
    "reset-before",
    "too-many-requests",
)
FAULTS_OF: Final = {
    "booking": (*_EVERYWHERE, "price-change", "expired-offer"),
    "fulfillment": (*_EVERYWHERE, "late-documents"),
    "refund-offer": _EVERYWHERE,
    "refund-confirm": (*_EVERYWHERE, "expired-offer"),
}
# Faults that are played in one go, so that their waits pass together. A delay comes last: it keeps
# the few places that the shop has for calls under way.
_ROUNDS: Final = (
    ("too-many-requests", "price-change", "expired-offer", "late-documents"),
    ("error-after", "lost-after"),
    ("refuse", "error-before", "reset-before", "delay"),
)
_AT_ONCE: Final = 16
