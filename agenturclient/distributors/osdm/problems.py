"""OSDM's Problem (RFC 9457): read tolerantly, its codes translated into the port's refusals."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from agenturclient.sales.ports import Refusals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agenturclient.distributors.osdm.wire import Node

_CODES: Mapping[str, Refusals] = {
    "PLACE_NO_RESULTS": Refusals.UNKNOWN_PLACE,
    "TRIP_PLACE_UNKNOWN": Refusals.UNKNOWN_PLACE,
    "OFFER_PLACE_UNKNOWN": Refusals.UNKNOWN_PLACE,
    "TRIP_NO_SEARCH_RESULT": Refusals.NO_CONNECTION,
    "OFFER_TRIP_NOT_FOUND": Refusals.NO_CONNECTION,
    "OFFER_NO_RESULTS": Refusals.NO_CONNECTION,
    "TRIP_SEARCH_CRITERIA_OUTSIDE_BOUNDARY": Refusals.DATE_OUT_OF_RANGE,
    "OFFER_SEARCH_CRITERIA_OUT_OF_BOUNDS": Refusals.DATE_OUT_OF_RANGE,
    "BOOKING_NOT_YET_OPEN": Refusals.DATE_OUT_OF_RANGE,
    "OFFER_INVALID_PASSENGER_SPECIFICATION": Refusals.INVALID_TRAVELLERS,
    "BOOKING_OFFER_NOT_FOUND": Refusals.OFFER_EXPIRED,
    "BOOKING_INSUFFICIENT_AVAILABILITY": Refusals.SOLD_OUT,
    "BOOKING_PLACE_NOT_AVAILABLE": Refusals.SOLD_OUT,
    "FULLY_BOOKED": Refusals.SOLD_OUT,
    "BOOKING_INFORMATION_MISSING": Refusals.INFORMATION_MISSING,
    "CONFIRMATION_INFORMATION_MISSING": Refusals.INFORMATION_MISSING,
    "MISSING_INFORMATION": Refusals.INFORMATION_MISSING,
    "BOOKING_BOOKING_ALREADY_CONFIRMED": Refusals.ALREADY_CONFIRMED,
    "CONFIRMATION_BOOKING_ALREADY_CONFIRMED": Refusals.ALREADY_CONFIRMED,
    "CONFIRMATION_BOOKING_ALREADY_FULFILLED": Refusals.ALREADY_CONFIRMED,
    "BOOKING_BOOKING_ALREADY_CANCELLED": Refusals.HOLD_LAPSED,
    "CONFIRMATION_BOOKING_ALREADY_CANCELLED": Refusals.HOLD_LAPSED,
    "CONFIRMATION_OPERATION_NOT_SUPPORTED": Refusals.CANNOT_DO_THAT,
}
# Where the standard has no code of its own (all after-sales), the operation and the code or the
# status decide. A conflict means "in another state than you think": read the state.
_BY_OPERATION: Mapping[tuple[str, str | int], Refusals] = {
    ("places", HTTPStatus.NOT_FOUND): Refusals.UNKNOWN_PLACE,
    ("booking", HTTPStatus.NOT_FOUND): Refusals.BOOKING_NOT_FOUND,
    ("read-issued", HTTPStatus.NOT_FOUND): Refusals.BOOKING_NOT_FOUND,
    ("issue", HTTPStatus.NOT_FOUND): Refusals.BOOKING_NOT_FOUND,
    ("issue", HTTPStatus.CONFLICT): Refusals.ALREADY_CONFIRMED,
    ("release", HTTPStatus.NOT_FOUND): Refusals.BOOKING_NOT_FOUND,
    ("release", HTTPStatus.GONE): Refusals.BOOKING_NOT_FOUND,
    ("release", HTTPStatus.CONFLICT): Refusals.ALREADY_CONFIRMED,
    ("refund-offer", HTTPStatus.NOT_FOUND): Refusals.BOOKING_NOT_FOUND,
    ("refund-offer", "BOOKING_MODIFICATION_NOT_ALLOWED"): Refusals.QUOTE_BLOCKED,
    ("refund-offer", "OPERATION_NOT_PERMITTED"): Refusals.NOT_REFUNDABLE,
    ("refund", HTTPStatus.NOT_FOUND): Refusals.QUOTE_LAPSED,
    ("refund", HTTPStatus.GONE): Refusals.QUOTE_LAPSED,
    ("refund", HTTPStatus.CONFLICT): Refusals.ALREADY_CONFIRMED,
    ("refund", "OPERATION_NOT_PERMITTED"): Refusals.ALREADY_CONFIRMED,
    ("refund-offer-read", HTTPStatus.NOT_FOUND): Refusals.QUOTE_LAPSED,
    ("refund-offer-drop", HTTPStatus.NOT_FOUND): Refusals.QUOTE_LAPSED,
    ("refund-offer-drop", HTTPStatus.GONE): Refusals.QUOTE_LAPSED,
    ("refund-offer-drop", HTTPStatus.CONFLICT): Refusals.ALREADY_CONFIRMED,
}
_BOOKING_READS = frozenset({"booking", "read-issued"})
_UNCERTAIN = frozenset(
    {
        "UNKNOWN_ERROR",
        "CONFIRMATION_UNKNOWN_ERROR",
        "PARTIAL_SUCCESS",
        "CONFIRMATION_PARTIAL_SUCCESS",
    }
)


@dataclass(frozen=True)
class Problem:
    """The bare code (no URN), the distributor's text, and what it points at in the answer."""

    code: str
    detail: str = ""
    response_pointers: tuple[tuple[str, str], ...] = ()

    @property
    def uncertain(self) -> bool:
        """It says itself that it does not know, or that only a part was done."""
        return self.code in _UNCERTAIN

    @property
    def notice(self) -> str:
        """One line for the log and the support."""
        return f"{self.code}: {self.detail}" if self.detail else self.code


def problem_of(node: Node) -> Problem:
    """A Problem object; nothing in it is mandatory."""
    pointers = tuple(
        (each.text_or("responsePointer"), each.text_or("detail"))
        for each in node.nodes("pointers")
        if each.text_or("responsePointer")
    )
    code = node.text_or("code") or node.text_or("type")
    detail = node.text_or("detail") or node.text_or("title")
    return Problem(code.rsplit(":", 1)[-1], detail, pointers)


def warnings_of(node: Node) -> tuple[Problem, ...]:
    """The warnings in a successful answer: `problems`, and `warnings` as older providers say."""
    return tuple(problem_of(each) for each in (*node.nodes("problems"), *node.nodes("warnings")))


def is_problem(body: bytes) -> bool:
    """Whether the body is a JSON object that can be read as a Problem."""
    try:
        content = json.loads(body)
    except ValueError:
        return False
    return isinstance(content, dict) and bool({"code", "title", "detail"} & content.keys())


def refusal_of(operation: str, status: int, problem: Problem | None) -> Refusals | None:
    """Our code for a refusal; None when the answer gives no reason at all.

    That a booking is gone must be the distributor's own word: a proxy answers 404 as well.
    """
    if problem is None and operation in _BOOKING_READS:
        return None
    code = problem.code if problem else ""
    found = (
        _CODES.get(code)
        or _BY_OPERATION.get((operation, code))
        or _BY_OPERATION.get((operation, status))
    )
    return found or (Refusals.OTHER if problem else None)
