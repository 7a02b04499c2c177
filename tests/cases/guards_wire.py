"""The guards of cases 1 to 13: what an answer, or none, of the distributor means."""

from __future__ import annotations

from tests.cases.guard import OSDM, OUTBOUND, SALES, guard

WIRE = (
    guard(
        "01_a_refused",
        "a refused connection was never used",
        f"{OUTBOUND}/client.py",
        "    httpx.ConnectError,\n",
    ),
    guard(
        "02_a_black_hole",
        "a connection that was never made was never used",
        f"{OUTBOUND}/client.py",
        "    httpx.ConnectTimeout,\n",
    ),
    guard(
        "03_a_handshake_that_is_reset_once",
        "what was never sent may be sent again",
        f"{OUTBOUND}/retry.py",
        "return isinstance(outcome, NotSent) or not writes",
        "return not writes",
    ),
    guard(
        "04_an_answer",
        "silence after a write is no answer",
        "agenturclient/distributors/outcome.py",
        "return OutcomeUnknown(code, detail) if writes else Unavailable(code, detail)",
        "return Unavailable(code, detail)",
    ),
    guard(
        "05_a_request",
        "not done counts when it is read twice",
        f"{SALES}/looks.py",
        "_LOOKS_NEEDED = 2",
        "_LOOKS_NEEDED = 1",
    ),
    guard(
        "05_a_request",
        "one key over all attempts",
        f"{SALES}/issuing.py",
        "sale.booking_id, key=sale.issue_key, language",
        "sale.booking_id, key=uuid4(), language",
    ),
    guard(
        "06_an_answer",
        "the time left caps every socket operation",
        f"{OUTBOUND}/sockets.py",
        "    rest = left()\n    if rest <= 0:",
        "    rest = float('inf')\n    if rest <= 0:",
    ),
    guard(
        "07_an_answer",
        "a success that cannot be read is no answer",
        f"{OSDM}/client.py",
        "raise outcome.unreadable(str(failure), writes=ask.operation.writes) from failure",
        "raise outcome.unreadable(str(failure), writes=False) from failure",
    ),
    guard(
        "08_a_500",
        "a server's fault says nothing about a write",
        "agenturclient/distributors/outcome.py",
        'return OutcomeUnknown(f"status-{came.status}", came.detail)',
        'return Unavailable(f"status-{came.status}", came.detail)',
    ),
    guard(
        "09_a_429",
        "whoever is turned away with 429 is told until when",
        "agenturclient/distributors/outcome.py",
        "if came.status == HTTPStatus.TOO_MANY_REQUESTS:",
        "if came.status == HTTPStatus.IM_A_TEAPOT:",
    ),
    guard(
        "09_a_503_to_a_confirmation",
        "a write that was answered is never repeated by the way out",
        f"{OUTBOUND}/retry.py",
        "return not writes and (",
        "return (",
    ),
    guard(
        "09_a_503_to_a_read",
        "Retry-After is waited for",
        f"{OUTBOUND}/retry.py",
        "max(random.uniform(0, longest), outcome.retry_after or 0.0)",
        "random.uniform(0, longest)",
    ),
    guard(
        "10_a_confirmation",
        "only a confirmed booking is sold",
        f"{SALES}/issuing.py",
        "if booking.state is not BookingState.CONFIRMED:",
        "if booking.state is BookingState.GONE:",
    ),
    guard(
        "11_a_price",
        "sold is what the agent saw",
        f"{SALES}/sell.py",
        "if held != total:",
        "if held.currency != total.currency:",
    ),
    guard(
        "12_a_repeated_hold",
        "an answer about another reference is not ours",
        f"{OSDM}/bookings.py",
        'if held.reference not in ("", request.reference):',
        'if held.reference == "nobody":',
    ),
    guard(
        "12_a_repeated_acceptance",
        "an answer about another refund offer is not ours",
        f"{OSDM}/refunds.py",
        "if accepted.id != quote:",
        'if accepted.id == "nobody":',
    ),
    guard(
        "13_a_kept",
        "a write has a connection of its own",
        f"{OUTBOUND}/client.py",
        "max_keepalive_connections=None if keep else 0,",
        "max_keepalive_connections=None,",
    ),
)
