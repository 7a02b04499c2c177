"""When a refund is free, costs something or gives nothing back.

The rules of Swiss domestic tickets, simplified: regular tickets are free to refund before their
validity starts and cost CHF 10 per request with proof afterwards; saver offers are free within
30 minutes of purchase; passes and excursions before their first day. Once the validity has ended
nothing is refunded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sandbox.products import Rule

FEE_PER_REQUEST = 1000
GRACE = timedelta(minutes=30)

# What a member of staff may give as the reason; a proof of non-use still costs the fee.
OVERRULES_FREE = frozenset(
    {
        "CONNECTION_BROKEN",
        "SALES_STAFF_ERROR",
        "STRIKE",
        "TECHNICAL_FAILURE",
        "PAYMENT_FAILURE",
        "EQUIPMENT_FAILURE",
        "DISRUPTION",
        "STOP_NOT_SERVED",
        "DEATH",
        "CERTIFIED_MEDICAL_CONDITION",
    }
)
OVERRULES_WITH_FEE = frozenset({"TICKET_NOT_USED", "INABILITY_TO_TRAVEL", "JOURNEY_OBSOLETE"})


class Verdict(Enum):
    """What a rule says of one part at one moment."""

    FREE = "free"
    WITH_FEE = "with fee"
    NOTHING = "nothing back"
    CLOSED = "validity ended"


@dataclass(frozen=True)
class Validity:
    """What the rules need to know of a part; `purchased` is when it was confirmed."""

    rule: Rule
    valid_from: datetime
    valid_until: datetime
    purchased: datetime


@dataclass(frozen=True)
class Window:
    """From when to when which verdict holds."""

    start: datetime
    end: datetime
    verdict: Verdict


def windows(validity: Validity) -> tuple[Window, ...]:
    """The verdicts over time, from the purchase to the end of validity, without empty ones."""
    if validity.rule is Rule.HALF_AN_HOUR:
        turn, later = validity.purchased + GRACE, Verdict.NOTHING
    elif validity.rule is Rule.BEFORE_FIRST_DAY:
        turn, later = validity.valid_from, Verdict.NOTHING
    else:
        turn, later = validity.valid_from, Verdict.WITH_FEE
    turn = min(max(turn, validity.purchased), validity.valid_until)
    both = (
        Window(validity.purchased, turn, Verdict.FREE),
        Window(turn, validity.valid_until, later),
    )
    return tuple(window for window in both if window.start < window.end)


def verdict(validity: Validity, now: datetime, overrule: str | None) -> Verdict:
    """What a refund asked for at `now` gives; `overrule` only when the distributor honours it."""
    if now >= validity.valid_until:
        return Verdict.CLOSED
    if overrule in OVERRULES_FREE:
        return Verdict.FREE
    found = next((each for each in windows(validity) if now < each.end), None)
    plain = found.verdict if found else Verdict.CLOSED
    if overrule in OVERRULES_WITH_FEE and plain is Verdict.NOTHING:
        return Verdict.WITH_FEE
    return plain


def fees(lines: Sequence[tuple[int, Verdict]]) -> list[int]:
    """What is kept of each (amount, verdict): all, nothing, or an even part of the one fee.

    The fee is due once per request and never more than the amounts it is taken from; odd rappen
    fall on the first lines.
    """
    kept = [amount if found is Verdict.NOTHING else 0 for amount, found in lines]
    owing = [index for index, (_, found) in enumerate(lines) if found is Verdict.WITH_FEE]
    due = min(FEE_PER_REQUEST, sum(lines[index][0] for index in owing))
    while due:
        open_lines = [index for index in owing if kept[index] < lines[index][0]]
        each, odd = divmod(due, len(open_lines))
        for place, index in enumerate(open_lines):
            share = min(each + (place < odd), lines[index][0] - kept[index])
            kept[index] += share
            due -= share
    return kept
