"""What of a sale differs between our books and the distributor's. Pure: values in, findings out.

The distributor's word is taken for its own side only: nothing here decides who is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agenturclient.sales import rules
from agenturclient.sales.details import DifferenceKind
from agenturclient.sales.differences import Finding
from agenturclient.sales.ports import Booking, BookingState, RefundQuote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True)
class TicketFacts:
    """A ticket: its price and what was paid back for it, and both as the entries have it.

    `unbalanced` is what its entries add up to: zero, or the books are wrong.
    """

    price: int
    paid_back: int
    refunded: bool
    posted_price: int
    posted_back: int
    unbalanced: int

    @property
    def is_posted(self) -> bool:
        """Whether the entries say what the ticket says."""
        ours = (self.price, self.paid_back, 0)
        return ours == (self.posted_price, self.posted_back, self.unbalanced)


@dataclass(frozen=True)
class RefundFacts:
    """A refund: whether it is done, and for how much; `quote` is the distributor's id."""

    id: int
    quote: str
    refunded: bool
    amount: int


@dataclass(frozen=True)
class SaleFacts:
    """A settled sale in our books; amounts in minor units."""

    issued: bool
    price: int
    tickets: tuple[TicketFacts, ...]
    refunds: tuple[RefundFacts, ...]


@dataclass(frozen=True)
class TheirFacts:
    """What the distributor says: the booking, quotes by id (listed or asked for), and other
    bookings under our reference.
    """

    booking: Booking | None
    quotes: Mapping[str, RefundQuote]
    others: tuple[Booking, ...] = ()


def compare(ours: SaleFacts, theirs: TheirFacts) -> tuple[Finding, ...]:
    """All that differs."""
    return (
        *_sale(ours, theirs.booking),
        *_others(theirs.others),
        *_refunds(ours, theirs),
        *_entries(ours),
    )


def _sale(ours: SaleFacts, booking: Booking | None) -> Iterator[Finding]:
    parts = booking.parts if booking else ()
    standing = [part for part in parts if part.confirmed and not part.refunded]
    if not ours.issued:
        if standing:
            worth = sum(part.price.amount for part in standing)
            yield Finding(DifferenceKind.SOLD_THERE, 0, worth)
    elif booking is None or booking.state is not BookingState.CONFIRMED:
        confirmed = sum(part.price.amount for part in parts if part.confirmed)
        yield Finding(DifferenceKind.SOLD_HERE, ours.price, confirmed)
    elif booking.price.amount != ours.price:
        yield Finding(DifferenceKind.PRICE, ours.price, booking.price.amount)


def _others(bookings: tuple[Booking, ...]) -> Iterator[Finding]:
    worth = rules.sold_there(bookings)
    if worth:
        yield Finding(DifferenceKind.SOLD_TWICE, 0, worth)


def _refunds(ours: SaleFacts, theirs: TheirFacts) -> Iterator[Finding]:
    booking = theirs.booking
    if not ours.issued or booking is None or booking.state is not BookingState.CONFIRMED:
        return
    found = [*_quoted(ours, theirs.quotes)]
    yield from found
    told = {entry.kind for entry in found}
    there = sum(part.price.amount for part in booking.parts if part.refunded)
    here = sum(ticket.price for ticket in ours.tickets if ticket.refunded)
    # Where a quote does not tell, the parts do. A part refunded for nothing is worth its price.
    if there > here and DifferenceKind.REFUNDED_THERE not in told:
        yield Finding(DifferenceKind.REFUNDED_THERE, here, there)
    silent = any(each.refunded and each.quote not in theirs.quotes for each in ours.refunds)
    if there < here and silent and DifferenceKind.REFUNDED_HERE not in told:
        yield Finding(DifferenceKind.REFUNDED_HERE, here, there)


def _quoted(ours: SaleFacts, quotes: Mapping[str, RefundQuote]) -> Iterator[Finding]:
    # A quote whose acceptance was refused may still stand, and become the next refund's.
    refunded = {refund.quote for refund in ours.refunds if refund.refunded}
    for refund in ours.refunds:
        quote = quotes.get(refund.quote)
        if quote is None or (quote.id in refunded and not refund.refunded):
            continue
        amount = quote.amount.amount
        if refund.refunded and not quote.confirmed:
            yield Finding(DifferenceKind.REFUNDED_HERE, refund.amount, 0, refund.id)
        elif refund.refunded and amount != refund.amount:
            yield Finding(DifferenceKind.REFUND_AMOUNT, refund.amount, amount, refund.id)
        elif quote.confirmed and not refund.refunded:
            yield Finding(DifferenceKind.REFUNDED_THERE, 0, amount, refund.id)
    known = {refund.quote for refund in ours.refunds}
    strange = [each for each in quotes.values() if each.confirmed and each.id not in known]
    if strange:
        amount = sum(each.amount.amount for each in strange)
        yield Finding(DifferenceKind.REFUNDED_THERE, 0, amount)


def _entries(ours: SaleFacts) -> Iterator[Finding]:
    priced = sum(ticket.price for ticket in ours.tickets)
    wrong = [ticket for ticket in ours.tickets if not ticket.is_posted]
    if ours.issued and priced != ours.price:
        yield Finding(DifferenceKind.ENTRIES, ours.price, priced)
    elif wrong:
        expected = sum(ticket.price - ticket.paid_back for ticket in wrong)
        posted = sum(ticket.posted_price - ticket.posted_back for ticket in wrong)
        if posted == expected:
            posted += sum(ticket.unbalanced for ticket in wrong)
        yield Finding(DifferenceKind.ENTRIES, expected, posted)
