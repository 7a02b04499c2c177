"""What is repeated and what never is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from agenturclient.outbound import deadline
from agenturclient.outbound.messages import NoAnswer, NoResponse, NotSent, Reason, Response
from agenturclient.outbound.retry import Budget, Retry, RetryPolicy
from tests.unit.outbound.wires import GET, POST, READ, WRITE, Wire, guard_over

NEVER_SENT = [
    httpx.ConnectError("refused"),
    httpx.ConnectTimeout("late"),
    httpx.PoolTimeout("full"),
]
PERHAPS_SENT = [
    httpx.ReadError("reset"),
    httpx.WriteError("reset"),
    httpx.RemoteProtocolError("cut"),
]


class Attempts:
    """Ends its attempts in the given ways, and remembers the pauses between them."""

    def __init__(self, *outcomes: Response | NoResponse) -> None:
        self.outcomes = list(outcomes)
        self.pauses: list[float] = []

    def attempt(self) -> Response:
        """The next one."""
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, NoResponse):
            raise outcome
        return outcome

    def retry(self, **policy: float) -> Retry:
        """A retry that does not really wait."""
        made = RetryPolicy(**policy)  # type: ignore[arg-type]  # all of its fields are numbers
        return Retry(made, pause=self.pauses.append)


@pytest.mark.parametrize("failure", NEVER_SENT)
def test_what_was_never_sent_is_sent_again_also_when_it_writes(failure: Exception) -> None:
    wire = Wire(failure)
    assert guard_over(wire).send(WRITE, POST).status == 200
    assert len(wire.sent) == 2


@pytest.mark.parametrize("failure", PERHAPS_SENT)
def test_what_may_have_been_sent_is_never_written_again(failure: Exception) -> None:
    wire = Wire(failure)
    with pytest.raises(NoAnswer):
        guard_over(wire).send(WRITE, POST)
    assert len(wire.sent) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_fault_is_never_written_again(status: int) -> None:
    wire = Wire(status)
    assert guard_over(wire).send(WRITE, POST).status == status
    assert len(wire.sent) == 1


@pytest.mark.parametrize("step", [*NEVER_SENT, *PERHAPS_SENT, 502, 503, 504])
def test_a_read_is_repeated(step: Exception | int) -> None:
    wire = Wire(step)
    assert guard_over(wire).send(READ, GET).status == 200
    assert len(wire.sent) == 2


@pytest.mark.parametrize("status", [200, 400, 404, 429, 500, 501])
def test_a_read_is_not_repeated_after_an_answer_that_will_not_change(status: int) -> None:
    wire = Wire(status)
    assert guard_over(wire).send(READ, GET).status == status
    assert len(wire.sent) == 1


def test_the_third_attempt_is_the_last() -> None:
    attempts = Attempts(*[Response(503)] * 3)
    response = attempts.retry().run(attempts.attempt, writes=False)
    assert (response.status, attempts.outcomes) == (503, [])
    assert len(attempts.pauses) == 2


def test_a_failure_after_the_last_attempt_is_raised() -> None:
    attempts = Attempts(*[NotSent(Reason.UNREACHABLE)] * 3)
    with pytest.raises(NotSent):
        attempts.retry().run(attempts.attempt, writes=True)
    assert attempts.outcomes == []


def test_the_pauses_grow_and_stay_random() -> None:
    found = []
    for _ in range(50):
        attempts = Attempts(*[Response(503)] * 3)
        attempts.retry().run(attempts.attempt, writes=False)
        found.append(attempts.pauses)
    assert all(0 <= first <= 0.2 and 0 <= second <= 0.4 for first, second in found)
    assert max(second for _, second in found) > 0.2
    assert len({first for first, _ in found}) > 40


@pytest.mark.parametrize("status", [429, 503])
def test_the_other_sides_wish_to_wait_is_met_when_there_is_time(status: int) -> None:
    attempts = Attempts(Response(status, {"retry-after": "2"}), Response(200))
    with deadline.within(10):
        response = attempts.retry().run(attempts.attempt, writes=False)
    assert (response.status, attempts.pauses) == (200, [2.0])


def test_too_many_requests_is_told_to_whoever_writes() -> None:
    attempts = Attempts(Response(429, {"retry-after": "2"}))
    with deadline.within(10):
        response = attempts.retry().run(attempts.attempt, writes=True)
    assert (response.status, response.retry_after, attempts.pauses) == (429, 2.0, [])


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "120"}, 120.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "9" * 400}, 86400.0),
        (
            {
                "retry-after": "Sat, 21 Nov 2026 10:00:30 GMT",
                "date": "Sat, 21 Nov 2026 10:00:00 GMT",
            },
            30.0,
        ),
        (
            {
                "retry-after": "Sat, 21 Nov 2026 09:00:00 GMT",
                "date": "Sat, 21 Nov 2026 10:00:00 GMT",
            },
            0.0,
        ),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "Sat, 99 Nov 2026 10:00:30 GMT"}, None),
        ({}, None),
    ],
)
def test_a_wish_to_wait_is_read_as_seconds_or_as_a_date(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert Response(429, headers).retry_after == seconds


def test_a_date_is_read_by_our_own_clock_when_the_answer_tells_none() -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    wait = Response(429, {"retry-after": until}).retry_after
    assert wait is not None
    assert 28 < wait <= 30


def test_a_wish_that_does_not_fit_the_deadline_ends_it() -> None:
    attempts = Attempts(Response(503, {"retry-after": "60"}))
    with deadline.within(10):
        response = attempts.retry().run(attempts.attempt, writes=False)
    assert (response.status, attempts.pauses) == (503, [])


def test_pauses_are_as_long_as_they_were_set() -> None:
    attempts = Attempts(*[Response(503)] * 9)
    retry = attempts.retry(attempts=9, burst=9, first_pause=8.0, longest_pause=20.0)
    retry.run(attempts.attempt, writes=False)
    assert len(attempts.pauses) == 8
    assert all(0 <= pause <= 20.0 for pause in attempts.pauses)
    assert max(attempts.pauses) > 1.0


def test_repetitions_end_with_the_budget() -> None:
    attempts = Attempts(*[Response(503)] * 100)
    retry = attempts.retry(share=0.1, burst=3)
    calls = 0
    while len(attempts.outcomes) >= 3:
        retry.run(attempts.attempt, writes=False)
        calls += 1
    # Three at once, then one for every ten calls.
    assert len(attempts.pauses) <= 3 + calls * 0.1
    assert calls > 80


def test_a_budget_earns_no_more_than_its_burst() -> None:
    budget = Budget(share=1.0, burst=2)
    for _ in range(10):
        budget.earn()
    assert [budget.spend() for _ in range(3)] == [True, True, False]
