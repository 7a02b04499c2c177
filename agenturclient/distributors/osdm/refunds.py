"""Refunds: quoted, accepted, read again, dropped."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agenturclient.distributors.osdm import mapping_booking, requests
from agenturclient.distributors.osdm.capabilities import Feature
from agenturclient.distributors.osdm.client import Ask
from agenturclient.distributors.osdm.connection import usable
from agenturclient.outbound import deadline
from agenturclient.sales.ports import (
    Booking,
    DistributorFailure,
    OutcomeUnknown,
    RefundQuote,
    Refusals,
    Refused,
)

if TYPE_CHECKING:
    from uuid import UUID

    from agenturclient.distributors.osdm.bookings import Bookings
    from agenturclient.distributors.osdm.connection import Connection
    from agenturclient.sales.ports import RefundRequest


# What may be an id in a text: long enough, with a digit in it.
_ID = re.compile(r"(?<![\w:.-])(?=[\w.-]*\d)[\w.-]{6,}(?![\w:.-])")
_MOST_HINTS = 3


@dataclass(frozen=True)
class Refunds:
    """Refund offers of one distributor."""

    to: Connection
    bookings: Bookings

    def quote(self, request: RefundRequest, key: UUID) -> RefundQuote:
        """What giving back would bring: the best of what the distributor proposes."""
        operation = self.to.operations.quote
        with deadline.within(operation.deadline):
            ask = Ask(
                operation,
                "POST",
                self.to.at.refund_offers(request.booking),
                requests.refund_offer(request, self._parts_of(request)),
                key=key,
            )
            try:
                answer = self.to.client.call(ask)
            except Refused as refusal:
                raise self._explained(request.booking, refusal) from refusal
        with usable(writes=True):
            quotes = [mapping_booking.quote(each) for each in answer.nodes("refundOffers")]
        if not quotes:
            raise Refused(Refusals.NOT_REFUNDABLE, "no refund offer")
        return max(quotes, key=lambda each: each.amount.amount)

    def quote_again(self, request: RefundRequest, key: UUID) -> RefundQuote:
        """The same after a lost answer: what is open there for exactly this request is taken."""
        with deadline.within(self.to.operations.quote.deadline):
            try:
                return self.quote(request, key)
            except Refused as refusal:
                if refusal.code != Refusals.QUOTE_BLOCKED:
                    raise
                found = self._open_quote(request, refusal.detail)
                if found is None:
                    raise
                return found

    def accept(self, booking: str, quote: str, key: UUID, *, patient: bool) -> RefundQuote:
        """Refund. "Not found" may mean that it ran out or that it is done: the booking decides."""
        operation = self.to.operations.accept
        with deadline.within(operation.deadline):
            ask = Ask(
                operation,
                "PATCH",
                self.to.at.refund_offer(booking, quote),
                {"status": "CONFIRMED"},
                key=key,
                patient=patient,
            )
            try:
                answer = self.to.client.call(ask)
            except Refused as refusal:
                if refusal.code == Refusals.QUOTE_LAPSED:
                    self._check_not_accepted(booking, quote, patient=patient)
                raise
        with usable(writes=True):
            accepted = mapping_booking.quote(answer.node("refundOffer"))
        if accepted.id != quote:
            # A key that has met another body: what became of ours, the booking tells.
            raise OutcomeUnknown("another-quote", "the answer is about another refund offer")
        if not accepted.confirmed:
            raise OutcomeUnknown("not-confirmed-yet")
        return accepted

    def read(self, booking: str, quote: str, *, patient: bool) -> RefundQuote | None:
        """From the booking, where it lists them, else from the quote's own address."""
        listed = self.bookings.read(booking, patient=patient)
        return self._find(listed, quote, patient=patient)

    def drop(self, booking: str, quote: str) -> None:
        """Take a proposal back. "Not found" is also said of an accepted one: it is looked for."""
        operation = self.to.operations.drop
        with deadline.within(operation.deadline):
            ask = Ask(operation, "DELETE", self.to.at.refund_offer(booking, quote))
            try:
                self.to.client.call(ask)
            except Refused as refusal:
                if refusal.code != Refusals.QUOTE_LAPSED:
                    raise
                self._check_not_accepted(booking, quote, patient=False)

    def _find(self, listed: Booking, quote: str, *, patient: bool) -> RefundQuote | None:
        found = next((each for each in listed.quotes if each.id == quote), None)
        if found is not None or not self.to.capabilities.has(Feature.READ_QUOTE):
            return found
        ask = Ask(
            self.to.operations.read_quote,
            "GET",
            self.to.at.refund_offer(listed.id, quote),
            patient=patient,
            feature=Feature.READ_QUOTE,
        )
        try:
            with usable(writes=False):
                return mapping_booking.quote(self.to.client.call(ask).node("refundOffer"))
        except Refused as refusal:
            if refusal.code in (Refusals.QUOTE_LAPSED, Refusals.CANNOT_DO_THAT):
                return None
            raise

    def _check_not_accepted(self, booking: str, quote: str, *, patient: bool) -> None:
        """Refused(ALREADY_CONFIRMED) when it was accepted; in doubt when that cannot be read."""
        try:
            found = self.read(booking, quote, patient=patient)
        except DistributorFailure as failure:
            raise OutcomeUnknown("refund-unread", failure.code) from failure
        if found is not None and found.confirmed:
            raise Refused(Refusals.ALREADY_CONFIRMED, "the refund offer is confirmed")

    def _parts_of(self, request: RefundRequest) -> dict[str, list[str]]:
        """The parts asked for of each fulfillment; nothing where all of them are."""
        if not request.parts:
            return {}
        if not self.to.capabilities.has(Feature.PARTIAL_REFUND):
            raise Refused(Refusals.CANNOT_DO_THAT, "partial refund")
        booking = self.bookings.read(request.booking, patient=False)
        covered = {
            each.id: each.parts for each in booking.fulfillments if each.id in request.fulfillments
        }
        wanted = {
            fulfillment: [part for part in parts if part in request.parts]
            for fulfillment, parts in covered.items()
        }
        if all(set(parts) == set(covered[each]) for each, parts in wanted.items()):
            return {}
        return wanted

    def _open_quote(self, request: RefundRequest, said: str) -> RefundQuote | None:
        """The open quote for exactly this request, as far as the distributor tells it.

        Some list it in the booking. Others only name it in the text of their refusal: that is no
        more than a hint where to look, and what stands there under its own address decides.
        """
        try:
            booking = self.bookings.read(request.booking, patient=True)
            hints = dict.fromkeys(_ID.findall(said))
            told = [self._find(booking, each, patient=True) for each in [*hints][:_MOST_HINTS]]
        except DistributorFailure:
            return None
        parts = _parts(request, booking)
        return next(
            (
                each
                for each in (*booking.quotes, *told)
                if each is not None and not each.confirmed and _is_for(each, request, parts)
            ),
            None,
        )

    def _explained(self, booking: str, refusal: Refused) -> Refused:
        """The standard has no code for "another proposal is open": the booking may show it."""
        if refusal.code not in (Refusals.NOT_REFUNDABLE, Refusals.OTHER):
            return refusal
        try:
            quotes = self.bookings.read(booking, patient=False).quotes
        except DistributorFailure:
            return refusal
        if any(not each.confirmed for each in quotes):
            return Refused(Refusals.QUOTE_BLOCKED, refusal.detail)
        return refusal


def _parts(request: RefundRequest, booking: Booking) -> set[str]:
    """The parts that a request is about."""
    asked = [each for each in booking.fulfillments if each.id in request.fulfillments]
    return set(request.parts) or {part for each in asked for part in each.parts}


def _is_for(quote: RefundQuote, request: RefundRequest, parts: set[str]) -> bool:
    """Whether a quote is about exactly this: the same proofs and parts, for the same reason."""
    reason = request.reason.value if request.reason else None
    covered = {part for share in quote.shares for part in share.parts}
    return (
        set(quote.fulfillments) == set(request.fulfillments)
        and covered == parts
        and quote.overrule in (None, reason)
    )
