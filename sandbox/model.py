"""What the sandbox remembers: searches with their offers, and bookings. Amounts are rappen."""

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime

from sandbox.jsontypes import Json

PERSON = "PERSON"
DOG = "DOG"
BICYCLE = "BICYCLE"

PREBOOKED = "PREBOOKED"
CONFIRMED = "CONFIRMED"
FULFILLED = "FULFILLED"
CANCELLED = "CANCELLED"
REFUNDED = "REFUNDED"
PROPOSED = "PROPOSED"
SOLD = frozenset({CONFIRMED, FULFILLED})


def new_id(kind: str) -> str:
    """A fresh id that nobody can guess, with a letter that tells a person what it names."""
    return f"{kind}-{secrets.token_hex(8)}"


@dataclass(frozen=True)
class Traveller:
    """Someone or something that travels, as the search named it; `ref` is the retailer's."""

    ref: str
    kind: str
    birth_date: date | None
    age: int | None
    cards: tuple[str, ...]
    residency: str | None

    def age_on(self, day: date) -> int | None:
        """Whole years on that day; None when the search told neither age nor birth date."""
        if self.birth_date is None:
            return self.age
        before = (day.month, day.day) < (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - before


@dataclass(frozen=True)
class OfferPart:
    """One sellable right: who pays how much of it (`shares`, by traveller) and when it holds."""

    id: str
    product: str
    shares: dict[str, int]
    collective: bool
    valid_from: datetime
    valid_until: datetime
    trip: str | None
    inbound_trip: str | None
    availability: int | None

    @property
    def price(self) -> int:
        """The whole part's price."""
        return sum(self.shares.values())


@dataclass(frozen=True)
class QuotaClaim:
    """Seats that an offer takes from one quota."""

    quota: str
    capacity: int
    seats: int


@dataclass(frozen=True)
class Offer:
    """One offer for the whole party; everything in it is sold together."""

    id: str
    product: str
    parts: tuple[OfferPart, ...]
    trip: str | None
    inbound_trip: str | None
    claims: tuple[QuotaClaim, ...]

    @property
    def price(self) -> int:
        """What the offer costs in all."""
        return sum(part.price for part in self.parts)

    @property
    def refs(self) -> tuple[str, ...]:
        """The travellers that the offer is for, each once, in the order of its parts."""
        return tuple(dict.fromkeys(ref for part in self.parts for ref in part.shares))


@dataclass(frozen=True)
class Search:
    """One answer to an offer request: what was offered to whom, and until when it is bookable."""

    id: str
    created: datetime
    until: datetime
    travellers: tuple[Traveller, ...]
    offers: tuple[Offer, ...]


@dataclass
class Passenger:
    """A traveller in a booking: the retailer's specification as it stands now, under our id."""

    id: str
    details: Json

    @property
    def ref(self) -> str:
        """The retailer's own reference."""
        return str(self.details["externalRef"])

    @property
    def name(self) -> str:
        """First and last name; empty for a dog or a bicycle."""
        detail = self.details.get("detail") or {}
        names = (detail.get("firstName"), detail.get("lastName"))
        return " ".join(str(name) for name in names if name)

    @property
    def kind(self) -> str:
        """What it is, as OSDM calls it."""
        return str(self.details["type"])


@dataclass
class Part:
    """A booked part. `shares` are by passenger id; a refunded one keeps its price."""

    id: str
    product: str
    shares: dict[str, int]
    collective: bool
    valid_from: datetime
    valid_until: datetime
    trip: str | None
    inbound_trip: str | None
    created: datetime
    status: str = PREBOOKED
    refunded: int | None = None

    @property
    def price(self) -> int:
        """The whole part's price."""
        return sum(self.shares.values())


@dataclass
class BookedOffer:
    """An offer as booked; `selection` is the retailer's reference for it."""

    id: str
    selection: str | None
    product: str
    trip: str | None
    inbound_trip: str | None
    parts: list[Part]


@dataclass
class Fulfillment:
    """A proof of travel rights: which parts for which passengers (both by id)."""

    id: str
    control_number: str
    created: datetime
    parts: list[str]
    passengers: list[str]
    status: str
    key: str


@dataclass
class RefundLine:
    """What a refund does with one passenger's share of one part."""

    part: str
    passenger: str
    refund: int
    fee: int


@dataclass
class RefundOffer:
    """A proposed or confirmed refund."""

    id: str
    created: datetime
    until: datetime
    fulfillments: list[str]
    lines: list[RefundLine]
    overrule: str | None
    status: str = PROPOSED
    confirmed: datetime | None = None
    issued: list[str] = field(default_factory=list)

    @property
    def refund(self) -> int:
        """What the purchaser gets back."""
        return sum(line.refund for line in self.lines)

    @property
    def fee(self) -> int:
        """What is kept."""
        return sum(line.fee for line in self.lines)


@dataclass
class Booking:
    """A booking. Its status is the status of its parts, as the standard has it."""

    id: str
    code: str
    external_ref: str
    created: datetime
    limit: datetime
    passengers: list[Passenger]
    offers: list[BookedOffer]
    purchaser: Json | None = None
    payment_methods: list[Json] = field(default_factory=list)
    fulfillments: list[Fulfillment] = field(default_factory=list)
    refund_offers: list[RefundOffer] = field(default_factory=list)
    confirmed: datetime | None = None
    documents_at: datetime | None = None
    language: str = "de"

    @property
    def parts(self) -> list[Part]:
        """The parts of all booked offers."""
        return [part for offer in self.offers for part in offer.parts]

    @property
    def held(self) -> bool:
        """Whether something in it waits for confirmation."""
        return any(part.status == PREBOOKED for part in self.parts)

    @property
    def provisional_price(self) -> int:
        """The price of what waits for confirmation."""
        return sum(part.price for part in self.parts if part.status == PREBOOKED)

    @property
    def sold_price(self) -> int:
        """What was sold, refunded since or not."""
        return sum(part.price for part in self.parts if part.status in {*SOLD, REFUNDED})

    @property
    def refunds(self) -> list[RefundOffer]:
        """The confirmed refunds."""
        return [offer for offer in self.refund_offers if offer.status == CONFIRMED]

    def part(self, part_id: str) -> Part:
        """The part of that id; KeyError when there is none."""
        return {part.id: part for part in self.parts}[part_id]

    def passenger(self, passenger_id: str) -> Passenger:
        """The passenger of that id; KeyError when there is none."""
        return {each.id: each for each in self.passengers}[passenger_id]
