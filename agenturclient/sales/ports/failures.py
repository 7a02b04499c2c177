"""The three ways in which a distributor can fail, and the codes of its refusals."""

from __future__ import annotations

from enum import StrEnum


class DistributorFailure(Exception):
    """Base of the three ways in which a call can fail.

    `code` is stable kebab-case in our words; `detail` is the distributor's own text, for the log
    and the support, never for a decision.
    """

    def __init__(self, code: str, detail: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.retry_after = retry_after


class Refused(DistributorFailure):
    """A definite no: the distributor understood and declined, nothing was done."""


class Unavailable(DistributorFailure):
    """Certainly not done: never sent, turned away unprocessed, not let in; or a read that failed.

    `retry_after` in seconds where one is known.
    """


class OutcomeUnknown(DistributorFailure):
    """A write was sent and there is no usable answer: it may have happened."""


class Refusals(StrEnum):
    """Codes of `Refused` that every adapter uses alike."""

    UNKNOWN_PLACE = "unknown-place"
    NO_CONNECTION = "no-connection"
    DATE_OUT_OF_RANGE = "date-out-of-range"
    INVALID_TRAVELLERS = "invalid-travellers"
    OFFER_EXPIRED = "offer-expired"
    SOLD_OUT = "sold-out"
    INFORMATION_MISSING = "information-missing"
    HOLD_LAPSED = "hold-lapsed"
    ALREADY_CONFIRMED = "already-confirmed"
    NOT_REFUNDABLE = "not-refundable"
    QUOTE_BLOCKED = "quote-blocked"
    QUOTE_LAPSED = "quote-lapsed"
    BOOKING_NOT_FOUND = "booking-not-found"
    CANNOT_DO_THAT = "cannot-do-that"
    OTHER = "distributor-refused"
