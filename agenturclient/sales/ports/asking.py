"""What is asked of a distributor before anything is booked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


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
    """A traveller as far as a price needs one. `age` in years; exactly one of `age` and
    `birth_date` for a person.
    """

    ref: str
    kind: TravellerKind = TravellerKind.PERSON
    age: int | None = None
    birth_date: date | None = None
    cards: tuple[Card, ...] = ()


@dataclass(frozen=True)
class Passenger:
    """A traveller as a booking needs one: the specification with a name.

    Dogs and bicycles have none.
    """

    spec: TravellerSpec
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class TripQuery:
    """Connections and their offers. `when` is local time in Switzerland; `return_when` asks for
    return offers.
    """

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
