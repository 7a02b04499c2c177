"""The port, spoken in OSDM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agenturclient.distributors.osdm.bookings import Bookings
from agenturclient.distributors.osdm.connection import Connection, usable
from agenturclient.distributors.osdm.documents import Documents
from agenturclient.distributors.osdm.refunds import Refunds
from agenturclient.distributors.osdm.searching import Searching
from agenturclient.outbound import deadline

if TYPE_CHECKING:
    from uuid import UUID

    from agenturclient.distributors.osdm.config import OsdmConfig
    from agenturclient.outbound.guard import Guard
    from agenturclient.sales.ports import (
        Abilities,
        Booking,
        DocumentFile,
        HoldRequest,
        Offers,
        Place,
        RefundQuote,
        RefundRequest,
        TouristicQuery,
        TripQuery,
    )


_INTRODUCTION_SECONDS = 5.0


class OsdmDistributor:
    """`sales.ports.Distributor` over OSDM 3.x. Thread-safe; one per process.

    Each method keeps within one total deadline, however many calls it makes.
    """

    def __init__(self, config: OsdmConfig, guard: Guard) -> None:
        self._to = Connection.to(config, guard)
        self._searching = Searching(self._to)
        self._bookings = Bookings(self._to)
        self._refunds = Refunds(self._to, self._bookings)
        self._documents = Documents(self._to.client, self._to.at, self._to.operations.document)

    def introduce(self) -> None:
        """Ask for what is often missing, within a few seconds; each miss is said in the log."""
        with deadline.within(_INTRODUCTION_SECONDS):
            self._searching.probe()
            self._bookings.probe()

    @property
    def name(self) -> str:
        """Name under which sales remember who sold them."""
        return self._to.config.name

    @property
    def abilities(self) -> Abilities:
        """What it can do, by the settings and by what it has answered with 501 so far."""
        return self._to.capabilities.abilities()

    def find_places(self, text: str, *, language: str, limit: int) -> tuple[Place, ...]:
        """Stations that match; none is an empty answer."""
        return self._searching.find_places(text, language, limit)

    def find_offers(self, query: TripQuery) -> Offers:
        """Connections with their offers."""
        return self._searching.find_offers(query)

    def find_touristic(self, query: TouristicQuery) -> Offers:
        """Passes and excursions."""
        return self._searching.find_touristic(query)

    def hold(self, request: HoldRequest, *, key: UUID) -> Booking:
        """Pre-book. The price may differ from the offer's: the caller compares."""
        return self._bookings.hold(request, key)

    def find_bookings(self, reference: str, *, patient: bool = False) -> tuple[Booking, ...]:
        """All bookings with our reference that are not gone, the newest first."""
        return self._bookings.find(reference, patient=patient)

    def read_booking(self, booking: str, *, patient: bool = False) -> Booking:
        """The booking as it is now."""
        return self._bookings.read(booking, patient=patient)

    def issue(self, booking: str, *, key: UUID, language: str, patient: bool = False) -> Booking:
        """Confirm: the point of no return."""
        return self._bookings.issue(booking, key, language, patient=patient)

    def release(self, booking: str) -> None:
        """Give a hold back."""
        self._bookings.release(booking)

    def clean_up(self, booking: str, *, key: UUID) -> None:
        """Undo what was confirmed only in part."""
        self._bookings.clean_up(booking, key)

    def fetch_documents(self, booking: str) -> tuple[DocumentFile, ...]:
        """All documents that exist by now for what is still valid."""
        with deadline.within(self._to.operations.document.deadline), usable(writes=False):
            answer = self._bookings.read_answer(booking)
            return self._documents.fetch(answer.node("booking"))

    def quote_refund(self, request: RefundRequest, *, key: UUID) -> RefundQuote:
        """What giving back would bring."""
        return self._refunds.quote(request, key)

    def requote_refund(self, request: RefundRequest, *, key: UUID) -> RefundQuote:
        """The same again after a lost answer; the quote that is open is as good as a new one."""
        return self._refunds.quote_again(request, key)

    def accept_refund(
        self, booking: str, quote: str, *, key: UUID, patient: bool = False
    ) -> RefundQuote:
        """Refund: the point of no return. Returns the confirmed quote."""
        return self._refunds.accept(booking, quote, key, patient=patient)

    def read_quote(self, booking: str, quote: str, *, patient: bool = False) -> RefundQuote | None:
        """The quote as it is now; None when the distributor does not tell it any more."""
        return self._refunds.read(booking, quote, patient=patient)

    def drop_quote(self, booking: str, quote: str) -> None:
        """Take a proposed quote back."""
        self._refunds.drop(booking, quote)
