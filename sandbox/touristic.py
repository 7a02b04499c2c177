"""Offers without a trip: Swiss Travel Pass, Saver Day Pass, and excursions at one price."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from sandbox import products, tariff
from sandbox.clock import ZURICH
from sandbox.model import PERSON, Offer, OfferPart, Traveller, new_id
from sandbox.problems import Warnings
from sandbox.tariff import FIRST, GA_FIRST, GA_SECOND, HALF_FARE, SECOND

RESIDENTS = frozenset({"CH", "LI"})
YOUTH_REDUCTION = Fraction(7, 10)
# The saver day pass gets dearer towards the day: from so many days ahead, so much on top.
DAY_PASS_STEPS = ((20, 0), (10, 1000), (5, 2000), (1, 3600))
ENDS = time(5)

Share = Callable[[Traveller], int]


def offers(
    party: tuple[Traveller, ...],
    first_day: date,
    today: date,
    stations: frozenset[int],
    warnings: Warnings,
) -> Iterator[Offer]:
    """Everything sold for `first_day`; excursions only those at the `stations`, when any are given.

    Dogs and bicycles are not covered, residents of Switzerland and Liechtenstein get no Swiss
    Travel Pass, and a saver day pass is not sold on its own day; each is warned about.
    """
    persons = tuple(each for each in party if each.kind == PERSON)
    if len(persons) < len(party):
        warnings.add("VALUE_NOT_SUPPORTED", "passes and excursions do not cover dogs and bicycles")
    if not persons:
        return
    yield from _travel_passes(persons, first_day, warnings)
    yield from _day_passes(persons, first_day, today, warnings)
    yield from _excursions(persons, first_day, stations)


def _travel_passes(
    persons: tuple[Traveller, ...], first_day: date, warnings: Warnings
) -> Iterator[Offer]:
    if any(each.residency in RESIDENTS for each in persons):
        warnings.add("VALUE_NOT_SUPPORTED", "Swiss Travel Pass: not for residents of CH and LI")
        return
    for days, prices in products.TRAVEL_PASS_PRICES.items():
        for travel_class, price in zip((SECOND, FIRST), prices, strict=True):
            shares = {
                each.ref: _travel_pass_share(each, price, persons, first_day) for each in persons
            }
            yield _offer(f"{products.TRAVEL_PASS}-{days}:{travel_class}", shares, first_day, days)


def _travel_pass_share(
    traveller: Traveller, price: int, party: tuple[Traveller, ...], day: date
) -> int:
    kind = tariff.category(traveller, day)
    if kind == "YOUTH":
        return tariff.rounded(price * YOUTH_REDUCTION)
    if kind in {"YOUNG_CHILD", "CHILD"}:
        # A child travels free with an adult (Swiss Family Card), half fare alone.
        free = kind == "YOUNG_CHILD" or tariff.accompanied(party, day)
        return 0 if free else tariff.rounded(Fraction(price, 2))
    return price


def _day_passes(
    persons: tuple[Traveller, ...], day: date, today: date, warnings: Warnings
) -> Iterator[Offer]:
    ahead = (day - today).days
    surcharge = next((extra for days, extra in DAY_PASS_STEPS if ahead >= days), None)
    if surcharge is None:
        warnings.add("BOOKING_ALREADY_CLOSED", "a saver day pass is not sold on its own day")
        return
    for travel_class in (SECOND, FIRST):
        shares = {each.ref: _day_pass_share(each, travel_class, surcharge, day) for each in persons}
        yield _offer(f"{products.DAY_PASS}:{travel_class}", shares, day, 1)


def _day_pass_share(traveller: Traveller, travel_class: str, surcharge: int, day: date) -> int:
    kind = tariff.category(traveller, day)
    if kind == "YOUNG_CHILD":
        return 0
    reduced = HALF_FARE in traveller.cards or kind == "CHILD"
    prices = products.DAY_PASS_HALF_FARE_FROM if reduced else products.DAY_PASS_FROM
    return prices[travel_class] + surcharge


def _excursions(
    persons: tuple[Traveller, ...], day: date, stations: frozenset[int]
) -> Iterator[Offer]:
    for excursion in products.EXCURSIONS:
        if stations and not stations & set(excursion.stations):
            continue
        shares = {
            each.ref: _excursion_share(each, excursion.amount, persons, day) for each in persons
        }
        yield _offer(f"{excursion.code}:{SECOND}", shares, day, 1, collective=True)


def _excursion_share(
    traveller: Traveller, price: int, party: tuple[Traveller, ...], day: date
) -> int:
    kind = tariff.category(traveller, day)
    if kind == "YOUNG_CHILD":
        return 0
    half = tariff.rounded(Fraction(price, 2))
    if kind == "CHILD":
        card = {tariff.JUNIOR, tariff.CHILD_CARD} & set(traveller.cards)
        return 0 if card and tariff.accompanied(party, day) else half
    return half if {HALF_FARE, GA_FIRST, GA_SECOND} & set(traveller.cards) else price


def _offer(
    product: str, shares: dict[str, int], first_day: date, days: int, *, collective: bool = False
) -> Offer:
    start = datetime.combine(first_day, time(0), tzinfo=ZURICH)
    end = datetime.combine(first_day + timedelta(days=days), ENDS, tzinfo=ZURICH)
    groups = [shares] if collective else [{ref: amount} for ref, amount in shares.items()]
    parts = tuple(
        OfferPart(
            id=new_id("part"),
            product=product,
            shares=group,
            collective=collective,
            valid_from=start,
            valid_until=end,
            trip=None,
            inbound_trip=None,
            availability=None,
        )
        for group in groups
    )
    return Offer("", product, parts, None, None, ())
