"""What the operator's people work off: undecided operations, and differences."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from agenturclient.kernel.money import Money
    from agenturclient.sales.details.orders import Party


class DifferenceKind(StrEnum):
    """What differs. The last two are noted at the counter, the others by reconciliation."""

    SOLD_THERE = "sold-there-not-here"
    SOLD_HERE = "sold-here-not-there"
    SOLD_TWICE = "sold-twice-there"
    PRICE = "price-differs"
    REFUNDED_THERE = "refunded-there-not-here"
    REFUNDED_HERE = "refunded-here-not-there"
    REFUND_AMOUNT = "refund-amount-differs"
    ENTRIES = "entries-differ"
    PRICE_NOT_HELD = "price-not-as-held"
    REFUND_NOT_QUOTED = "refund-not-as-quoted"


class DifferenceCause(StrEnum):
    """Why, where that is known."""

    UNKNOWN = ""
    DECIDED = "decided-by-a-person"
    LATE = "late-arrival"
    AMOUNT_CHANGED = "distributor-changed-the-amount"


class CaseKind(StrEnum):
    """What we asked of the distributor."""

    HOLD = "hold"
    RELEASE = "release"
    ISSUE = "issue"
    CLEAN_UP = "clean-up"
    QUOTE = "quote"
    ACCEPT = "accept"
    DROP = "drop"


class Question(StrEnum):
    """What a person decides: "was it ...?"."""

    HELD = "held"
    GIVEN_BACK = "given-back"
    SOLD = "sold"
    QUOTED = "quoted"
    REFUNDED = "refunded"
    DROPPED = "dropped"


class Proposal(StrEnum):
    """What a person could do about a difference."""

    NONE = ""
    REFUND_THERE = "refund-there"
    REFUND_HERE = "refund-here"


@dataclass(frozen=True)
class Decision:
    """A person's word: it happened or it did not, and why.

    `booking_code` is the distributor's booking number, needed by who says that it was sold.
    """

    happened: bool
    reason: str
    booking_code: str = ""


@dataclass(frozen=True)
class DecidedDetail:
    """Who decided an operation, what, why and when: the audit line."""

    by: str
    at: datetime
    happened: bool
    reason: str
    booking_code: str


@dataclass(frozen=True)
class SeenDetail:
    """The distributor's last answer about a booking: its state, or the code of its refusal.

    `confirmed` and `refunded` count parts of the booking, out of `parts`.
    """

    at: datetime
    answer: str
    booking_code: str
    price: Money | None
    parts: int
    confirmed: int
    refunded: int


@dataclass(frozen=True)
class CaseDetail:
    """An operation that waits for a person: what we asked, beside what the distributor says.

    `amount` is what would be posted if it happened. `answers` are those that can be given,
    `true` for "it happened". `outcome` is empty until it is settled; `decided` is None until then,
    and for what came to light by itself.
    """

    operation: int
    kind: CaseKind
    question: Question
    answers: tuple[bool, ...]
    needs_booking_code: bool
    number: str
    agency: Party
    reference: str
    state: str
    booking_code: str
    amount: Money | None
    attempts: int
    asked_at: datetime
    sent_at: datetime | None
    flagged_at: datetime | None
    looks: int
    last_look_at: datetime | None
    next_look_at: datetime | None
    ends_at: datetime | None
    seen: SeenDetail | None
    outcome: str
    settled_at: datetime | None
    decided: DecidedDetail | None


@dataclass(frozen=True)
class CasePage:
    """A page of cases, the oldest open or the newest settled first; `count` are open in all and
    `next` is the following page's cursor.
    """

    count: int
    results: tuple[CaseDetail, ...]
    next: str | None


@dataclass(frozen=True)
class DifferenceDetail:
    """Something that our books (`expected`) and the other side (`found`) say differently.

    `refund` is the refund that it is about, None where it is about the sale.
    """

    id: int
    kind: DifferenceKind
    cause: DifferenceCause
    proposal: Proposal
    number: str
    agency: Party
    reference: str
    refund: int | None
    expected: Money | None
    found: Money | None
    first_seen: datetime
    last_seen: datetime
    resolved_at: datetime | None
    resolved_by: str
    resolution: str


@dataclass(frozen=True)
class DifferencePage:
    """A page of differences, newest first; `count` are open in all, `next` is the cursor of the
    following page.
    """

    count: int
    results: tuple[DifferenceDetail, ...]
    next: str | None
