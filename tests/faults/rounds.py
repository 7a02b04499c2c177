"""One fault on every money operation at once, in both shops: a round.

The orders of a round are brought to the act in question first, then the faults are switched on,
each for one call, and all acts are done at the same moment. So no fault strikes another's call.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
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
        self._stories: dict[tuple[str, str, str], Story] = {}

    def story(self, personality: str, operation: str, fault: str) -> Story:
        """The story of one cell of the table."""
        if (personality, operation, fault) not in self._stories:
            self._play(fault)
        return self._stories[personality, operation, fault]

    def _play(self, fault: str) -> None:
        cells = [
            (personality, operation)
            for personality in self.shops
            for operation, faults in FAULTS_OF.items()
            if fault in faults
        ]
        with ThreadPoolExecutor(len(cells)) as pool:
            numbers = list(pool.map(lambda cell: self._brought_to(*cell), cells))
            for personality, operation in cells:
                seconds = {"delay": DELAY_SECONDS, "late-documents": LATE_SECONDS}.get(fault, 1)
                self.shops[personality].distributor.fault(
                    operation, fault, times=1, seconds=seconds
                )
            stories = list(pool.map(self._told, cells, numbers))
            for premises in self.shops.values():
                premises.await_strikes()
            settled = list(pool.map(self._settled, cells, numbers))
            ends = list(pool.map(self._gone_on, cells, numbers))
        for cell, number, told, order, end in zip(
            cells, numbers, stories, settled, ends, strict=True
        ):
            self._stories[(*cell, fault)] = Story(number, told, order, end)

    def _brought_to(self, personality: str, operation: str) -> str:
        counter = self.counters[personality]
        number = counter.draft()
        counter.advance(number, OPERATIONS[operation][0])
        return number

    def _told(self, cell: tuple[str, str], number: str) -> str:
        return self.counters[cell[0]].act(number)

    def _settled(self, cell: tuple[str, str], number: str) -> Order:
        return self.counters[cell[0]].settled(number)

    def _gone_on(self, cell: tuple[str, str], number: str) -> Order:
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
