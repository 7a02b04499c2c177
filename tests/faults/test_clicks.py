"""The same sale asked for many times at once: by a double click, by several tabs."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest

from tests.faults.books import differences
from tests.faults.conftest import Shops
from tests.faults.counter import Counter, sale_of
from tests.faults.premises import Premises

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

_CLICKS = 10


@pytest.mark.parametrize("personality", ["plain", "strict"])
@pytest.mark.parametrize("same_key", [True, False], ids=["same-key", "keys-of-their-own"])
@pytest.mark.parametrize(
    ("stage", "goal"), [("draft", "held"), ("held", "sold"), ("sold", "quoted")]
)
def test_ten_clicks_at_once_are_one(
    shops: Shops,
    counters: Mapping[str, Counter],
    personality: str,
    stage: str,
    goal: str,
    *,
    same_key: bool,
) -> None:
    premises, counter = shops[personality], counters[personality]
    number = counter.draft()
    counter.advance(number, stage)

    told = _click(counter, number, [str(uuid4())] * _CLICKS if same_key else None)
    order = counter.advance(number, goal)

    assert set(told) <= {"", "order-not-draft", "quote-blocked", "being-clarified"}
    assert "" in told
    assert len(_bookings(premises, number)) == 1
    assert (sale_of(order) or {})["attempt"] == 1
    assert len(order["refunds"]) == (1 if goal == "quoted" else 0)
    assert differences(premises, [number]) == []


@pytest.mark.parametrize("personality", ["plain", "strict"])
def test_ten_acceptances_at_once_are_one_refund(
    shops: Shops, counters: Mapping[str, Counter], personality: str
) -> None:
    premises, counter = shops[personality], counters[personality]
    number = counter.draft()
    quoted = counter.advance(number, "quoted")

    told = _click(counter, number, None)
    order = counter.settled(number)

    assert set(told) == {""}
    assert [refund["state"] for refund in order["refunds"]] == ["refunded"]
    assert order["refunded"] == quoted["refunds"][0]["amount"]
    assert differences(premises, [number]) == []


def _click(counter: Counter, number: str, keys: list[str] | None) -> list[str]:
    """Ten threads do the next act of the order at the same moment; what each is told."""
    act = counter.next_act(number)
    ready = Barrier(_CLICKS)

    def click(key: str) -> str:
        ready.wait()
        return act(key)

    with ThreadPoolExecutor(_CLICKS) as pool:
        return list(pool.map(click, keys or [str(uuid4()) for _ in range(_CLICKS)]))


def _bookings(premises: Premises, number: str) -> list[str]:
    """All bookings of an order at the distributor, held or sold."""
    return [
        booking["id"]
        for booking in premises.distributor.books()["bookings"]
        if booking["externalRef"].startswith(f"{number}-")
    ]
