"""The table of law 3, cell by cell."""

from __future__ import annotations

import pytest

from agenturclient.distributors.outcome import Answer, failure_of, is_alarming, unreadable
from agenturclient.outbound.messages import NoAnswer, NoResponse, NotSent, Reason
from agenturclient.sales.ports import (
    DistributorFailure,
    OutcomeUnknown,
    Refusals,
    Refused,
    Unavailable,
)

Kind = type[DistributorFailure]
SOLD_OUT = Refusals.SOLD_OUT

TABLE: list[tuple[Answer | NoResponse, Kind | None, Kind | None, str]] = [
    # What came, what a read raises, what a write raises, with which code.
    (NotSent(Reason.UNREACHABLE), Unavailable, Unavailable, "unreachable"),
    (NotSent(Reason.BUSY), Unavailable, Unavailable, "busy"),
    (NotSent(Reason.BREAKER_OPEN), Unavailable, Unavailable, "breaker-open"),
    (NotSent(Reason.NOT_LET_IN), Unavailable, Unavailable, "not-let-in"),
    (NotSent(Reason.DEADLINE), Unavailable, Unavailable, "deadline"),
    (NoAnswer(Reason.DEADLINE), Unavailable, OutcomeUnknown, "deadline"),
    (NoAnswer(Reason.BROKEN), Unavailable, OutcomeUnknown, "broken"),
    (NoAnswer(Reason.TOO_LARGE), Unavailable, OutcomeUnknown, "too-large"),
    (Answer(200), None, None, ""),
    (Answer(202), None, None, ""),
    (Answer(204), None, None, ""),
    (Answer(302), Unavailable, OutcomeUnknown, "status-302"),
    (Answer(400, SOLD_OUT), Refused, Refused, "sold-out"),
    (Answer(404, Refusals.BOOKING_NOT_FOUND), Refused, Refused, "booking-not-found"),
    (Answer(409, Refusals.ALREADY_CONFIRMED), Refused, Refused, "already-confirmed"),
    (Answer(422, Refusals.OTHER), Refused, Refused, "distributor-refused"),
    (Answer(400), Unavailable, Unavailable, "status-400"),
    (Answer(404), Unavailable, Unavailable, "status-404"),
    (Answer(413), Unavailable, Unavailable, "status-413"),
    (Answer(400, Refusals.OTHER, uncertain=True), Unavailable, OutcomeUnknown, "uncertain-answer"),
    (Answer(401), Unavailable, Unavailable, "not-let-in"),
    (Answer(403, Refusals.OTHER), Unavailable, Unavailable, "not-let-in"),
    (Answer(408), Unavailable, OutcomeUnknown, "status-408"),
    (Answer(429, Refusals.OTHER), Unavailable, Unavailable, "too-many-requests"),
    (Answer(500, Refusals.OTHER), Unavailable, OutcomeUnknown, "status-500"),
    (Answer(501, Refusals.OTHER), Refused, Refused, "cannot-do-that"),
    (Answer(502), Unavailable, OutcomeUnknown, "status-502"),
    (Answer(503), Unavailable, OutcomeUnknown, "status-503"),
    (Answer(504), Unavailable, OutcomeUnknown, "status-504"),
]


@pytest.mark.parametrize(("came", "read", "write", "code"), TABLE)
def test_what_came_back_means_one_thing(
    came: Answer | NoResponse, read: Kind | None, write: Kind | None, code: str
) -> None:
    for writes, expected in ((False, read), (True, write)):
        failure = failure_of(came, writes=writes)
        assert (type(failure) if failure else None) is expected
        assert failure is None or failure.code == code


def test_a_success_that_cannot_be_read_leaves_a_write_in_doubt() -> None:
    assert type(unreadable("x", writes=False)) is Unavailable
    assert type(unreadable("x", writes=True)) is OutcomeUnknown


def test_the_time_to_wait_is_handed_on() -> None:
    for came in (Answer(429, retry_after=7.0), NotSent(Reason.BREAKER_OPEN, retry_after=7.0)):
        failure = failure_of(came, writes=True)
        assert failure is not None
        assert failure.retry_after == 7.0


@pytest.mark.parametrize(
    ("status", "alarm"), [(401, True), (403, True), (404, False), (500, False)]
)
def test_only_closed_doors_alarm(status: int, *, alarm: bool) -> None:
    assert is_alarming(Answer(status)) is alarm
