"""The port to a distributor: what we ask of one, the values that cross, and its three failures.

A distributor is an external booking API. Whatever it speaks, its adapter translates into these
words; nothing else of it is known inside. All times are timezone-aware, all amounts are `Money`,
all identifiers of the distributor are opaque.
"""

from agenturclient.sales.ports.asking import (
    Card,
    Page,
    Passenger,
    Place,
    TouristicQuery,
    TravelClass,
    TravellerKind,
    TravellerSpec,
    TripQuery,
)
from agenturclient.sales.ports.booked import (
    BookedPart,
    Booking,
    BookingState,
    Document,
    DocumentFile,
    Fulfillment,
    HoldRequest,
    RefundQuote,
    RefundReason,
    RefundRequest,
    RefundShare,
)
from agenturclient.sales.ports.distributor import (
    Abilities,
    Distributor,
)
from agenturclient.sales.ports.failures import (
    DistributorFailure,
    OutcomeUnknown,
    Refusals,
    Refused,
    Unavailable,
)
from agenturclient.sales.ports.offered import (
    FeeStep,
    Flexibility,
    Leg,
    Offer,
    OfferKind,
    OfferPart,
    Offers,
    Stop,
    Trip,
)

__all__ = [
    "Abilities",
    "BookedPart",
    "Booking",
    "BookingState",
    "Card",
    "Distributor",
    "DistributorFailure",
    "Document",
    "DocumentFile",
    "FeeStep",
    "Flexibility",
    "Fulfillment",
    "HoldRequest",
    "Leg",
    "Offer",
    "OfferKind",
    "OfferPart",
    "Offers",
    "OutcomeUnknown",
    "Page",
    "Passenger",
    "Place",
    "RefundQuote",
    "RefundReason",
    "RefundRequest",
    "RefundShare",
    "Refusals",
    "Refused",
    "Stop",
    "TouristicQuery",
    "TravelClass",
    "TravellerKind",
    "TravellerSpec",
    "Trip",
    "TripQuery",
    "Unavailable",
]
