"""The port to a distributor: what we ask of one, the values that cross, and its three failures.

A distributor is an external booking API. Whatever it speaks, its adapter translates into these words; nothing else of
it is known inside. All times are timezone-aware, all amounts are `Money`, all identifiers of the distributor are opaque.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from agenturclient.kernel.money import Money

if TYPE_CHECKING:
    from uuid import UUID


# --- the three failures ------------------------------------------------------------------------------------------------


class DistributorFailure(Exception):  # noqa: N818 - the three failures are facts of the port, named as facts
    """Base of the three ways in which a call can fail.

    `code` is stable kebab-case in our words; `detail` is the distributor's own text, for the log and the support, never
    for a decision.
    """

    def __init__(self, code: str, detail: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.retry_after = retry_after


class Refused(DistributorFailure):
    """A definite no: the distributor understood and declined, nothing was done."""


class Unavailable(DistributorFailure):
    """Certainly not done: never sent, turned away unprocessed, not let in; or a read that failed.

    `retry_after` in seconds where one is known.
    """


class OutcomeUnknown(DistributorFailure):
    """A write was sent and there is no usable answer: it may have happened."""


class Refusals(StrEnum):
    """Codes of `Refused` that every adapter uses alike."""

    UNKNOWN_PLACE = "unknown-place"
    NO_CONNECTION = "no-connection"
    DATE_OUT_OF_RANGE = "date-out-of-range"
    INVALID_TRAVELLERS = "invalid-travellers"
    OFFER_EXPIRED = "offer-expired"
    SOLD_OUT = "sold-out"
    INFORMATION_MISSING = "information-missing"
    HOLD_LAPSED = "hold-lapsed"
    ALREADY_CONFIRMED = "already-confirmed"
    NOT_REFUNDABLE = "not-refundable"
    QUOTE_BLOCKED = "quote-blocked"
    QUOTE_LAPSED = "quote-lapsed"
    BOOKING_NOT_FOUND = "booking-not-found"
    CANNOT_DO_THAT = "cannot-do-that"
    OTHER = "distributor-refused"


# --- asking ------------------------------------------------------------------------------------------------------------


class TravellerKind(StrEnum):
    """What travels: a person, a dog or a bicycle each needs a ticket of its own."""

    PERSON = "person"
    DOG = "dog"
    BICYCLE = "bicycle"


class Card(StrEnum):
    """Reduction cards and travelcards that change a price."""

    HALF_FARE = "half-fare"
    GA_FIRST = "ga-1st"
    GA_SECOND = "ga-2nd"
    JUNIOR = "junior"
    CHILD_CO_TRAVEL = "child-co-travel"


class TravelClass(StrEnum):
    """Class of travel."""

    FIRST = "first"
    SECOND = "second"


class Page(StrEnum):
    """Which connections relative to the moment asked for."""

    AT = "at"
    EARLIER = "earlier"
    LATER = "later"


@dataclass(frozen=True)
class Place:
    """A station. `code` is the abbreviation that agents know (BN, ZUE), where there is one."""

    id: str
    name: str
    code: str | None = None


@dataclass(frozen=True)
class TravellerSpec:
    """A traveller as far as a price needs one. `age` in years; exactly one of `age` and `birth_date` for a person."""

    ref: str
    kind: TravellerKind = TravellerKind.PERSON
    age: int | None = None
    birth_date: date | None = None
    cards: tuple[Card, ...] = ()


@dataclass(frozen=True)
class Passenger:
    """A traveller as a booking needs one: the specification with a name. Dogs and bicycles have none."""

    spec: TravellerSpec
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class TripQuery:
    """Connections and their offers. `when` is local time in Switzerland; `return_when` asks for return offers."""

    origin: str
    destination: str
    when: datetime
    travellers: tuple[TravellerSpec, ...]
    arrive_by: bool = False
    via: tuple[str, ...] = ()
    page: Page = Page.AT
    count: int = 5
    return_when: datetime | None = None
    travel_class: TravelClass | None = None
    language: str = "de"
    currency: str = "CHF"


@dataclass(frozen=True)
class TouristicQuery:
    """Offers without a trip: passes and excursions, valid from a day."""

    day: date
    travellers: tuple[TravellerSpec, ...]
    language: str = "de"
    currency: str = "CHF"


# --- what is offered ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stop:
    """A stop of a train: local times with offset; `arrival` or `departure` is missing at the ends."""

    place: str
    name: str
    arrival: datetime | None = None
    departure: datetime | None = None
    platform: str = ""


@dataclass(frozen=True)
class Leg:
    """One ride on one train (`stops` are those in between)."""

    origin: Stop
    destination: Stop
    line: str
    category: str
    number: str = ""
    operator: str = ""
    direction: str = ""
    stops: tuple[Stop, ...] = ()


@dataclass(frozen=True)
class Trip:
    """A connection from door to door of the rail network; `duration` in minutes of real time."""

    id: str
    origin: str
    destination: str
    departure: datetime
    arrival: datetime
    duration: int
    changes: int
    legs: tuple[Leg, ...]


class OfferKind(StrEnum):
    """What is sold: decides commission and the column on the page."""

    REGULAR = "regular"
    SUPERSAVER = "supersaver"
    PASS = "pass"  # noqa: S105 - a travel pass, not a password
    EXCURSION = "excursion"


class Flexibility(StrEnum):
    """How freely the ticket may be used and given back."""

    FULL = "full"
    SEMI = "semi"
    NONE = "none"


@dataclass(frozen=True)
class FeeStep:
    """What giving back costs within a window of time. `fee` None: the whole price; `proof`: only with proof of non-use."""

    valid_from: datetime | None
    valid_until: datetime | None
    fee: Money | None
    proof: bool = False


@dataclass(frozen=True)
class OfferPart:
    """A priced piece of an offer and the travellers (references) it is for."""

    id: str
    price: Money
    travellers: tuple[str, ...]


@dataclass(frozen=True)
class Offer:
    """Something that can be held until `bookable_until`, its price not guaranteed before the hold.

    `remaining` is the number of places left where the distributor tells it. `valid_from`/`valid_until` are the travel
    validity. `fee_steps` are the refund line, in order of time. `required` names passenger details that the distributor
    demands beyond names and birth date: "email", "phone".
    """

    id: str
    kind: OfferKind
    product: str
    travel_class: TravelClass
    flexibility: Flexibility
    train_bound: bool
    price: Money
    travellers: tuple[str, ...]
    parts: tuple[OfferPart, ...]
    bookable_until: datetime
    valid_from: datetime
    valid_until: datetime | None
    trip: str | None = None
    return_trip: str | None = None
    title: str = ""
    conditions: tuple[str, ...] = ()
    fee_steps: tuple[FeeStep, ...] = ()
    remaining: int | None = None
    required: tuple[str, ...] = ()


@dataclass(frozen=True)
class Offers:
    """The answer to a query. `sold_out` names trips whose supersaver quota is exhausted: trip id and class."""

    trips: tuple[Trip, ...]
    offers: tuple[Offer, ...]
    sold_out: tuple[tuple[str, TravelClass], ...] = ()
    notices: tuple[str, ...] = ()


# --- what is booked ----------------------------------------------------------------------------------------------------


class BookingState(StrEnum):
    """State of a booking as a whole, derived by the adapter from its parts."""

    HELD = "held"
    CONFIRMED = "confirmed"
    PARTLY_CONFIRMED = "partly-confirmed"
    GONE = "gone"


@dataclass(frozen=True)
class BookedPart:
    """A priced piece of a booking; `travellers` are our references. `confirmed` as long as it was sold, refunded or not."""

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
    """The distributor's proof for some parts of a booking. `valid` until refunded, cancelled or exchanged."""

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
    """What giving back would bring (`amount`, net) and cost (`fee`); `confirmed` once it has been accepted there."""

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
    """Ask what giving back these parts of these fulfillments would bring. All parts of a fulfillment: `parts` empty."""

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
    """A distributor. Every method raises only `Refused`, `Unavailable` or `OutcomeUnknown`; reads never the last.

    `key` is the idempotency key of the operation, the same for each of its attempts. `patient` calls come from recovery:
    they pass by breakers and bulkheads with a small allowance of their own.
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

    def find_booking(self, reference: str, *, patient: bool = False) -> Booking | None:
        """The booking with our reference (the newest that is not gone), None when there is none."""
        ...

    def read_booking(self, booking: str, *, patient: bool = False) -> Booking:
        """The booking as it is now. Refused(BOOKING_NOT_FOUND) when it does not exist (any more)."""
        ...

    def issue(self, booking: str, *, key: UUID, language: str, patient: bool = False) -> Booking:
        """Confirm: the point of no return. Refused(ALREADY_CONFIRMED) says that it has happened before."""
        ...

    def release(self, booking: str) -> None:
        """Give a hold back. A booking that does not exist any more is released. Refused(ALREADY_CONFIRMED) if sold."""
        ...

    def clean_up(self, booking: str, *, key: UUID) -> None:
        """Undo what was confirmed only in part."""
        ...

    def fetch_documents(self, booking: str) -> tuple[DocumentFile, ...]:
        """All documents that exist by now."""
        ...

    def quote_refund(self, request: RefundRequest, *, key: UUID) -> RefundQuote:
        """What giving back would bring. Refused(QUOTE_BLOCKED) while an earlier quote is open there."""
        ...

    def accept_refund(
        self, booking: str, quote: str, *, key: UUID, patient: bool = False
    ) -> RefundQuote:
        """Refund: the point of no return. Returns the confirmed quote."""
        ...

    def read_quote(self, booking: str, quote: str, *, patient: bool = False) -> RefundQuote | None:
        """The quote as it is now, proposed or confirmed; None when the distributor does not tell it any more."""
        ...

    def drop_quote(self, booking: str, quote: str) -> None:
        """Take a proposed quote back. One that is gone is dropped. Refused(ALREADY_CONFIRMED) if it was accepted."""
        ...
