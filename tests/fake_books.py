"""The books of the fake distributor: what its bookings and quotes are, and how they change."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from agenturclient.kernel.money import Money, total
from agenturclient.sales.ports import (
    Abilities,
    BookedPart,
    Booking,
    BookingState,
    Document,
    Fulfillment,
    HoldRequest,
    Offer,
    RefundQuote,
    Refusals,
    Refused,
)
from tests.fake_rules import lapsed, persons

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from agenturclient.kernel.clock import Clock

HOLD_LIFE = timedelta(minutes=30)


@dataclass
class Knobs:
    """How the fake behaves; a test turns what it needs.

    `documents_after`: how late documents come. `collective`: one fulfillment for a whole booking.
    `quota`: places of each supersaver. `on_call` runs, with the method's name, first of all.
    """

    documents_after: timedelta = timedelta()
    collective: bool = False
    quota: int = 5
    on_call: Callable[[str], None] = field(default=lambda _method: None)


@dataclass
class Proof:
    """A fulfillment in the books; its document exists from `ready` on."""

    id: str
    parts: tuple[str, ...]
    ready: datetime
    valid: bool = True


@dataclass
class Entry:
    """A booking in the books."""

    id: str
    code: str
    request: HoldRequest
    parts: list[BookedPart]
    hold_until: datetime
    released: bool = False
    cleaned: bool = False
    issued_at: datetime | None = None
    proofs: list[Proof] = field(default_factory=list)
    quotes: list[RefundQuote] = field(default_factory=list)
    notices: tuple[str, ...] = ()

    def state(self, now: datetime) -> BookingState:
        """State as a whole at a moment: a hold that ran out is gone."""
        if self.released or self.cleaned:
            return BookingState.GONE
        confirmed = [part.confirmed for part in self.parts]
        if all(confirmed):
            return BookingState.CONFIRMED
        if any(confirmed):
            return BookingState.PARTLY_CONFIRMED
        return BookingState.HELD if now < self.hold_until else BookingState.GONE

    def shown(self, now: datetime, abilities: Abilities) -> Booking:
        """The booking as the port tells it."""
        state = self.state(now)
        currency = self.parts[0].price.currency
        return Booking(
            id=self.id,
            state=state,
            price=total((part.price for part in self.parts), currency),
            parts=tuple(self.parts),
            code=self.code,
            reference=self.request.reference,
            hold_until=self.hold_until if state is BookingState.HELD else None,
            fulfillments=tuple(_fulfillment(proof, now) for proof in self.proofs),
            documents_complete=bool(self.proofs) and all(p.ready <= now for p in self.proofs),
            quotes=tuple(self.open_quotes(now)) if abilities.lists_quotes else (),
            notices=self.notices,
        )

    def open_quotes(self, now: datetime) -> Iterable[RefundQuote]:
        """Confirmed quotes and those that can still be accepted."""
        return [q for q in self.quotes if q.confirmed or not lapsed(q, now)]

    def confirm(self, parts: Iterable[str], proofs: list[Proof], now: datetime) -> None:
        """Sell these parts."""
        chosen = set(parts)
        self.parts = [replace(p, confirmed=p.confirmed or p.id in chosen) for p in self.parts]
        self.proofs += proofs
        self.issued_at = self.issued_at or now

    def refund(self, parts: Iterable[str]) -> list[tuple[str, ...]]:
        """Mark these parts refunded; returns, for each proof that was split, what stays of it."""
        chosen = set(parts)
        self.parts = [replace(p, refunded=p.refunded or p.id in chosen) for p in self.parts]
        kept: list[tuple[str, ...]] = []
        for proof in self.proofs:
            if proof.valid and chosen & set(proof.parts):
                proof.valid = False
                rest = tuple(part for part in proof.parts if part not in chosen)
                kept += [rest] if rest else []
        return kept


def _fulfillment(proof: Proof, now: datetime) -> Fulfillment:
    return Fulfillment(
        id=proof.id,
        parts=proof.parts,
        valid=proof.valid,
        control_number=f"C{proof.id}",
        documents=(Document(f"{proof.id}-pdf", "application/pdf"),) if proof.ready <= now else (),
    )


@dataclass
class Books:
    """All bookings of the fake distributor, and what is to happen differently the next time."""

    clock: Clock
    knobs: Knobs
    entries: dict[str, Entry] = field(default_factory=dict)
    price_change: Money | None = None
    refund_change: Money | None = None
    partly: bool = False
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def issue(self, booking: str) -> None:
        """Confirm everything that is held in a booking."""
        entry = self.entry(booking)
        state = entry.state(self.clock.now())
        if state is BookingState.CONFIRMED:
            raise Refused(Refusals.ALREADY_CONFIRMED)
        if state is BookingState.GONE:
            raise Refused(Refusals.HOLD_LAPSED)
        wanted = [part.id for part in entry.parts if not part.confirmed]
        if self.partly:
            self.partly, wanted = False, wanted[:1]
        groups: list[tuple[str, ...]] = [(part,) for part in wanted]
        if self.knobs.collective:
            groups = [tuple(wanted)]
        entry.confirm(wanted, self._proofs(groups), self.clock.now())

    def accept(self, entry: Entry, quote_id: str) -> RefundQuote:
        """Refund what was quoted."""
        found = pick(entry, quote_id)
        if found is None or self.is_over(found):
            raise Refused(Refusals.QUOTE_LAPSED)
        if found.confirmed:
            raise Refused(Refusals.ALREADY_CONFIRMED)
        confirmed = replace(found, confirmed=True)
        if self.refund_change is not None:
            first, *others = found.shares
            first = replace(first, amount=first.amount + self.refund_change)
            amount = found.amount + self.refund_change
            confirmed = replace(confirmed, amount=amount, shares=(first, *others))
            self.refund_change = None
        entry.quotes = [confirmed if each.id == quote_id else each for each in entry.quotes]
        kept = entry.refund(part for share in found.shares for part in share.parts)
        entry.proofs += self._proofs(kept)
        return confirmed

    def enter(self, request: HoldRequest) -> str:
        """Make a booking; returns its id."""
        booking = self.number("B")
        parts = [
            BookedPart(self.number("P"), part.price, part.travellers)
            for part in request.offer.parts
        ]
        notices: tuple[str, ...] = ()
        if self.price_change is not None:
            parts[0] = replace(parts[0], price=parts[0].price + self.price_change)
            self.price_change, notices = None, ("price changed",)
        until = self.clock.now() + HOLD_LIFE
        entry = Entry(booking, f"PNR{booking[1:]}", request, parts, until, notices=notices)
        self.entries[booking] = entry
        return booking

    def _proofs(self, groups: list[tuple[str, ...]]) -> list[Proof]:
        ready = self.clock.now() + self.knobs.documents_after
        return [Proof(self.number("F"), group, ready) for group in groups]

    def with_quota(self, offer: Offer) -> Offer:
        """The offer with the number of places that are left now."""
        if not offer.train_bound:
            return offer
        taken = sum(
            persons(entry.request.passengers)
            for entry in self.entries.values()
            if (entry.request.offer.trip, entry.request.offer.travel_class)
            == (offer.trip, offer.travel_class)
            and entry.request.offer.train_bound
            and entry.state(self.clock.now()) is not BookingState.GONE
        )
        return replace(offer, remaining=max(0, self.knobs.quota - taken))

    def entry(self, booking: str) -> Entry:
        """A booking; Refused when there is none."""
        if booking not in self.entries:
            raise Refused(Refusals.BOOKING_NOT_FOUND)
        return self.entries[booking]

    def is_over(self, found: RefundQuote) -> bool:
        """Whether a quote can no longer be accepted, because its time is up."""
        return not found.confirmed and lapsed(found, self.clock.now())

    def number(self, letter: str) -> str:
        """A new id."""
        return f"{letter}{next(self.numbers)}"


def pick(entry: Entry, quote_id: str) -> RefundQuote | None:
    """A quote of a booking."""
    return next((each for each in entry.quotes if each.id == quote_id), None)
