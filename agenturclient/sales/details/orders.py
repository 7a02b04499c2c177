"""An order with all its parts as readers see it."""

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
        RefundReason,
        TravelClass,
        TravellerKind,
        Trip,
    )
    from agenturclient.sales.states import OrderState, RefundState, SaleState


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
    """A traveller's right in a sale. `together` lists the tickets that are refunded only with it
    (itself included).
    """

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
