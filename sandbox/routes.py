"""Which request is which operation."""

from collections.abc import Callable
from dataclasses import dataclass

from werkzeug.routing import Map, Rule

from sandbox import (
    bookings,
    confirmation,
    finding,
    offers,
    passengers,
    places,
    product_messages,
    refunds,
    trips,
)
from sandbox.wire import Answer, Call


@dataclass(frozen=True)
class Operation:
    """One operation: its handler, the name its faults go by, whether it writes, and whether a
    distributor with few capabilities has it."""

    handler: Callable[[Call], Answer]
    fault: str | None = None
    writes: bool = False
    basic: bool = False


BOOKING = "/bookings/<booking>"
REFUND = f"{BOOKING}/refund-offers/<refund>"
TRIPS = ("/trips-collection", "/trips-collections")

TABLE: dict[tuple[str, str], Operation] = {
    ("POST", "/places"): Operation(places.search, "places"),
    ("GET", "/places"): Operation(places.every, "places"),
    ("GET", "/places/<place>"): Operation(places.one, "places"),
    **{("POST", path): Operation(trips.search, "offers") for path in TRIPS},
    ("GET", "/trips-collections/<collection>"): Operation(trips.collection),
    ("GET", "/trips/<path:trip>"): Operation(trips.one),
    ("POST", "/offers"): Operation(offers.search, "offers", basic=True),
    ("POST", "/bookings"): Operation(bookings.create, "booking", writes=True, basic=True),
    ("GET", BOOKING): Operation(bookings.read, "booking-read", basic=True),
    ("PATCH", BOOKING): Operation(bookings.change, writes=True),
    ("DELETE", BOOKING): Operation(bookings.release, "booking-delete", writes=True, basic=True),
    ("GET", f"{BOOKING}/passengers"): Operation(passengers.every, basic=True),
    ("PATCH", f"{BOOKING}/passengers"): Operation(
        passengers.change_several, writes=True, basic=True
    ),
    ("GET", f"{BOOKING}/passengers/<passenger>"): Operation(passengers.one, basic=True),
    ("PATCH", f"{BOOKING}/passengers/<passenger>"): Operation(
        passengers.change, writes=True, basic=True
    ),
    ("GET", f"{BOOKING}/purchaser"): Operation(bookings.purchaser),
    ("POST", f"{BOOKING}/purchaser"): Operation(bookings.set_purchaser, writes=True),
    ("PATCH", f"{BOOKING}/purchaser"): Operation(bookings.change_purchaser, writes=True),
    ("GET", f"{BOOKING}/fulfillment-check"): Operation(confirmation.check),
    ("POST", f"{BOOKING}/fulfillments"): Operation(
        confirmation.confirm, "fulfillment", writes=True, basic=True
    ),
    ("PATCH", f"{BOOKING}/fulfillments"): Operation(confirmation.finish, writes=True, basic=True),
    ("GET", "/fulfillments/<fulfillment>"): Operation(confirmation.one, "document", basic=True),
    ("POST", f"{BOOKING}/refund-offers"): Operation(
        refunds.propose, "refund-offer", writes=True, basic=True
    ),
    ("GET", REFUND): Operation(refunds.read, "refund-read", basic=True),
    ("PATCH", REFUND): Operation(refunds.confirm, "refund-confirm", writes=True, basic=True),
    ("DELETE", REFUND): Operation(refunds.drop, "refund-offer", writes=True, basic=True),
    ("GET", f"{REFUND}/confirmation-check"): Operation(refunds.check, basic=True),
    ("POST", f"{BOOKING}/cleanup"): Operation(refunds.cleanup, writes=True),
    ("POST", "/bookings-search"): Operation(finding.search, "bookings-search"),
    ("GET", "/reduction-cards"): Operation(product_messages.reduction_cards),
    ("GET", "/versions"): Operation(product_messages.versions),
}
# First segments of the standard's addresses: what is not in the table is known, and not offered.
OF_THE_STANDARD = frozenset(
    {
        "availabilities",
        "bookings",
        "coach-deck-layouts",
        "coach-layouts",
        "complaints",
        "fulfillments",
        "offer-overview-route",
        "offer-overview-trip",
        "passenger-categories",
        "product-tags",
        "products",
        "products-search",
        "promotion-codes",
        "travel-accounts",
        "trips",
        "zones",
    }
)
URLS = Map(
    [
        Rule(path, methods=[method], endpoint=operation)
        for (method, path), operation in TABLE.items()
    ],
    merge_slashes=False,
)
