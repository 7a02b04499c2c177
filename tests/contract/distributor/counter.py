"""What an agent does at the counter, in a line each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import TYPE_CHECKING
from uuid import uuid4
from zoneinfo import ZoneInfo

from agenturclient.sales.ports import (
    Booking,
    HoldRequest,
    Offer,
    OfferKind,
    Offers,
    Passenger,
    RefundQuote,
    RefundReason,
    RefundRequest,
    TravelClass,
    TravellerKind,
    TravellerSpec,
    TripQuery,
)

if TYPE_CHECKING:
    from uuid import UUID

    from agenturclient.sales.ports import Distributor
    from tests.contract.distributor.subjects import Subject

SWITZERLAND = ZoneInfo("Europe/Zurich")
BERN, ZURICH = "urn:uic:stn:8507000", "urn:uic:stn:8503000"
ANNA = TravellerSpec("anna", birth_date=date(1980, 5, 17))
BEAT = TravellerSpec("beat", birth_date=date(1985, 2, 28))
REX = TravellerSpec("rex", kind=TravellerKind.DOG)
_days = count(2)


def named(spec: TravellerSpec) -> Passenger:
    """A traveller with all that a booking wants."""
    if spec.kind is not TravellerKind.PERSON:
        return Passenger(spec)
    return Passenger(spec, spec.ref.title(), "Muster", "kunde@example.org", "+41790000001")


@dataclass
class Counter:
    """Sells tickets from Bern to Zürich; each counter on a day of its own, so that what one test
    sells is not missing in another.
    """

    subject: Subject
    day: date = field(init=False)

    def __post_init__(self) -> None:
        self.day = self.subject.now().date() + timedelta(days=2 + next(_days) % 50)

    @property
    def distributor(self) -> Distributor:
        """What the counter is connected to."""
        return self.subject.distributor

    def at(self, hour: int, minute: int = 0) -> datetime:
        """A time of day on the day of travel."""
        return datetime.combine(self.day, time(hour, minute), tzinfo=SWITZERLAND)

    def query(self, *travellers: TravellerSpec, **more: object) -> TripQuery:
        """A search from Bern to Zürich at nine."""
        asked = {"when": self.at(9), "origin": BERN, "destination": ZURICH, **more}
        return TripQuery(travellers=travellers or (ANNA,), **asked)  # type: ignore[arg-type]  # the names are checked by the dataclass when it is made

    def search(self, *travellers: TravellerSpec, **more: object) -> Offers:
        """What is offered."""
        return self.distributor.find_offers(self.query(*travellers, **more))

    def offer(
        self, *travellers: TravellerSpec, kind: OfferKind = OfferKind.REGULAR, **more: object
    ) -> Offer:
        """The first offer of a kind in second class."""
        found = self.search(*travellers, **more)
        return pick(found, kind)

    def request(self, offer: Offer, *travellers: TravellerSpec) -> HoldRequest:
        """A hold under a reference of its own."""
        passengers = tuple(named(each) for each in travellers or (ANNA,))
        return HoldRequest(offer, passengers, f"T-{uuid4().hex[:16]}", "Alpenreisen")

    def hold(self, *travellers: TravellerSpec, kind: OfferKind = OfferKind.REGULAR) -> Booking:
        """Held for these travellers."""
        return self.hold_offer(self.offer(*travellers, kind=kind), *travellers)

    def hold_offer(self, offer: Offer, *travellers: TravellerSpec) -> Booking:
        """An offer, held."""
        return self.distributor.hold(self.request(offer, *travellers), key=uuid4())

    def issue(self, booking: Booking, *, key: UUID | None = None) -> Booking:
        """Confirmed."""
        return self.distributor.issue(booking.id, key=key or uuid4(), language="de")

    def sell(self, *travellers: TravellerSpec, kind: OfferKind = OfferKind.REGULAR) -> Booking:
        """Held and confirmed, all its documents there."""
        booking = self.issue(self.hold(*travellers, kind=kind))
        self.subject.advance(timedelta(seconds=5))
        return self.distributor.read_booking(booking.id)

    def quote(
        self, booking: Booking, *parts: str, reason: RefundReason | None = None
    ) -> RefundQuote:
        """What giving back would bring: everything, or some parts."""
        fulfillments = tuple(
            each.id
            for each in booking.fulfillments
            if each.valid and (not parts or set(parts) & set(each.parts))
        )
        asked = RefundRequest(booking.id, fulfillments, parts, reason)
        return self.distributor.quote_refund(asked, key=uuid4())

    def accept(self, booking: Booking, quote: RefundQuote) -> RefundQuote:
        """Refunded."""
        return self.distributor.accept_refund(booking.id, quote.id, key=uuid4())


def pick(found: Offers, kind: OfferKind) -> Offer:
    """The first offer of a kind in second class."""
    return next(
        each
        for each in found.offers
        if each.kind is kind and each.travel_class is TravelClass.SECOND
    )
