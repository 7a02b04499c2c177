"""Processes that are killed in the middle of it: the web, recover, the distributor."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final

import pytest

from tests.faults.books import differences, sold_there, sold_twice
from tests.faults.conftest import Shops
from tests.faults.counter import Counter, Order, sale_of, stage_of
from tests.faults.premises import DEADLINE_SECONDS, Premises, kill, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

_BOTH: Final = pytest.mark.parametrize("personality", ["plain", "strict"])
_SOON: Final = DEADLINE_SECONDS - 1.0
_LAST_OWNER: Final = """
    SELECT operation.lease_owner, operation.attempts FROM sales_operation AS operation
    JOIN sales_sale AS sale ON sale.id = operation.sale_id
    WHERE sale.reference = ? AND operation.kind = 'issue' ORDER BY operation.id DESC
"""


@contextmanager
def at_the_distributor(
    premises: Premises, counter: Counter, acts: Mapping[str, str]
) -> Iterator[list[Future[str]]]:
    """The next act of each order, under way at the distributor: fault's operation -> number."""
    for operation in acts:
        premises.distributor.fault(operation, "delay", times=1, seconds=_SOON)
    with ThreadPoolExecutor(len(acts)) as pool:
        asked = [pool.submit(counter.act, number) for number in acts.values()]
        premises.await_strikes()
        yield asked


@_BOTH
def test_a_sale_survives_the_distributor_killed_right_after_it_sold(
    shops: Shops, counters: Mapping[str, Counter], personality: str
) -> None:
    premises, counter = shops[personality], counters[personality]
    number = counter.draft()
    counter.advance(number, "held")
    premises.distributor.fault("fulfillment", "lost-after", times=1)

    told = counter.act(number)
    kill(premises.sandbox)
    premises.start_sandbox()
    order = counter.settled(number)

    assert told == ""
    assert (order["state"], _sale_state(order)) == ("sold", "issued")
    assert _sold_bookings(premises, number) == 1
    assert differences(premises, [number]) == []


@_BOTH
def test_the_web_killed_while_all_is_at_the_distributor_loses_nothing(
    shops: Shops, counters: Mapping[str, Counter], personality: str
) -> None:
    premises, counter = shops[personality], counters[personality]
    goals = {"booking": "draft", "fulfillment": "held", "refund-confirm": "quoted"}
    acts = {operation: counter.draft() for operation in goals}
    for operation, goal in goals.items():
        counter.advance(acts[operation], goal)

    with at_the_distributor(premises, counter, acts) as asked:
        kill(premises.web)
        told = [each.result() for each in asked]
    premises.start_web()
    held, sold, refunded = (counter.settled(number) for number in acts.values())

    assert told == ["no-answer"] * 3
    assert (_sale_state(held), held["state"]) == ("held", "draft")
    assert (_sale_state(sold), sold["state"]) == ("issued", "sold")
    assert [refund["state"] for refund in refunded["refunds"]] == ["refunded"]
    assert stage_of(counter.advance(acts["booking"], "sold")) == "sold"
    assert [_sold_bookings(premises, number) for number in acts.values()] == [1, 1, 1]
    assert differences(premises, acts.values()) == []


@_BOTH
def test_recover_killed_while_it_sells_again_is_followed_by_another(
    shops: Shops, counters: Mapping[str, Counter], personality: str
) -> None:
    premises, counter = shops[personality], counters[personality]
    number = counter.draft()
    reference = (sale_of(counter.advance(number, "held")) or {})["reference"]
    premises.distributor.fault("fulfillment", "error-before", times=1)
    assert counter.act(number) == ""

    premises.distributor.fault("fulfillment", "delay", times=1, seconds=_SOON)
    premises.await_strikes(60)
    kill(premises.recover)
    ((first, attempts),) = premises.rows(_LAST_OWNER, reference)
    premises.recover.start()
    order = counter.settled(number)

    ((second, attempts_in_the_end),) = premises.rows(_LAST_OWNER, reference)
    assert first != second
    assert (attempts, attempts_in_the_end) == (2, 2)
    assert (order["state"], _sale_state(order)) == ("sold", "issued")
    assert _sold_bookings(premises, number) == 1
    assert differences(premises, [number]) == []


@_BOTH
def test_two_recover_processes_share_the_work(
    shops: Shops, counters: Mapping[str, Counter], personality: str
) -> None:
    premises, counter = shops[personality], counters[personality]
    numbers = [counter.draft() for _ in range(4)]
    for number in numbers:
        counter.advance(number, "held")
    premises.distributor.fault("fulfillment", "lost-after", times=len(numbers))

    with premises.second_recover():
        told = [counter.act(number) for number in numbers]
        orders = [counter.settled(number) for number in numbers]

    assert told == [""] * 4
    assert [order["state"] for order in orders] == ["sold"] * 4
    assert differences(premises, numbers) == []


@_BOTH
def test_nothing_is_open_after_all_that(shops: Shops, personality: str) -> None:
    premises = shops[personality]

    wait_until(lambda: not differences(premises), 60, "differences or open operations")


def _sale_state(order: Order) -> str:
    return str((sale_of(order) or {}).get("state"))


def _sold_bookings(premises: Premises, number: str) -> int:
    theirs = {
        reference: bookings
        for reference, bookings in sold_there(premises).items()
        if reference.startswith(f"{number}-")
    }
    assert sold_twice(theirs) == []
    return sum(len(bookings) for bookings in theirs.values())
