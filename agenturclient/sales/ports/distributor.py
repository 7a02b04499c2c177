"""The port itself: what a distributor does for us."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from uuid import UUID

    from agenturclient.sales.ports.asking import Place, TouristicQuery, TripQuery
    from agenturclient.sales.ports.booked import (
        Booking,
        DocumentFile,
        HoldRequest,
        RefundQuote,
        RefundRequest,
    )
    from agenturclient.sales.ports.offered import Offers


@dataclass(frozen=True)
class Abilities:
    """What a distributor can do; rules ask this instead of finding out at the counter."""

    find_by_reference: bool = True
    honours_keys: bool = False
    lists_quotes: bool = True
    reads_quotes: bool = True
    partial_refund: bool = True
    place_search: bool = True
    touristic: bool = True
    cleanup: bool = True


class Distributor(Protocol):
    """A distributor.

    Every method raises only `Refused`, `Unavailable` or `OutcomeUnknown`; reads never the last.

    `key` is the idempotency key of the operation, the same for each of its attempts. `patient`
    calls come from recovery: they pass by breakers and bulkheads with a small allowance of their
    own.
    """

    @property
    def name(self) -> str:
        """Name under which sales remember who sold them."""
        ...

    @property
    def abilities(self) -> Abilities:
        """What it can do."""
        ...

    def find_places(self, text: str, *, language: str, limit: int) -> tuple[Place, ...]:
        """Stations that match; none is an empty answer."""
        ...

    def find_offers(self, query: TripQuery) -> Offers:
        """Connections with their offers."""
        ...

    def find_touristic(self, query: TouristicQuery) -> Offers:
        """Passes and excursions."""
        ...

    def hold(self, request: HoldRequest, *, key: UUID) -> Booking:
        """Pre-book. The price may differ from the offer's: the caller compares."""
        ...

    def find_bookings(self, reference: str, *, patient: bool = False) -> tuple[Booking, ...]:
        """All bookings with our reference that are not gone, the newest first.

        One reference stands for one attempt, so a second one is an accident that must be seen.
        """
        ...

    def read_booking(self, booking: str, *, patient: bool = False) -> Booking:
        """The booking as it is now. Refused(BOOKING_NOT_FOUND) when it does not exist."""
        ...

    def issue(self, booking: str, *, key: UUID, language: str, patient: bool = False) -> Booking:
        """Confirm: the point of no return.

        Refused(ALREADY_CONFIRMED) says that it has happened before.
        """
        ...

    def release(self, booking: str) -> None:
        """Give a hold back.

        A booking that does not exist any more is released. Refused(ALREADY_CONFIRMED) if sold.
        """
        ...

    def clean_up(self, booking: str, *, key: UUID) -> None:
        """Undo what was confirmed only in part."""
        ...

    def fetch_documents(self, booking: str) -> tuple[DocumentFile, ...]:
        """All documents that exist by now."""
        ...

    def quote_refund(self, request: RefundRequest, *, key: UUID) -> RefundQuote:
        """What giving back would bring.

        Refused(QUOTE_BLOCKED) while an earlier quote is open there.
        """
        ...

    def requote_refund(self, request: RefundRequest, *, key: UUID) -> RefundQuote:
        """Ask again for a quote whose answer was lost: the one that is open for exactly this is as
        good as a new one.

        Refused(QUOTE_BLOCKED) while a quote is open there that the distributor does not tell.
        """
        ...

    def accept_refund(
        self, booking: str, quote: str, *, key: UUID, patient: bool = False
    ) -> RefundQuote:
        """Refund: the point of no return. Returns the confirmed quote."""
        ...

    def read_quote(self, booking: str, quote: str, *, patient: bool = False) -> RefundQuote | None:
        """The quote as it is now, proposed or confirmed; None when the distributor does not tell it
        any more.
        """
        ...

    def drop_quote(self, booking: str, quote: str) -> None:
        """Take a proposed quote back.

        One that is gone is dropped. Refused(ALREADY_CONFIRMED) if it was accepted.
        """
        ...
