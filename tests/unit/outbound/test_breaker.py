"""The breaker: nobody waits for another, one probe at a time, and only fresh news count."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from prometheus_client import REGISTRY

from agenturclient.outbound.breaker import BreakerPolicy, ConcurrentBreaker
from agenturclient.outbound.messages import NoAnswer, NotSent, Reason


class Clock:
    """A clock that stands still."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Turned by the tests."""
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> ConcurrentBreaker:
    """Opens after three failures for ten seconds."""
    policy = BreakerPolicy(fail_max=3, reset_seconds=10)
    return ConcurrentBreaker(policy, system="s", lane="b", clock=clock)


def succeed(breaker: ConcurrentBreaker) -> None:
    """A call that goes well."""
    with breaker.watch():
        pass


def fail(breaker: ConcurrentBreaker, times: int = 1) -> None:
    """Calls without answer."""
    for _ in range(times):
        with pytest.raises(NoAnswer), breaker.watch():
            raise NoAnswer(Reason.BROKEN)


def is_open(breaker: ConcurrentBreaker) -> bool:
    """Whether it lets nobody through."""
    try:
        succeed(breaker)
    except NotSent as refusal:
        return refusal.reason is Reason.BREAKER_OPEN
    return False


def test_ten_calls_take_as_long_as_one(breaker: ConcurrentBreaker) -> None:
    def call(_number: int) -> None:
        with breaker.watch():
            time.sleep(0.2)

    started = time.monotonic()
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(call, range(10)))
    assert time.monotonic() - started < 0.6


def test_it_opens_after_so_many_failures_in_a_row(breaker: ConcurrentBreaker) -> None:
    fail(breaker, 2)
    succeed(breaker)
    fail(breaker, 2)
    assert not is_open(breaker)
    fail(breaker, 3)
    assert is_open(breaker)


def test_the_call_that_trips_it_raises_its_own_failure(breaker: ConcurrentBreaker) -> None:
    fail(breaker, 3)  # each of them a NoAnswer, the last one too


def test_an_answer_can_count_against_it(breaker: ConcurrentBreaker) -> None:
    for _ in range(3):
        with breaker.watch() as verdict:
            verdict.good = False
    assert is_open(breaker)


def test_it_says_how_long_it_stays_open(breaker: ConcurrentBreaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 4
    with pytest.raises(NotSent) as caught:
        succeed(breaker)
    assert caught.value.retry_after == 6.0


def test_two_good_probes_close_it(breaker: ConcurrentBreaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 10
    succeed(breaker)
    assert breaker.current_state == "half-open"
    succeed(breaker)
    assert breaker.current_state == "closed"


def test_a_bad_probe_opens_it_again(breaker: ConcurrentBreaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 10
    fail(breaker)
    assert is_open(breaker)
    clock.now += 10
    assert not is_open(breaker)


def test_one_probe_at_a_time(breaker: ConcurrentBreaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 10
    inside, leave = threading.Event(), threading.Event()

    def probe() -> None:
        with breaker.watch():
            inside.set()
            leave.wait(5)

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(probe)
        inside.wait(5)
        refused = [is_open(breaker) for _ in range(9)]
        leave.set()
        running.result()
    assert refused == [True] * 9


def test_a_failure_from_before_it_opened_is_old_news(
    breaker: ConcurrentBreaker, clock: Clock
) -> None:
    old = breaker.watch()
    old.__enter__()
    fail(breaker, 3)
    clock.now += 5
    old.__exit__(NoAnswer, NoAnswer(Reason.BROKEN), None)
    clock.now += 5
    assert not is_open(breaker)


@pytest.mark.parametrize("reason", [Reason.BUSY, Reason.DEADLINE])
def test_our_own_trouble_is_no_news_of_the_other_side(
    breaker: ConcurrentBreaker, reason: Reason
) -> None:
    fail(breaker, 2)
    for _ in range(5):
        with pytest.raises(NotSent), breaker.watch():
            raise NotSent(reason)
    fail(breaker)
    assert is_open(breaker)


def test_a_probe_that_ends_in_our_own_trouble_gives_its_place_back(
    breaker: ConcurrentBreaker, clock: Clock
) -> None:
    fail(breaker, 3)
    clock.now += 10
    with pytest.raises(NotSent), breaker.watch():
        raise NotSent(Reason.DEADLINE)
    with pytest.raises(KeyboardInterrupt), breaker.watch():
        raise KeyboardInterrupt
    assert not is_open(breaker)


def test_it_closes_after_as_many_good_probes_as_it_was_told(clock: Clock) -> None:
    policy = BreakerPolicy(fail_max=1, reset_seconds=10, good_probes=3)
    breaker = ConcurrentBreaker(policy, system="s", lane="b", clock=clock)
    fail(breaker)
    clock.now += 10
    states = []
    for _ in range(3):
        succeed(breaker)
        states.append(breaker.current_state)
    assert states == ["half-open", "half-open", "closed"]


def test_changes_are_counted_and_it_says_whether_it_is_open(clock: Clock) -> None:
    policy = BreakerPolicy(fail_max=1, reset_seconds=10)
    breaker = ConcurrentBreaker(policy, system="counted", lane="b", clock=clock)
    is_open = [told("agenturclient_outbound_breakers_open")]
    fail(breaker)
    is_open.append(told("agenturclient_outbound_breakers_open"))
    clock.now += 10
    succeed(breaker)
    is_open.append(told("agenturclient_outbound_breakers_open"))
    succeed(breaker)
    is_open.append(told("agenturclient_outbound_breakers_open"))
    changes = {
        state: told("agenturclient_outbound_breaker_changes_total", state=state)
        for state in ("open", "half-open", "closed")
    }
    assert changes == {"open": 1, "half-open": 1, "closed": 1}
    assert is_open == [0, 1, 1, 0]


def told(name: str, **labels: str) -> float | None:
    """What the metrics page says of the counted breaker."""
    return REGISTRY.get_sample_value(name, {"system": "counted", "lane": "b", **labels})
