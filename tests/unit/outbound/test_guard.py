"""The way out as a whole: in order, in time, told in headers and counters."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx
import pytest
from prometheus_client import REGISTRY

from agenturclient.outbound import tracing
from agenturclient.outbound.guard import Lane
from agenturclient.outbound.messages import NoAnswer, NotSent, Operation, Reason
from agenturclient.outbound.retry import RetryPolicy
from tests.unit.outbound.wires import GET, POST, READ, WRITE, Wire, guard_over

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass
class Tokens:
    """Credentials that count how often they were renewed."""

    current: int = 1
    renewals: list[Mapping[str, str]] = field(default_factory=list)

    def headers(self) -> Mapping[str, str]:
        """The token of the moment."""
        return {"Authorization": f"Bearer {self.current}"}

    def renewed(self, refused: Mapping[str, str]) -> Mapping[str, str]:
        """The next one."""
        self.renewals.append(refused)
        self.current += 1
        return self.headers()


def test_any_complete_answer_is_returned_whatever_its_status() -> None:
    for status in (200, 404, 500, 501):
        answer = httpx.Response(status, headers={"X-Thing": "yes"}, content=b"body")
        response = guard_over(Wire(answer)).send(WRITE, POST)
        assert (response.status, response.body) == (status, b"body")
        assert response.headers["x-thing"] == "yes"


def test_the_scarce_thing_is_given_back_before_the_call() -> None:
    sent_before: list[int] = []
    wire = Wire()
    guard_over(wire, before_call=lambda: sent_before.append(len(wire.sent))).send(READ, GET)
    assert (sent_before, len(wire.sent)) == ([0], 1)


def test_a_401_is_answered_with_one_other_token_and_the_same_request() -> None:
    wire, tokens = Wire(401), Tokens()
    guard_over(wire).send(WRITE, POST, credentials=tokens)
    assert [sent.headers["authorization"] for sent in wire.sent] == ["Bearer 1", "Bearer 2"]
    assert [sent.content for sent in wire.sent] == [b"{}", b"{}"]
    assert tokens.renewals == [{"Authorization": "Bearer 1"}]


def test_a_second_401_is_the_answer() -> None:
    wire = Wire(401, 401)
    assert guard_over(wire).send(READ, GET, credentials=Tokens()).status == 401
    assert len(wire.sent) == 2


def test_every_attempt_says_where_it_belongs() -> None:
    wire = Wire(503)
    with tracing.trace(tracing.Trace("0123456789abcdef0123456789abcdef")):
        guard_over(wire).send(READ, GET)
    parents = [sent.headers["traceparent"].split("-") for sent in wire.sent]
    assert {parent[1] for parent in parents} == {"0123456789abcdef0123456789abcdef"}
    assert len({parent[2] for parent in parents}) == 2
    conversations = {sent.headers["x-conversation-id"] for sent in wire.sent}
    assert conversations == {"0123456789abcdef0123456789abcdef"}


def test_what_is_full_turns_away_at_once() -> None:
    inside, leave = threading.Event(), threading.Event()

    def wait(_request: httpx.Request) -> httpx.Response:
        inside.set()
        leave.wait(5)
        return httpx.Response(200)

    wire = Wire(wait)
    guard = guard_over(wire, lane=Lane(places=1))
    full = places("bulkhead_full_total")
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(guard.send, READ, GET)
        inside.wait(5)
        with pytest.raises(NotSent) as caught:
            guard.send(READ, GET)
        patient = guard.send(READ, GET, patient=True)
        under_way = [places("bulkhead_in_use"), places("bulkhead_places")]
        leave.set()
        assert first.result().status == 200
    assert caught.value.reason is Reason.BUSY
    assert caught.value.retry_after == 2.0
    assert patient.status == 200
    assert under_way == [1, 1]
    assert places("bulkhead_in_use") == 0
    assert places("bulkhead_full_total") == full + 1
    assert guard.send(READ, GET).status == 200


def places(name: str) -> float:
    """What the metrics page says of the lane."""
    labels = {"system": "distributor", "lane": "lane"}
    return REGISTRY.get_sample_value(f"agenturclient_outbound_{name}", labels) or 0.0


def test_five_failures_in_a_row_open_the_breaker() -> None:
    wire = Wire(*[500] * 5)
    guard = guard_over(wire)
    for _ in range(5):
        guard.send(WRITE, POST)
    with pytest.raises(NotSent) as caught:
        guard.send(WRITE, POST)
    assert caught.value.reason is Reason.BREAKER_OPEN
    assert caught.value.retry_after is not None
    assert 14 < caught.value.retry_after <= 15
    assert len(wire.sent) == 5


def test_patient_calls_pass_by_an_open_breaker() -> None:
    guard = guard_over(Wire(*[500] * 5))
    for _ in range(5):
        guard.send(WRITE, POST)
    assert guard.send(WRITE, POST, patient=True).status == 200


def test_a_lane_without_breaker_goes_on() -> None:
    wire = Wire(*[500] * 10)
    guard = guard_over(wire, lane=Lane(places=1, breaker=None))
    assert [guard.send(WRITE, POST).status for _ in range(10)] == [500] * 10


@pytest.mark.parametrize("status", [400, 401, 404, 409, 501])
def test_a_clear_no_is_a_healthy_answer(status: int) -> None:
    guard = guard_over(Wire(*[status] * 10))
    assert [guard.send(WRITE, POST).status for _ in range(10)] == [status] * 10


def test_calls_are_counted_by_what_came_of_them() -> None:
    before = told()
    guard = guard_over(Wire(503, 200, httpx.ReadTimeout("late")))
    guard.send(READ, GET)
    with pytest.raises(NoAnswer):
        guard.send(WRITE, POST)
    assert told() - before == Counter(
        {
            ("calls", "read", "200"): 1,
            ("calls", "write", "deadline"): 1,
            ("attempts", "read", "503"): 1,
            ("attempts", "read", "200"): 1,
            ("attempts", "write", "deadline"): 1,
            ("retries", "read", ""): 1,
            ("call_seconds", "read", ""): 1,
            ("call_seconds", "write", ""): 1,
        }
    )


def test_a_repetition_that_the_budget_does_not_allow_is_counted() -> None:
    before = told()
    guard = guard_over(Wire(503), policy=RetryPolicy(share=0, burst=0))
    assert guard.send(READ, GET).status == 503
    assert (told() - before)["retry_budget_exhausted", "read", ""] == 1


def told() -> Counter[tuple[str, str, str]]:
    """What is counted by now, by name, operation and outcome."""
    found: Counter[tuple[str, str, str]] = Counter()
    for family in REGISTRY.collect():
        for sample in family.samples:
            name = family.name.removeprefix("agenturclient_outbound_")
            counted = sample.name.removesuffix("_total").removesuffix("_count") == family.name
            if counted and sample.labels.get("system") == "distributor":
                labels = (sample.labels.get("operation", ""), sample.labels.get("outcome", ""))
                found[name, *labels] += int(sample.value)
    return found


def test_a_body_without_end_is_not_read_to_its_end() -> None:
    wire = Wire(httpx.Response(200, content=b"x" * (16 * 1024 * 1024 + 1)))
    with pytest.raises(NoAnswer) as caught:
        guard_over(wire).send(WRITE, POST)
    assert caught.value.reason is Reason.TOO_LARGE


def test_an_operation_without_lane_needs_no_place() -> None:
    assert guard_over(Wire()).send(Operation("token", None, 1.0), GET).status == 200


def test_secrets_are_not_shown() -> None:
    shown = repr(POST)
    assert "{}" not in shown
    assert "there" not in shown


def test_no_further_attempt_starts_close_to_the_deadline() -> None:
    wire = Wire(503)
    short = Operation("read", "lane", 1.0)
    assert guard_over(wire, policy=RetryPolicy(least_seconds=1.5)).send(short, GET).status == 503
    assert len(wire.sent) == 1
