"""Pure rules of selling and refunding: no clock, no table, no network."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from agenturclient.kernel.money import Money, total
from agenturclient.sales.errors import (
    DateInThePast,
    InvalidTravellers,
    SamePlace,
    TicketsTogether,
    TooManyTravellers,
    TravellerIncomplete,
)
from agenturclient.sales.ports import Passenger, Refusals, Refused, TravellerKind, TravellerSpec

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date, datetime

    from agenturclient.sales.ports import Booking, RefundQuote, TripQuery

MOST_PERSONS = 9
OLDEST_AGE = 120
# A connection that has just left is still what the customer at the counter asks about.
GRACE_FOR_NOW = timedelta(hours=1)
# Searches are answered for this long; offers end earlier by themselves.
SEARCH_LASTS = timedelta(minutes=30)
# No sale of an order is started later than this after the click (the customer has left).
SELL_WINDOW = timedelta(minutes=2)
# A hold that ends within this time is not worth a confirmation.
HOLD_MARGIN = timedelta(seconds=5)
# How long a lost quote may block another where the distributor does not tell it (SBB: 20 minutes).
QUOTE_BLOCKS_FOR = timedelta(minutes=20)


def check_travellers(travellers: Sequence[TravellerSpec]) -> None:
    """A party of 1 to 9 persons with ages, and what they bring along.

    Raises InvalidTravellers or TooManyTravellers.
    """
    persons = [spec for spec in travellers if spec.kind is TravellerKind.PERSON]
    if len(persons) > MOST_PERSONS or len(travellers) > 2 * MOST_PERSONS:
        raise TooManyTravellers(most=MOST_PERSONS)
    refs = {spec.ref for spec in travellers}
    dated = all((spec.age is None) != (spec.birth_date is None) for spec in persons)
    aged = all(spec.age is None or 0 <= spec.age <= OLDEST_AGE for spec in persons)
    if not travellers or len(refs) != len(travellers) or not dated or not aged:
        raise InvalidTravellers


def check_trip_query(query: TripQuery, *, now: datetime) -> None:
    """Raises SamePlace, DateInThePast, InvalidTravellers or TooManyTravellers."""
    check_travellers(query.travellers)
    if query.origin == query.destination:
        raise SamePlace
    if query.when < now - GRACE_FOR_NOW:
        raise DateInThePast
    if query.return_when is not None and query.return_when < query.when:
        raise DateInThePast


def check_day(day: date, *, today: date) -> None:
    """Raises DateInThePast."""
    if day < today:
        raise DateInThePast


def check_passengers(passengers: Mapping[str, Passenger], required: Collection[str]) -> None:
    """All that a booking needs of each person, by the order's reference of each.

    Raises TravellerIncomplete for the first gap.
    """
    for ref, passenger in passengers.items():
        missing = _missing_detail(passenger, required)
        if missing:
            raise TravellerIncomplete(traveller=ref, field=missing)


def _missing_detail(passenger: Passenger, required: Collection[str]) -> str | None:
    if passenger.spec.kind is not TravellerKind.PERSON:
        return None
    details = {
        "first_name": passenger.first_name,
        "last_name": passenger.last_name,
        "birth_date": passenger.spec.birth_date,
    }
    wanted = {"email": passenger.email, "phone": passenger.phone}
    details.update({name: value for name, value in wanted.items() if name in required})
    return next((name for name, value in details.items() if not value), None)


@dataclass(frozen=True)
class TicketPlan:
    """A ticket to be made from a booking: whose it is, its price and the parts that are (also) for
    it.
    """

    traveller: str
    price: Money
    parts: tuple[str, ...]


def plan_tickets(booking: Booking) -> tuple[TicketPlan, ...]:
    """One ticket per traveller; a price for several is split evenly, odd units to the first."""
    prices: dict[str, Money] = {}
    parts: dict[str, list[str]] = {}
    for part in booking.parts:
        shares = part.price.split(len(part.travellers))
        for traveller, share in zip(part.travellers, shares, strict=True):
            prices[traveller] = prices.get(traveller, Money.zero(share.currency)) + share
            parts.setdefault(traveller, []).append(part.id)
    return tuple(TicketPlan(ref, prices[ref], tuple(parts[ref])) for ref in prices)


def together(tickets: Mapping[int, Collection[str]]) -> dict[int, tuple[int, ...]]:
    """Which tickets are refunded only together: those that share a part, directly or through
    others.
    """
    groups: list[tuple[set[int], set[str]]] = []
    for ticket, parts in tickets.items():
        members, shared = {ticket}, set(parts)
        rest = []
        for other_members, other_parts in groups:
            if shared & other_parts:
                members |= other_members
                shared |= other_parts
            else:
                rest.append((other_members, other_parts))
        groups = [*rest, (members, shared)]
    return {ticket: tuple(sorted(members)) for members, _ in groups for ticket in members}


def check_together(chosen: Collection[int], groups: Mapping[int, tuple[int, ...]]) -> None:
    """Raises TicketsTogether when a ticket is chosen without those that belong to it."""
    needed = {member for ticket in chosen for member in groups[ticket]}
    if needed != set(chosen):
        raise TicketsTogether(tickets=",".join(str(ticket) for ticket in sorted(needed)))


@dataclass(frozen=True)
class TicketPrice:
    """A ticket as far as a refund needs it."""

    ticket: int
    price: Money
    parts: tuple[str, ...]


def share_refund(
    quote: RefundQuote, tickets: Sequence[TicketPrice]
) -> dict[int, tuple[Money, Money]]:
    """Fee and amount per ticket. They add up to the quote's.

    The distributor's breakdown counts where it covers all tickets; what it gives for several is
    split evenly.
    """
    currency = quote.amount.currency
    zero = Money.zero(currency)
    result = {entry.ticket: (zero, zero) for entry in tickets}
    shares = [
        ([entry for entry in tickets if set(entry.parts) & set(share.parts)], share)
        for share in quote.shares
    ]
    covered = shares and all(members for members, _ in shares)
    whole = total((share.amount for share in quote.shares), currency) == quote.amount
    if covered and whole:
        pieces = [(members, share.fee, share.amount) for members, share in shares]
    else:
        pieces = [(list(tickets), quote.fee, quote.amount)]
    for members, fee, amount in pieces:
        for ticket, (fee_share, amount_share) in _split(members, fee, amount).items():
            old_fee, old_amount = result[ticket]
            result[ticket] = (old_fee + fee_share, old_amount + amount_share)
    return result


def _split(
    members: Sequence[TicketPrice], fee: Money, amount: Money
) -> dict[int, tuple[Money, Money]]:
    prices = total((entry.price for entry in members), amount.currency)
    fees = fee.split(len(members))
    amounts: tuple[Money, ...] = amount.split(len(members))
    by_price = tuple(entry.price - share for entry, share in zip(members, fees, strict=True))
    if prices == fee + amount and all(money.amount >= 0 for money in by_price):
        amounts = by_price
    return {
        entry.ticket: (fee_share, amount_share)
        for entry, fee_share, amount_share in zip(members, fees, amounts, strict=True)
    }


def says_gone(refusal: Refused) -> bool:
    """Whether a refusal to show a booking means that there is none; any other proves nothing."""
    return refusal.code in (Refusals.BOOKING_NOT_FOUND, Refusals.HOLD_LAPSED)


def chosen(bookings: Sequence[Booking]) -> Booking:
    """Of several bookings under one reference (newest first) the one to go on with: what is sold
    before what is only held. Raises StopIteration for none.
    """
    sold = (each for each in bookings if any(part.confirmed for part in each.parts))
    return next(sold, None) or next(iter(bookings))


def sold_there(bookings: Sequence[Booking]) -> int:
    """What is sold in these bookings and not refunded, in minor units."""
    parts = (part for booking in bookings for part in booking.parts)
    return sum(part.price.amount for part in parts if part.confirmed and not part.refunded)


def fold(text: str) -> str:
    """A name as the search compares it: lower case, without accents, single spaces."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(plain.split())
