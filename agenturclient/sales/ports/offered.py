"""What a distributor offers: connections and what can be held for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agenturclient.kernel.money import Money
from agenturclient.sales.ports.asking import TravelClass


@dataclass(frozen=True)
class Stop:
    """A stop of a train: times with offset; `arrival` or `departure` is missing at the ends."""

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
    """What giving back costs within a window of time. `fee` None: the whole price; `proof`: only
    with proof of non-use.
    """

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

    `remaining` is the number of places left where the distributor tells it.
    `valid_from`/`valid_until` are the travel validity. `fee_steps` are the refund line, in order of
    time. `required` names passenger details that the distributor demands beyond names and birth
    date: "email", "phone".
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
    """The answer to a query. `sold_out` names trips whose supersaver quota is exhausted: trip id
    and class.
    """

    trips: tuple[Trip, ...]
    offers: tuple[Offer, ...]
    sold_out: tuple[tuple[str, TravelClass], ...] = ()
    notices: tuple[str, ...] = ()
