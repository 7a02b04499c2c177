"""The URLs of an OSDM distributor. Its ids are opaque and may hold anything: always quoted."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from agenturclient.distributors.osdm.config import Modules


class Addresses:
    """Where each resource lives."""

    def __init__(self, modules: Modules) -> None:
        self._booking = f"{modules.booking.rstrip('/')}/bookings"
        self._after_sales = f"{modules.after_sales.rstrip('/')}/bookings"
        self._fulfillments = f"{modules.booking.rstrip('/')}/fulfillments"
        self.places = f"{modules.journey.rstrip('/')}/places"
        self.offers = f"{modules.offer.rstrip('/')}/offers"
        self.bookings = self._booking
        self.search = f"{modules.booking.rstrip('/')}/bookings-search"

    def booking(self, booking: str) -> str:
        """A booking."""
        return f"{self._booking}/{_segment(booking)}"

    def whole_booking(self, booking: str) -> str:
        """A booking with everything that can be embedded."""
        return f"{self.booking(booking)}?embed=ALL"

    def booking_fulfillments(self, booking: str) -> str:
        """Where a booking is confirmed."""
        return f"{self.booking(booking)}/fulfillments"

    def fulfillment(self, fulfillment: str) -> str:
        """A fulfillment."""
        return f"{self._fulfillments}/{_segment(fulfillment)}"

    def cleanup(self, booking: str) -> str:
        """Where a booking that failed half-way is undone."""
        return f"{self._after_sales}/{_segment(booking)}/cleanup"

    def refund_offers(self, booking: str) -> str:
        """Where refund offers are made."""
        return f"{self._after_sales}/{_segment(booking)}/refund-offers"

    def refund_offer(self, booking: str, offer: str) -> str:
        """A refund offer."""
        return f"{self.refund_offers(booking)}/{_segment(offer)}"


def _segment(value: str) -> str:
    return quote(value, safe="")
