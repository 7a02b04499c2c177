"""Holding, confirming, finding and giving back bookings."""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agenturclient.distributors.osdm import mapping_booking, requests
from agenturclient.distributors.osdm.capabilities import Feature
from agenturclient.distributors.osdm.client import Ask
from agenturclient.distributors.osdm.connection import usable
from agenturclient.distributors.osdm.problems import warnings_of
from agenturclient.distributors.osdm.wire import Unreadable
from agenturclient.outbound import deadline
from agenturclient.sales.ports import (
    Booking,
    BookingState,
    DistributorFailure,
    OutcomeUnknown,
    Refusals,
    Refused,
)

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from agenturclient.distributors.osdm.connection import Connection
    from agenturclient.distributors.osdm.wire import Node
    from agenturclient.outbound.messages import Operation
    from agenturclient.sales.ports import HoldRequest

logger = logging.getLogger(__name__)

# One reference stands for one attempt: more bookings under it are an accident, and few.
_MOST_FOUND = 10
_NOBODYS_REFERENCE = "introduction"


@dataclass(frozen=True)
class Bookings:
    """Bookings of one distributor."""

    to: Connection

    def hold(self, request: HoldRequest, key: UUID) -> Booking:
        """Pre-book."""
        ask = Ask(
            self.to.operations.hold,
            "POST",
            self.to.at.bookings,
            requests.booking(request, self.to.config.card_codes),
            key=key,
            language=request.language,
        )
        answer = self.to.client.call(ask)
        with usable(writes=True):
            held = mapping_booking.booking(answer)
        if held.reference not in ("", request.reference):
            # A key that has met another body: what became of ours, a search tells.
            raise OutcomeUnknown("another-booking", "the answer is about another reference")
        return held

    def read(self, booking: str, *, patient: bool, operation: Operation | None = None) -> Booking:
        """The booking as it is now."""
        answer = self.read_answer(booking, patient=patient, operation=operation)
        with usable(writes=False):
            return mapping_booking.booking(answer)

    def read_answer(
        self, booking: str, *, patient: bool = False, operation: Operation | None = None
    ) -> Node:
        """The same, as the distributor says it."""
        ask = Ask(
            operation or self.to.operations.read,
            "GET",
            self.to.at.whole_booking(booking),
            patient=patient,
        )
        return self.to.client.call(ask)

    def find(self, reference: str, *, patient: bool) -> tuple[Booking, ...]:
        """All bookings with our reference that are not gone, the newest first."""
        if not self.to.capabilities.has(Feature.FIND):
            raise Refused(Refusals.CANNOT_DO_THAT, "bookings-search")
        operation = self.to.operations.find
        ask = Ask(
            operation,
            "POST",
            self.to.at.search,
            requests.booking_search(reference, _MOST_FOUND),
            patient=patient,
            feature=Feature.FIND,
        )
        with deadline.within(operation.deadline), usable(writes=False):
            found: list[tuple[datetime, Booking]] = []
            for each in self.to.client.call(ask).nodes("bookingSearchResults"):
                # Before 3.6 the result does not repeat the reference: then the booking tells.
                if each.text_or("externalRef", reference) == reference:
                    found += self._found(each.text("id"), reference, patient=patient)
        found.sort(key=lambda each: each[0], reverse=True)
        return tuple(each for _, each in found if each.state is not BookingState.GONE)

    def probe(self) -> None:
        """Find out at once whether bookings can be found by our reference."""
        with contextlib.suppress(DistributorFailure):
            self.find(_NOBODYS_REFERENCE, patient=True)

    def _found(
        self, booking: str, reference: str, *, patient: bool
    ) -> list[tuple[datetime, Booking]]:
        try:
            answer = self.read_answer(booking, patient=patient)
        except Refused as refusal:
            if refusal.code == Refusals.BOOKING_NOT_FOUND:
                return []
            raise
        read = mapping_booking.booking(answer)
        if read.reference not in ("", reference):
            return []
        return [(mapping_booking.created(answer), read)]

    def issue(self, booking: str, key: UUID, language: str, *, patient: bool) -> Booking:
        """Confirm, then read: the answer to a confirmation is thin.

        It is read before as well. What was held is then known, so that a confirmation is never
        in doubt only because reading it afterwards fails; and a confirmed one is told apart from
        one that we confirm now.
        """
        operations = self.to.operations
        with deadline.within(operations.issue.deadline):
            held = self.read(booking, patient=patient, operation=operations.read_issued)
            if held.state is BookingState.CONFIRMED:
                raise Refused(Refusals.ALREADY_CONFIRMED, "seen before the confirmation")
            ask = Ask(
                operations.issue,
                "POST",
                self.to.at.booking_fulfillments(booking),
                requests.fulfillments(language),
                key=key,
                language=language,
                patient=patient,
            )
            answer = self.to.client.call(ask)
            try:
                return self.read(booking, patient=patient, operation=operations.read_issued)
            except DistributorFailure as failure:
                logger.warning("confirmed, but it cannot be read: %s", failure.code)
                return _as_confirmed(held, answer)

    def release(self, booking: str) -> None:
        """Give a hold back; one that is gone has been given back."""
        ask = Ask(self.to.operations.release, "DELETE", self.to.at.booking(booking))
        try:
            self.to.client.call(ask)
        except Refused as refusal:
            if refusal.code not in (Refusals.BOOKING_NOT_FOUND, Refusals.HOLD_LAPSED):
                raise

    def clean_up(self, booking: str, key: UUID) -> None:
        """Undo what was confirmed only in part."""
        ask = Ask(
            self.to.operations.clean_up,
            "POST",
            self.to.at.cleanup(booking),
            {},
            key=key,
            feature=Feature.CLEAN_UP,
        )
        self.to.client.call(ask)


def _as_confirmed(held: Booking, answer: Node) -> Booking:
    """What was held and is confirmed now, with the proofs that the confirmation named."""
    if any(each.uncertain for each in warnings_of(answer)):
        raise OutcomeUnknown("partly-confirmed", "and the booking cannot be read")
    parts = [part.id for part in held.parts]
    try:
        fulfillments = tuple(mapping_booking.fulfillments_of(answer, parts))
    except Unreadable:
        fulfillments = ()
    return replace(
        held,
        state=BookingState.CONFIRMED,
        hold_until=None,
        parts=tuple(replace(part, confirmed=True) for part in held.parts),
        fulfillments=fulfillments,
        documents_complete=False,
    )
