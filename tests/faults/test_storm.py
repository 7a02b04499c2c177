"""Many agents at once while every fifth call to the distributor goes wrong."""

import random
import sys
import time
from collections import Counter as Tally
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final

import pytest

from scripts.shop import Shop
from tests.faults.books import differences, sold_here, sold_there, sold_twice
from tests.faults.conftest import Shops
from tests.faults.counter import Counter, is_barred, stage_of
from tests.faults.premises import DEADLINE_SECONDS, Premises, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(400)]

_SEED: Final = 1902
_AGENTS: Final = 6
_SALES: Final = 60
_REFUNDS: Final = 15
_SHARE: Final = 0.2
_CALM_SECONDS: Final = 120.0
_ROUTES: Final = (("BN", "ZUE"), ("BS", "IO"), ("LZ", "ZUE"), ("GE", "BN"), ("CH", "SM"))
_ANYWHERE: Final = (
    "delay",
    "refuse",
    "error-before",
    "error-after",
    "lost-after",
    "reset-before",
    "too-many-requests",
)
_MORE: Final = {
    "booking": ("price-change", "expired-offer"),
    "fulfillment": ("late-documents",),
}
# A delay of these is only waited for; any other is longer than the deadline.
_CALLS_OF_NO_WEIGHT: Final = {"places", "offers", "token", "document"}
_A_WHILE: Final = 0.5
_OPERATIONS: Final = (
    "places",
    "offers",
    "booking",
    "booking-read",
    "fulfillment",
    "refund-offer",
    "refund-confirm",
    "refund-read",
    "bookings-search",
    "token",
    "document",
)


def test_nothing_is_sold_twice_or_lost_in_a_storm(
    shops: Shops, counters: Mapping[str, Counter]
) -> None:
    with ThreadPoolExecutor(len(shops)) as pool:
        storms = {
            personality: pool.submit(_weather, premises, counters[personality].shop)
            for personality, premises in shops.items()
        }
    for personality, premises in shops.items():
        ends = storms[personality].result()
        assert ends == {"sold": _SALES, "refunded or barred by a lost quote": _REFUNDS}
        assert differences(premises) == []


def _weather(premises: Premises, shop: Shop) -> dict[str, int]:
    """Serve all customers in a storm and let it calm down; how many orders ended how."""
    counter = Counter(shop)
    chance = random.Random(_SEED)  # noqa: S311 - variety, not secrecy
    goals = ["refunded"] * _REFUNDS + ["sold"] * (_SALES - _REFUNDS)
    chance.shuffle(goals)
    routes = [chance.choice(_ROUTES) for _ in goals]
    started = time.monotonic()

    def serve(route: tuple[str, str], goal: str) -> str:
        number = counter.draft(origin=route[0], destination=route[1])
        counter.advance(number, goal)
        return number

    with _storm(premises), ThreadPoolExecutor(_AGENTS) as pool:
        numbers = list(pool.map(serve, routes, goals))
    stormed = time.monotonic() - started
    wait_until(lambda: not differences(premises), _CALM_SECONDS, "differences or open operations")
    calmed = time.monotonic() - started - stormed
    orders = [counter.advance(number, goal) for number, goal in zip(numbers, goals, strict=True)]
    wait_until(lambda: not differences(premises), _CALM_SECONDS, "differences or open operations")
    barred = sum(is_barred(order) for order in orders)
    _report(premises, counter, numbers, f"{stormed:.0f} s storm, {calmed:.0f} s to calm", barred)
    return {
        "sold": sum(order["state"] == "sold" for order in orders),
        "refunded or barred by a lost quote": barred
        + sum(stage_of(order) == "refunded" for order in orders),
    }


@contextmanager
def _storm(premises: Premises) -> Iterator[None]:
    for operation in _OPERATIONS:
        faults = (*_ANYWHERE, *_MORE.get(operation, ()))
        # Each fault throws its own dice: together they strike every fifth call.
        share = 1 - (1 - _SHARE) ** (1 / len(faults))
        seconds = _A_WHILE if operation in _CALLS_OF_NO_WEIGHT else DEADLINE_SECONDS + 2
        for fault in faults:
            premises.distributor.fault(operation, fault, share=share, seconds=seconds)
    try:
        yield
    finally:
        premises.distributor.clear_faults()


def _report(
    premises: Premises, counter: Counter, numbers: list[str], times: str, barred: int
) -> None:
    """The figures, for whoever reads the run's output."""
    theirs = {
        reference: rows
        for reference, rows in sold_there(premises).items()
        if reference.split("-")[0] in numbers
    }
    ours = {
        reference: money
        for reference, money in sold_here(premises).items()
        if reference.split("-")[0] in numbers
    }
    sold = sum(money.sold for rows in theirs.values() for _, money in rows)
    refunded = sum(money.refunded for rows in theirs.values() for _, money in rows)
    difference = sold - sum(money.sold for money in ours.values())
    difference_refunded = refunded - sum(money.refunded for money in ours.values())
    sys.stdout.write(
        f"\n{premises.personality}: {len(ours)} sales ({sold / 100:.2f}), refunds"
        f" {sum(money.refunded > 0 for money in ours.values())} ({refunded / 100:.2f}),"
        f" {barred} barred by a lost quote, {times};"
        f" double {len(sold_twice(theirs))}, lost {len(theirs.keys() ^ ours.keys())},"
        f" difference {difference} sold, {difference_refunded} refunded;"
        f" met {dict(Tally(counter.met))}\n"
    )
