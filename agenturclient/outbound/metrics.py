"""What is counted of the calls to other systems; the metrics page shows it.

Labels: `system` is the other system, `operation` and `lane` are words of the adapter, `outcome` is
an HTTP status or a `messages.Reason`. Never an id, an address or a name.
"""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

_BUCKETS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
_OPERATION: Final = ("system", "operation")
_LANE: Final = ("system", "lane")

CALLS: Final = Counter(
    "agenturclient_outbound_calls",
    "Calls that ended, by what came of them; reached deadlines are the outcome `deadline`.",
    (*_OPERATION, "outcome"),
)
CALL_SECONDS: Final = Histogram(
    "agenturclient_outbound_call_seconds",
    "Duration of calls with all their attempts, waits and pauses.",
    _OPERATION,
    buckets=_BUCKETS,
)
ATTEMPTS: Final = Counter(
    "agenturclient_outbound_attempts",
    "Single attempts, by what came of them.",
    (*_OPERATION, "outcome"),
)
RETRIES: Final = Counter("agenturclient_outbound_retries", "Repetitions.", _OPERATION)
BUDGET_EXHAUSTED: Final = Counter(
    "agenturclient_outbound_retry_budget_exhausted",
    "Repetitions that were due and not made, because the budget was used up.",
    _OPERATION,
)
BREAKER_CHANGES: Final = Counter(
    "agenturclient_outbound_breaker_changes",
    "Changes of a breaker to a state: open, half-open or closed.",
    (*_LANE, "state"),
)
BREAKERS_OPEN: Final = Gauge(
    "agenturclient_outbound_breakers_open",
    "Processes whose breaker of this lane is not closed.",
    _LANE,
    multiprocess_mode="livesum",
)
PLACES: Final = Gauge(
    "agenturclient_outbound_bulkhead_places",
    "Calls of this lane that may be under way at once.",
    _LANE,
    multiprocess_mode="livesum",
)
PLACES_TAKEN: Final = Gauge(
    "agenturclient_outbound_bulkhead_in_use",
    "Calls of this lane that are under way.",
    _LANE,
    multiprocess_mode="livesum",
)
BULKHEAD_FULL: Final = Counter(
    "agenturclient_outbound_bulkhead_full", "Calls that found no place in their lane.", _LANE
)
