"""Processes that are killed in the middle of it: the web, recover, the distributor."""

import signal
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final

import pytest

from scripts.shop import is_open
from tests.faults.books import differences, sold_there, sold_twice
from tests.faults.conftest import Shops
from tests.faults.counter import NO_ANSWER, Counter, Order, sale_of, stage_of
from tests.faults.premises import Premises
from tests.faults.processes import DEADLINE_SECONDS, kill, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

_LONGEST_SECONDS: Final = 90.0
_SOON: Final = DEADLINE_SECONDS - 1.0
_LAST_OWNER: Final = """
    SELECT operation.lease_owner, operation.attempts FROM sales_operation AS operation
    JOIN sales_sale AS sale ON sale.id = operation.sale_id
    WHERE sale.reference LIKE ? AND operation.kind = 'issue' ORDER BY operation.id DESC
"""
_STATES: Final = "SELECT state FROM sales_sale WHERE reference LIKE ?"

# A play does its next step as soon as the condition that it yields holds. What may not be late
# comes after `_ready`: by then the other play has done its preparations too.
Play = Callable[[Premises, Counter], Iterator[Callable[[], bool]]]


@pytest.fixture
def in_both_shops(shops: Shops, counters: Mapping[str, Counter]) -> Callable[[Play], None]:
    """Plays side by side, so that what takes long is waited for once."""

    def perform(play: Play) -> None:
        plays = [play(premises, counters[name]) for name, premises in shops.items()]
        waiting = {each: next(each) for each in plays}
        end = time.monotonic() + _LONGEST_SECONDS
        while waiting:
            assert time.monotonic() < end, f"still waiting: {play}"
            for each in [each for each, condition in waiting.items() if condition()]:
                following = next(each, None)
                if following is None:
                    del waiting[each]
                else:
                    waiting[each] = following

    return perform


def test_a_sale_survives_the_distributor_killed_right_after_it_sold(
    in_both_shops: Callable[[Play], None],
) -> None:
    def play(premises: Premises, counter: Counter) -> Iterator[Callable[[], bool]]:
        number = counter.draft()
        counter.advance(number, "held")
        premises.distributor.fault("fulfillment", "lost-after", times=1)

        told = counter.act(number)
        kill(premises.sandbox)
        premises.start_sandbox()
        yield lambda: _is_settled(counter, number)

        order = counter.order(number)
        assert told == ""
        assert (order["state"], _sale_state(order)) == ("sold", "issued")
        assert _sold_bookings(premises, number) == 1
        assert differences(premises, [number]) == []

    in_both_shops(play)


def test_the_web_killed_while_all_is_at_the_distributor_loses_nothing(
    in_both_shops: Callable[[Play], None],
) -> None:
    def play(premises: Premises, counter: Counter) -> Iterator[Callable[[], bool]]:
        stages = {"booking": "draft", "fulfillment": "held", "refund-confirm": "quoted"}
        numbers = {operation: counter.draft() for operation in stages}
        for operation, stage in stages.items():
            counter.advance(numbers[operation], stage)
        yield _ready
        with at_the_distributor(premises, counter, numbers) as asked:
            yield lambda: not premises.faults()
            kill(premises.web)
            told = [each.result() for each in asked]
        premises.web.start()
        yield premises.serves
        yield lambda: all(_is_settled(counter, number) for number in numbers.values())

        held, sold, refunded = (counter.order(number) for number in numbers.values())
        assert told == [NO_ANSWER] * 3
        assert (_sale_state(held), held["state"]) == ("held", "draft")
        assert (_sale_state(sold), sold["state"]) == ("issued", "sold")
        assert [refund["state"] for refund in refunded["refunds"]] == ["refunded"]
        assert stage_of(counter.advance(numbers["booking"], "sold")) == "sold"
        assert [_sold_bookings(premises, number) for number in numbers.values()] == [1, 1, 1]
        assert differences(premises, numbers.values()) == []

    in_both_shops(play)


