"""What a distributor holds and has sold, and what giving it back would bring."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from agenturclient.kernel.money import Money
from agenturclient.sales.ports.asking import Passenger
from agenturclient.sales.ports.offered import Offer


class BookingState(StrEnum):
    """State of a booking as a whole, derived by the adapter from its parts."""

    HELD = "held"
    CONFIRMED = "confirmed"
    PARTLY_CONFIRMED = "partly-confirmed"
    GONE = "gone"


@dataclass(frozen=True)
class BookedPart:
    """A priced piece of a booking; `travellers` are our references. `confirmed` as long as it was
    sold, refunded or not.
    """

    id: str
    price: Money
    travellers: tuple[str, ...]
    confirmed: bool = False
    refunded: bool = False


@dataclass(frozen=True)
class Document:
    """A file of a fulfillment: its id there and its media type; content is fetched apart."""

    id: str
    media_type: str


@dataclass(frozen=True)
class Fulfillment:
    """The distributor's proof for some parts of a booking. `valid` until refunded, cancelled or
    exchanged.
    """

    id: str
    parts: tuple[str, ...]
    valid: bool
    control_number: str = ""
    documents: tuple[Document, ...] = ()


@dataclass(frozen=True)
class RefundShare:
    """What of a refund falls on some parts."""

    parts: tuple[str, ...]
    fee: Money
    amount: Money


@dataclass(frozen=True)
class RefundQuote:
    """What giving back would bring (`amount`, net) and cost (`fee`); `confirmed` once it has been
    accepted there.
    """

    id: str
    fee: Money
    amount: Money
    fulfillments: tuple[str, ...]
    valid_until: datetime | None = None
    confirmed: bool = False
    shares: tuple[RefundShare, ...] = ()
    overrule: str | None = None


@dataclass(frozen=True)
class Booking:
    """A booking as the distributor has it now. `price` is that of all its parts, before refunds."""

    id: str
    state: BookingState
    price: Money
    parts: tuple[BookedPart, ...]
    code: str = ""
    reference: str = ""
    hold_until: datetime | None = None
    fulfillments: tuple[Fulfillment, ...] = ()
    documents_complete: bool = False
    quotes: tuple[RefundQuote, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class HoldRequest:
    """Hold these offers for these passengers under our reference (order number, item, attempt)."""

    offer: Offer
    passengers: tuple[Passenger, ...]
    reference: str
    agency: str
    language: str = "de"


class RefundReason(StrEnum):
    """Why a distributor should waive its rule; the usual refund has none."""

    SALES_STAFF_ERROR = "sales-staff-error"
    TECHNICAL_FAILURE = "technical-failure"
    CONNECTION_BROKEN = "connection-broken"
    STRIKE = "strike"
    NOT_USED = "not-used"


@dataclass(frozen=True)
class RefundRequest:
    """Ask what giving back these parts of these fulfillments would bring.

    All parts of a fulfillment: `parts` empty.
    """

    booking: str
    fulfillments: tuple[str, ...]
    parts: tuple[str, ...] = ()
    reason: RefundReason | None = None


@dataclass(frozen=True)
class DocumentFile:
    """Content of a document."""

    fulfillment: str
    id: str
    media_type: str
    content: bytes = field(repr=False)
