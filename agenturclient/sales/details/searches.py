"""A kept search as readers see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from agenturclient.kernel.money import Money
    from agenturclient.sales.ports import (
        FeeStep,
        Flexibility,
        OfferKind,
        Place,
        TravelClass,
        TravellerSpec,
        Trip,
    )


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
    """An offer under the number that the page names it by; `commission` is what the agency would
    earn.
    """

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
