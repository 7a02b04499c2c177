"""When a refund is free, costs ten francs, or gives nothing."""

from datetime import datetime, timedelta

import pytest

from sandbox.products import Rule
from sandbox.refund_rules import Validity, Verdict, fees, verdict, windows

BOUGHT = datetime.fromisoformat("2027-03-02T10:00:00+01:00")
STARTS = BOUGHT + timedelta(days=8)
ENDS = STARTS + timedelta(days=1)
MINUTE = timedelta(minutes=1)


def validity(rule: Rule, starts: datetime = STARTS) -> Validity:
    """Something bought at BOUGHT."""
    return Validity(rule, starts, ENDS, BOUGHT)


@pytest.mark.parametrize(
    ("rule", "when", "expected"),
    [
        (Rule.UNTIL_VALID, STARTS - MINUTE, Verdict.FREE),
        (Rule.UNTIL_VALID, STARTS, Verdict.WITH_FEE),
        (Rule.UNTIL_VALID, ENDS, Verdict.CLOSED),
        (Rule.HALF_AN_HOUR, BOUGHT + 29 * MINUTE, Verdict.FREE),
        (Rule.HALF_AN_HOUR, BOUGHT + 30 * MINUTE, Verdict.NOTHING),
        (Rule.HALF_AN_HOUR, ENDS, Verdict.CLOSED),
        (Rule.BEFORE_FIRST_DAY, STARTS - MINUTE, Verdict.FREE),
        (Rule.BEFORE_FIRST_DAY, STARTS, Verdict.NOTHING),
    ],
)
def test_each_rule_turns_at_its_moment(rule: Rule, when: datetime, expected: Verdict) -> None:
    assert verdict(validity(rule), when, None) is expected


def test_a_reason_of_the_railway_makes_everything_free_while_it_is_valid() -> None:
    saver = validity(Rule.HALF_AN_HOUR)
    assert verdict(saver, STARTS, "STRIKE") is Verdict.FREE
    assert verdict(saver, ENDS, "STRIKE") is Verdict.CLOSED


def test_a_proof_of_non_use_costs_the_fee() -> None:
    assert verdict(validity(Rule.HALF_AN_HOUR), STARTS, "TICKET_NOT_USED") is Verdict.WITH_FEE
    assert verdict(validity(Rule.UNTIL_VALID), BOUGHT, "TICKET_NOT_USED") is Verdict.FREE


def test_a_ticket_bought_when_already_valid_is_never_free() -> None:
    today = validity(Rule.UNTIL_VALID, starts=BOUGHT - timedelta(hours=10))
    assert [each.verdict for each in windows(today)] == [Verdict.WITH_FEE]


def test_a_train_that_ends_within_the_half_hour_is_free_until_then() -> None:
    short = Validity(Rule.HALF_AN_HOUR, BOUGHT, BOUGHT + 10 * MINUTE, BOUGHT)
    assert [(each.end, each.verdict) for each in windows(short)] == [
        (BOUGHT + 10 * MINUTE, Verdict.FREE)
    ]


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        ([(5100, Verdict.FREE)], [0]),
        ([(5100, Verdict.WITH_FEE)], [1000]),
        ([(5100, Verdict.NOTHING), (2000, Verdict.FREE)], [5100, 0]),
        ([(5100, Verdict.WITH_FEE)] * 3, [334, 333, 333]),
        ([(300, Verdict.WITH_FEE)], [300]),
        ([(0, Verdict.WITH_FEE), (5100, Verdict.WITH_FEE)], [0, 1000]),
        ([(300, Verdict.WITH_FEE), (5100, Verdict.WITH_FEE)], [300, 700]),
        ([(0, Verdict.WITH_FEE)], [0]),
        ([], []),
    ],
)
def test_the_fee_is_due_once_and_shared(lines: list[tuple[int, Verdict]], kept: list[int]) -> None:
    assert fees(lines) == kept