def test_the_web_that_sleeps_through_its_lease_writes_nothing_when_it_wakes_up(
    in_both_shops: Callable[[Play], None],
) -> None:
    def play(premises: Premises, counter: Counter) -> Iterator[Callable[[], bool]]:
        number = counter.draft()
        counter.advance(number, "held")
        yield _ready
        with at_the_distributor(premises, counter, {"fulfillment": number}) as asked:
            yield lambda: not premises.faults()
            premises.web.signal(signal.SIGSTOP)
            asleep = premises.rows(_LAST_OWNER, f"{number}-%")
            yield lambda: premises.rows(_STATES, f"{number}-%") == [("issued",)]
            taken_over = premises.rows(_LAST_OWNER, f"{number}-%")
            premises.web.signal(signal.SIGCONT)
            yield asked[0].done
        yield lambda: _is_settled(counter, number)

        order = counter.order(number)
        assert asked[0].result() == ""
        assert order["state"] == "sold"
        assert asleep != taken_over
        assert premises.rows(_LAST_OWNER, f"{number}-%") == taken_over
        assert _sold_bookings(premises, number) == 1
        assert differences(premises, [number]) == []

    in_both_shops(play)


def test_recover_killed_while_it_sells_again_is_followed_by_another(
    in_both_shops: Callable[[Play], None],
) -> None:
    def play(premises: Premises, counter: Counter) -> Iterator[Callable[[], bool]]:
        number = counter.draft()
        counter.advance(number, "held")
        yield _ready
        premises.distributor.fault("fulfillment", "error-before", times=1)
        assert counter.act(number) == ""
        premises.distributor.fault("fulfillment", "delay", times=1, seconds=_SOON)
        yield lambda: not premises.faults()

        kill(premises.recover)
        ((first, attempts),) = premises.rows(_LAST_OWNER, f"{number}-%")
        premises.recover.start()
        yield lambda: _is_settled(counter, number)

        order = counter.order(number)
        ((second, attempts_in_the_end),) = premises.rows(_LAST_OWNER, f"{number}-%")
        assert first != second
        assert (attempts, attempts_in_the_end) == (2, 2)
        assert (order["state"], _sale_state(order)) == ("sold", "issued")
        assert _sold_bookings(premises, number) == 1
        assert differences(premises, [number]) == []

    in_both_shops(play)


def test_two_recover_processes_share_the_work(in_both_shops: Callable[[Play], None]) -> None:
    def play(premises: Premises, counter: Counter) -> Iterator[Callable[[], bool]]:
        numbers = [counter.draft() for _ in range(4)]
        for number in numbers:
            counter.advance(number, "held")
        premises.distributor.fault("fulfillment", "lost-after", times=len(numbers))
        with premises.second_recover():
            told = [counter.act(number) for number in numbers]
            yield lambda: all(_is_settled(counter, number) for number in numbers)

        assert told == [""] * 4
        assert {counter.order(number)["state"] for number in numbers} == {"sold"}
        assert differences(premises, numbers) == []

    in_both_shops(play)


def test_nothing_is_open_after_all_that(shops: Shops) -> None:
    def agree() -> bool:
        return not any(differences(premises) for premises in shops.values())

    wait_until(agree, 60, "differences or open operations")


@contextmanager
def at_the_distributor(
    premises: Premises, counter: Counter, numbers: Mapping[str, str]
) -> Iterator[list[Future[str]]]:
    """The next act of each order, soon under way at the distributor: its operation -> number."""
    acts = [counter.sent_act(number) for number in numbers.values()]
    for operation in numbers:
        premises.distributor.fault(operation, "delay", times=1, seconds=_SOON)
    with ThreadPoolExecutor(len(acts)) as pool:
        yield [pool.submit(act) for act in acts]


def _ready() -> bool:
    return True


def _is_settled(counter: Counter, number: str) -> bool:
    return not is_open(counter.order(number))


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
