"""Offers for connections: regular and supersaver tickets, single and return, in both classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sandbox import products, tariff
from sandbox.clock import ZURICH
from sandbox.model import PERSON, Offer, OfferPart, QuotaClaim, Traveller, new_id
from sandbox.network.journeys import Journey
from sandbox.quotas import capacity, quota_name

# Trains that give away places cheaply; a suburban train is never bound to.
QUOTA_CATEGORIES = frozenset({"IC", "IR", "RE", "PE"})
DAY_ENDS = time(5)
SUPERSAVER_DAYS = 60
SHOW_AVAILABILITY_BELOW = 10


@dataclass(frozen=True)
class Route:
    """A connection out, and back for a return ticket."""

    outbound: Journey
    inbound: Journey | None

    @property
    def journeys(self) -> tuple[Journey, ...]:
        """One or both."""
        return (self.outbound,) if self.inbound is None else (self.outbound, self.inbound)

    @property
    def key(self) -> tuple[str, str | None]:
        """The trip ids."""
        return self.outbound.key, self.inbound.key if self.inbound else None


def quotas_of(journey: Journey, travel_class: str) -> list[str]:
    """The quotas that a supersaver on this connection draws from, one for each train."""
    return [
        quota_name(ride.number, journey.departure.date(), travel_class)
        for ride in journey.rides
        if ride.category in QUOTA_CATEGORIES
    ]


def regular(route: Route, party: tuple[Traveller, ...], travel_class: str) -> Offer:
    """The regular ticket: any train of the day on this way."""
    fares = [_regular_fares(journey, party, travel_class) for journey in route.journeys]
    first = route.outbound.departure
    last = route.journeys[-1]
    morning_after = datetime.combine(
        last.departure.date() + timedelta(days=1), DAY_ENDS, tzinfo=ZURICH
    )
    validity = (
        datetime.combine(first.date(), time(0), tzinfo=ZURICH),
        max(morning_after, last.arrival),
    )
    product = products.point_to_point(
        products.REGULAR, travel_class, is_return=route.inbound is not None
    )
    return _offer(route, product.id, _together(fares), validity, ())


def supersaver(
    route: Route,
    party: tuple[Traveller, ...],
    travel_class: str,
    left: dict[str, int],
    now: datetime,
) -> Offer | None:
    """The supersaver for exactly these trains, or None when a quota is short of the places needed.

    `left` are the places left of every quota on the route.
    """
    seats = sum(
        each.kind == PERSON
        and tariff.category(each, route.outbound.departure.date()) != "YOUNG_CHILD"
        for each in party
    )
    fares: list[dict[str, tariff.Fare]] = []
    claims: list[QuotaClaim] = []
    for journey in route.journeys:
        quotas = quotas_of(journey, travel_class)
        if not quotas or any(left[quota] < seats for quota in quotas):
            return None
        discount = min(_discount(left[quota], journey, now) for quota in quotas)
        regular_fares = _regular_fares(journey, party, travel_class)
        fares.append(
            {ref: tariff.supersaver(fare, discount) for ref, fare in regular_fares.items()}
        )
        claims += [QuotaClaim(quota, capacity(quota), seats) for quota in quotas]
    product = products.point_to_point(
        products.SUPERSAVER, travel_class, is_return=route.inbound is not None
    )
    validity = (route.outbound.departure, route.journeys[-1].arrival)
    fewest = min(left[claim.quota] for claim in claims)
    return _offer(route, product.id, _together(fares), validity, tuple(claims), fewest)


def _discount(left: int, journey: Journey, now: datetime) -> int:
    days = (journey.departure.date() - now.date()).days
    return tariff.demand_discount(left, days)


def _regular_fares(
    journey: Journey, party: tuple[Traveller, ...], travel_class: str
) -> dict[str, tariff.Fare]:
    day = journey.departure.date()
    return {
        each.ref: tariff.regular(each, journey.kilometres, travel_class, party, day)
        for each in party
    }


def _together(fares: Sequence[dict[str, tariff.Fare]]) -> dict[str, int]:
    return {ref: sum(each[ref].amount for each in fares) for ref in fares[0]}


def _offer(
    route: Route,
    product: str,
    shares: dict[str, int],
    validity: tuple[datetime, datetime],
    claims: tuple[QuotaClaim, ...],
    left: int | None = None,
) -> Offer:
    outbound, inbound = route.key
    parts = tuple(
        OfferPart(
            id=new_id("part"),
            product=product,
            shares={ref: amount},
            collective=False,
            valid_from=validity[0],
            valid_until=validity[1],
            trip=outbound,
            inbound_trip=inbound,
            availability=left if left is not None and left < SHOW_AVAILABILITY_BELOW else None,
        )
        for ref, amount in shares.items()
    )
    return Offer("", product, parts, outbound, inbound, claims)
