"""What reads return and use cases take: frozen values in the agency's words, free of tables and of HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from agenturclient.kernel.money import Money
    from agenturclient.sales.ports import (
        Card,
        FeeStep,
        Flexibility,
        OfferKind,
        Place,
        RefundReason,
        TravelClass,
        TravellerKind,
        TravellerSpec,
        Trip,
    )
    from agenturclient.sales.states import OrderState, RefundState, SaleState


# --- searches ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SearchQuery:
    """What was asked, with the names of the places."""

    travellers: tuple[TravellerSpec, ...]
    origin: Place | None = None
    destination: Place | None = None
    via: tuple[Place, ...] = ()
    when: datetime | None = None
    arrive_by: bool = False
    return_when: datetime | None = None
    day: date | None = None
    travel_class: TravelClass | None = None


@dataclass(frozen=True)
class TripDetail:
    """A connection under the number that the page names it by."""

    number: int
    trip: Trip


@dataclass(frozen=True)
class OfferDetail:
    """An offer under the number that the page names it by; `commission` is what the agency would earn."""

    number: int
    kind: OfferKind
    title: str
    product: str
    travel_class: TravelClass
    flexibility: Flexibility
    train_bound: bool
    price: Money
    commission: Money
    trip: int | None
    return_trip: int | None
    bookable_until: datetime
    valid_from: datetime
    valid_until: datetime | None
    conditions: tuple[str, ...]
    fee_steps: tuple[FeeStep, ...]
    remaining: int | None
    required: tuple[str, ...]


@dataclass(frozen=True)
class SoldOut:
    """A connection whose supersaver quota of a class is exhausted."""

    trip: int
    travel_class: TravelClass


@dataclass(frozen=True)
class SearchDetail:
    """The answer to a search, kept until `expires_at`."""

    id: UUID
    kind: str
    expires_at: datetime
    query: SearchQuery
    trips: tuple[TripDetail, ...]
    offers: tuple[OfferDetail, ...]
    sold_out: tuple[SoldOut, ...]
    notices: tuple[str, ...]


# --- orders ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Party:
    """An agency or a branch: its code and its name."""

    code: str
    name: str


@dataclass(frozen=True)
class Problem:
    """Why something did not happen: a stable code and its facts."""

    code: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TravellerDetail:
    """Someone or something that travels; `locked` once a held or sold ticket names it."""

    ref: str
    kind: TravellerKind
    age: int | None
    birth_date: date | None
    cards: tuple[Card, ...]
    first_name: str
    last_name: str
    email: str
    phone: str
    locked: bool


@dataclass(frozen=True)
class TicketDetail:
    """A traveller's right in a sale. `together` lists the tickets that are refunded only with it (itself included)."""

    id: int
    traveller: str
    traveller_name: str
    kind: TravellerKind
    price: Money
    state: str
    together: tuple[int, ...]


@dataclass(frozen=True)
class DocumentDetail:
    """A stored file; `current` unless a refund has replaced or ended it. `size` in bytes."""

    id: int
    name: str
    media_type: str
    size: int
    travellers: tuple[str, ...]
    current: bool


@dataclass(frozen=True)
class SaleDetail:
    """One attempt to get an item at the distributor."""

    id: int
    reference: str
    attempt: int
    state: SaleState
    booking_code: str
    hold_until: datetime | None
    price: Money | None
    price_changed: bool
    problem: Problem | None
    in_doubt_since: datetime | None
    last_look_at: datetime | None
    next_look_at: datetime | None
    flagged: bool
    documents_complete: bool
    tickets: tuple[TicketDetail, ...]
    documents: tuple[DocumentDetail, ...]


@dataclass(frozen=True)
class ItemDetail:
    """What the agent wants: a copied offer, and the newest attempt to get it."""

    position: int
    kind: OfferKind
    title: str
    product: str
    travel_class: TravelClass
    flexibility: Flexibility
    train_bound: bool
    price: Money
    commission: Money
    trip: Trip | None
    return_trip: Trip | None
    valid_from: datetime
    valid_until: datetime | None
    conditions: tuple[str, ...]
    fee_steps: tuple[FeeStep, ...]
    required: tuple[str, ...]
    travellers: tuple[str, ...]
    offer_expires_at: datetime
    sale: SaleDetail | None


@dataclass(frozen=True)
class RefundDetail:
    """A refund of some tickets of one sale, quoted before it is accepted."""

    id: int
    key: UUID
    sale: int
    tickets: tuple[int, ...]
    state: RefundState
    fee: Money | None
    amount: Money | None
    confirmed_amount: Money | None
    valid_until: datetime | None
    reason: RefundReason | None
    problem: Problem | None
    in_doubt_since: datetime | None
    last_look_at: datetime | None
    next_look_at: datetime | None
    blocked_until: datetime | None
    created_at: datetime
    agent: str


@dataclass(frozen=True)
class EventDetail:
    """A step of the story: who moved what, when. `who` None is the system."""

    at: datetime
    who: str | None
    subject: str
    reference: str
    from_state: str
    to_state: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class EntryDetail:
    """A line of the books that belongs to a ticket of the order."""

    at: datetime
    account: str
    kind: str
    ticket: int
    amount: Money


@dataclass(frozen=True)
class OrderDetail:
    """A dossier with everything that the page shows of it."""

    number: str
    key: UUID
    state: OrderState
    in_doubt: bool
    unsettled: bool
    customer_reference: str
    cost_centre: str
    agency: Party
    branch: Party | None
    agent: str
    created_at: datetime
    sold_at: datetime | None
    total: Money
    refunded: Money
    commission: Money
    fee: Money
    travellers: tuple[TravellerDetail, ...]
    items: tuple[ItemDetail, ...]
    refunds: tuple[RefundDetail, ...]
    events: tuple[EventDetail, ...]
    entries: tuple[EntryDetail, ...]


@dataclass(frozen=True)
class OrderRow:
    """A line of the order list."""

    number: str
    state: OrderState
    in_doubt: bool
    flagged: bool
    travellers: tuple[str, ...]
    traveller_count: int
    route: str
    travel_at: datetime | None
    created_at: datetime
    sold_at: datetime | None
    agent: str
    customer_reference: str
    total: Money
    refunded: Money


@dataclass(frozen=True)
class OrderPage:
    """A page of orders, newest first; `next` is the cursor of the following page."""

    results: tuple[OrderRow, ...]
    next: str | None


@dataclass(frozen=True)
class ClarificationRow:
    """Something whose outcome is not known yet."""

    number: str
    subject: str
    state: str
    since: datetime
    flagged: bool


@dataclass(frozen=True)
class Clarifications:
    """All that is being clarified; `rows` shows the oldest hundred."""

    count: int
    rows: tuple[ClarificationRow, ...]


@dataclass(frozen=True)
class DocumentContent:
    """A stored file with its content."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


# --- what use cases take -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TravellerChange:
    """Details of one traveller, as far as a booking needs them."""

    ref: str
    first_name: str
    last_name: str
    birth_date: date | None = None
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class OrderChange:
    """What to change of a draft; None leaves it."""

    customer_reference: str | None = None
    cost_centre: str | None = None
    travellers: tuple[TravellerChange, ...] = ()


@dataclass(frozen=True)
class OrderCriteria:
    """What to look for in orders. `text` matches names, numbers, booking codes, references and dates."""

    text: str = ""
    state: OrderState | None = None
    in_doubt: bool = False
    travel_from: date | None = None
    travel_to: date | None = None
    cursor: str = ""
    page_size: int = 50
