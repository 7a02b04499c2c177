"""Which trace a call belongs to: the one that its request came with, else one of its own."""

from __future__ import annotations

import pytest

from agenturclient.outbound import tracing
from agenturclient.outbound.tracing import Trace

TRACE = "0af7651916cd43dd8448eb211c80319c"
SPAN = "b7ad6b7169203331"


@pytest.mark.parametrize(
    ("traceparent", "trace"),
    [
        (f"00-{TRACE}-{SPAN}-01", Trace(TRACE, sampled=True)),
        (f"00-{TRACE}-{SPAN}-00", Trace(TRACE, sampled=False)),
        (f"00-{TRACE}-{SPAN}-03", Trace(TRACE, sampled=True)),
        (f"cc-{TRACE}-{SPAN}-01-what-comes-later", Trace(TRACE, sampled=True)),
    ],
)
def test_a_request_that_belongs_to_a_trace_hands_it_over(traceparent: str, trace: Trace) -> None:
    assert tracing.begun_by(traceparent, "edge-0123456789") == trace


@pytest.mark.parametrize(
    "traceparent",
    [
        "",
        "nonsense",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE[:-1]}-{SPAN}-01",
    ],
)
def test_what_is_no_trace_is_replaced_by_one_that_the_requests_id_stands_for(
    traceparent: str,
) -> None:
    assert tracing.begun_by(traceparent, TRACE) == Trace(TRACE)


def test_an_id_with_dashes_is_the_same_trace_without_them() -> None:
    found = tracing.begun_by("", "0af76519-16cd-43dd-8448-eb211c80319c")
    assert found == Trace(TRACE)


def test_another_id_makes_the_same_trace_each_time() -> None:
    first, again = (tracing.begun_by("", "edge-0123456789") for _ in range(2))
    assert first == again != tracing.begun_by("", "edge-0123456788")
    assert len(first.id) == 32


def test_an_attempt_is_a_span_of_its_own_in_the_trace_that_is_not_recorded() -> None:
    with tracing.trace(Trace(TRACE, sampled=False)):
        told = [tracing.headers() for _ in range(2)]
    parts = [headers["traceparent"].split("-") for headers in told]
    assert [(part[0], part[1], part[3]) for part in parts] == [("00", TRACE, "00")] * 2
    assert parts[0][2] != parts[1][2]
    assert [headers["x-conversation-id"] for headers in told] == [TRACE] * 2


def test_there_is_no_trace_outside() -> None:
    with tracing.trace() as found:
        assert tracing.current_id() == found.id
    assert tracing.current_id() == ""
