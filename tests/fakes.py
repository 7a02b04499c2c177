"""A distributor in memory: the use cases are tested against it, the contract suite keeps it honest.

It remembers bookings, quotes and quota, lets holds and quotes run out by the clock given to it, and
fails on demand, before or after the effect. It refuses to be called inside a database transaction.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from agenturclient.sales.ports import (
    Abilities,
    Booking,
    BookingState,
    DocumentFile,
    HoldRequest,
    Offers,
    Place,
    RefundQuote,
    RefundRequest,
    Refusals,
    Refused,
    TouristicQuery,
    TripQuery,
)
from tests import fake_catalogue
from tests.fake_books import Books, Knobs, pick
from tests.fake_rules import (
    check_day,
    check_information,
    check_travellers,
    is_for,
    make_quote,
    persons,
)
from tests.fake_wire import Call, FakeWire

if TYPE_CHECKING:
    from uuid import UUID

    from agenturclient.kernel.clock import Clock
    from agenturclient.kernel.money import Money


class FakeDistributor(FakeWire):
    """`sales.ports.Distributor` in memory."""

    def __init__(
        self,
        clock: Clock,
        *,
        abilities: Abilities | None = None,
        name: str = "fake",
        knobs: Knobs | None = None,
    ) -> None:
        self.knobs = knobs or Knobs()
        super().__init__(abilities or Abilities(), self._on_call)
        self.name = name
        self.books = Books(clock, self.knobs)
        self._clock = clock

    # --- what a test turns

    def change_price_at_next_hold(self, by: Money) -> None:
        """The next hold costs more (or less) than its offer said."""
        self.books.price_change = by

    def change_next_refund(self, by: Money) -> None:
        """The next accepted refund pays out more (or less) than its quote said."""
        self.books.refund_change = by

    def confirm_next_only_in_part(self) -> None:
        """The next issue confirms only the first part."""
        self.books.partly = True

    def forget(self, booking: str) -> None:
        """The distributor purges a booking."""
        del self.books.entries[booking]

    # --- the port

    def find_places(self, text: str, *, language: str, limit: int) -> tuple[Place, ...]:
        """Stations by the start of their name or by code."""
        return self.run(Call("find_places", text), lambda: fake_catalogue.places(text, limit))

    def find_offers(self, query: TripQuery) -> Offers:
        """Trips and their offers."""

        def work() -> Offers:
            if not all(map(fake_catalogue.is_place, (query.origin, query.destination, *query.via))):
                raise Refused(Refusals.UNKNOWN_PLACE)
            check_day(query.when, self._now())
            check_travellers(query.travellers)
            found = fake_catalogue.answer(query, now=self._now(), quota=self.knobs.quota)
            left = [self.books.with_quota(offer) for offer in found.offers]
            gone = tuple(
                (offer.trip or "", offer.travel_class) for offer in left if offer.remaining == 0
            )
            return replace(found, offers=tuple(o for o in left if o.remaining != 0), sold_out=gone)

        return self.run(Call("find_offers", query), work)

    def find_touristic(self, query: TouristicQuery) -> Offers:
        """A pass and an excursion."""

        def work() -> Offers:
            self._can(self.abilities.touristic)
            check_day(datetime.combine(query.day, time(23, 59), tzinfo=UTC), self._now())
            check_travellers(query.travellers)
            return fake_catalogue.touristic(query, now=self._now())

        return self.run(Call("find_touristic", query), work)

    def hold(self, request: HoldRequest, *, key: UUID) -> Booking:
        """Pre-book for half an hour."""

        def work() -> str:
            if request.offer.bookable_until <= self._now():
                raise Refused(Refusals.OFFER_EXPIRED)
            left = self.books.with_quota(request.offer).remaining
            if left is not None and left < persons(request.passengers):
                raise Refused(Refusals.SOLD_OUT)
            check_information(request)
            return self.books.enter(request)

        booking = self.run(Call("hold", request, key), work)
        return self._shown(booking)

    def find_bookings(self, reference: str, *, patient: bool = False) -> tuple[Booking, ...]:
        """All bookings with our reference that are not gone, the newest first."""

        def work() -> tuple[Booking, ...]:
            self._can(self.abilities.find_by_reference)
            shown = (
                entry.shown(self._now(), self.abilities)
                for entry in reversed(self.books.entries.values())
                if entry.request.reference == reference
            )
            return tuple(each for each in shown if each.state is not BookingState.GONE)

        return self.run(Call("find_bookings", reference, patient=patient), work)

    def read_booking(self, booking: str, *, patient: bool = False) -> Booking:
        """The booking as it is now."""
        return self.run(
            Call("read_booking", booking, patient=patient), lambda: self._shown(booking)
        )

    def issue(self, booking: str, *, key: UUID, language: str, patient: bool = False) -> Booking:
        """Confirm everything that is held."""
        self.run(Call("issue", booking, key, patient), lambda: self.books.issue(booking))
        return self._shown(booking)

    def release(self, booking: str) -> None:
        """Give a hold back."""

        def work() -> None:
            entry = self.books.entries.get(booking)
            if entry is None or entry.state(self._now()) is BookingState.GONE:
                return
            if entry.state(self._now()) is not BookingState.HELD:
                raise Refused(Refusals.ALREADY_CONFIRMED)
            entry.released = True

        self.run(Call("release", booking), work)

    def clean_up(self, booking: str, *, key: UUID) -> None:
        """Undo a booking that was confirmed only in part."""

        def work() -> None:
            self._can(self.abilities.cleanup)
            entry = self.books.entry(booking)
            entry.refund(part.id for part in entry.parts if part.confirmed)
            entry.cleaned = True

        self.run(Call("clean_up", booking, key), work)

    def fetch_documents(self, booking: str) -> tuple[DocumentFile, ...]:
        """A small PDF for each valid fulfillment, as soon as it is ready."""

        def work() -> tuple[DocumentFile, ...]:
            shown = self._shown(booking)
            return tuple(
                DocumentFile(proof.id, file.id, file.media_type, b"%PDF-1.4 " + file.id.encode())
                for proof in shown.fulfillments
                if proof.valid
                for file in proof.documents
            )

        return self.run(Call("fetch_documents", booking), work)

    def quote_refund(self, request: RefundRequest, *, key: UUID) -> RefundQuote:
        """What giving back would bring."""

        def work() -> RefundQuote:
            entry = self.books.entry(request.booking)
            if any(not each.confirmed for each in entry.open_quotes(self._now())):
                raise Refused(Refusals.QUOTE_BLOCKED)
            return self._new_quote(request)

        return self.run(Call("quote_refund", request, key), work)

    def requote_refund(self, request: RefundRequest, *, key: UUID) -> RefundQuote:
        """The quote that is open for exactly this, where it can be told, or a new one."""

        def work() -> RefundQuote:
            entry = self.books.entry(request.booking)
            for each in entry.open_quotes(self._now()):
                tells = self.abilities.lists_quotes or self.abilities.reads_quotes
                if not each.confirmed and not (tells and is_for(each, request, entry)):
                    raise Refused(Refusals.QUOTE_BLOCKED)
                if not each.confirmed:
                    return each
            return self._new_quote(request)

        return self.run(Call("quote_refund", request, key), work)

    def accept_refund(
        self, booking: str, quote: str, *, key: UUID, patient: bool = False
    ) -> RefundQuote:
        """Refund what was quoted."""
        return self.run(
            Call("accept_refund", (booking, quote), key, patient),
            lambda: self.books.accept(self.books.entry(booking), quote),
        )

    def read_quote(self, booking: str, quote: str, *, patient: bool = False) -> RefundQuote | None:
        """The quote as it is now."""

        def work() -> RefundQuote | None:
            if not self.abilities.reads_quotes and not self.abilities.lists_quotes:
                return None
            found = pick(self.books.entry(booking), quote)
            return None if found is None or self.books.is_over(found) else found

        return self.run(Call("read_quote", (booking, quote), patient=patient), work)

    def drop_quote(self, booking: str, quote: str) -> None:
        """Take a proposed quote back."""

        def work() -> None:
            entry = self.books.entry(booking)
            found = pick(entry, quote)
            if found is not None and found.confirmed:
                raise Refused(Refusals.ALREADY_CONFIRMED)
            entry.quotes = [each for each in entry.quotes if each.id != quote]

        self.run(Call("drop_quote", (booking, quote)), work)

    # --- inside

    def _on_call(self, method: str) -> None:
        self.knobs.on_call(method)

    def _shown(self, booking: str) -> Booking:
        return self.books.entry(booking).shown(self._now(), self.abilities)

    def _now(self) -> datetime:
        return self._clock.now()

    def _new_quote(self, request: RefundRequest) -> RefundQuote:
        entry = self.books.entry(request.booking)
        made = make_quote(entry, self.books.number("Q"), request, (self._now(), self.abilities))
        entry.quotes.append(made)
        return made

    def _can(self, ability: bool) -> None:  # noqa: FBT001 - one word, and its name is in the question
        if not ability:
            raise Refused(Refusals.CANNOT_DO_THAT)
