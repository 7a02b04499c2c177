"""The simulated tariff. Invented: it looks like Swiss prices and is not one.

Calibrated on public samples: Bern-Zürich about CHF 52.00 (full fare, 2nd class), Genève-Aéroport
6.00 for 13 tariff kilometres; 1st class costs 1.75 times 2nd. All amounts are rappen and end on
a multiple of 20.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sandbox.model import BICYCLE, DOG, PERSON, Traveller

FIRST = "FIRST"
SECOND = "SECOND"

HALF_FARE = "1185_HTA"
GA_FIRST = "1185_GA_1"
GA_SECOND = "1185_GA_2"
JUNIOR = "1185_JUNIOR"
CHILD_CARD = "1185_CHILD"
CARDS = {
    HALF_FARE: ("REDUCTION_CARD", "Half-Fare Travelcard"),
    GA_FIRST: ("TRAVEL_PASS", "GA Travelcard 1st class"),
    GA_SECOND: ("TRAVEL_PASS", "GA Travelcard 2nd class"),
    JUNIOR: ("REDUCTION_CARD", "Junior Travelcard"),
    CHILD_CARD: ("REDUCTION_CARD", "Children's Co-travelcard"),
}

LARGEST_QUOTA = 30
STEP = 20
MINIMUM = 300
BICYCLE_CAP = 1500
FIRST_CLASS = Fraction(7, 4)
# Up to so many tariff kilometres, so many rappen for each.
DEGRESSIVE = ((15, 46), (50, 44), (150, 41), (250, 27), (100_000, 20))

CHILD_FROM = 6
YOUTH_FROM = 16
ADULT_FROM = 25
SENIOR_FROM = 65


@dataclass(frozen=True)
class Fare:
    """One traveller's price, the age class it was made for and the cards that made it cheaper."""

    amount: int
    category: str
    cards: tuple[str, ...]


def rounded(amount: Fraction | int) -> int:
    """The next multiple of 20 rappen upwards, at least 3.00; nothing stays nothing."""
    if amount <= 0:
        return 0
    return max(MINIMUM, -(-amount // STEP) * STEP)


def full_fare(kilometres: float, travel_class: str) -> int:
    """The single full fare of a distance in tariff kilometres."""
    left = Fraction(str(round(kilometres, 1)))
    amount, done = Fraction(0), 0
    for limit, rate in DEGRESSIVE:
        stretch = min(left, Fraction(limit - done))
        amount += stretch * rate
        left -= stretch
        done = limit
    return rounded(rounded(amount) * FIRST_CLASS if travel_class == FIRST else amount)


def category(traveller: Traveller, day: date) -> str:
    """The age class (OSDM's actual passenger type) on the day; who tells no age is an adult."""
    if traveller.kind != PERSON:
        return traveller.kind
    age = traveller.age_on(day)
    if age is None:
        return "ADULT"
    if age < CHILD_FROM:
        return "YOUNG_CHILD"
    if age < YOUTH_FROM:
        return "CHILD"
    if age < ADULT_FROM:
        return "YOUTH"
    return "ADULT" if age < SENIOR_FROM else "SENIOR"


def accompanied(party: tuple[Traveller, ...], day: date) -> bool:
    """Whether someone of 16 or more travels along, as the children's cards ask for."""
    return any(category(each, day) in {"YOUTH", "ADULT", "SENIOR"} for each in party)


def regular(
    traveller: Traveller,
    kilometres: float,
    travel_class: str,
    party: tuple[Traveller, ...],
    day: date,
) -> Fare:
    """The regular single fare of one of the party on `day`."""
    kind = category(traveller, day)
    second = full_fare(kilometres, SECOND)
    if kind == DOG:
        return Fare(rounded(Fraction(second, 2)), kind, ())
    if kind == BICYCLE:
        return Fare(min(BICYCLE_CAP, rounded(Fraction(second, 2))), kind, ())
    if kind == "YOUNG_CHILD":
        return Fare(0, kind, ())
    full = full_fare(kilometres, travel_class)
    amount, card = _with_cards(traveller, full, second, travel_class)
    if kind == "CHILD":
        amount, card = _child(traveller, full, (amount, card), with_adult=accompanied(party, day))
    return Fare(amount, kind, (card,) if card else ())


def _with_cards(
    traveller: Traveller, full: int, second: int, travel_class: str
) -> tuple[int, str | None]:
    if GA_FIRST in traveller.cards:
        return 0, GA_FIRST
    if GA_SECOND in traveller.cards:
        # In 1st class a 2nd class pass pays the difference between the classes.
        return (full - second if travel_class == FIRST else 0), GA_SECOND
    if HALF_FARE in traveller.cards:
        return rounded(Fraction(full, 2)), HALF_FARE
    return full, None


def _child(
    traveller: Traveller, full: int, otherwise: tuple[int, str | None], *, with_adult: bool
) -> tuple[int, str | None]:
    held = [card for card in (JUNIOR, CHILD_CARD) if card in traveller.cards]
    if held and with_adult:
        return 0, held[0]
    half = rounded(Fraction(full, 2))
    return otherwise if otherwise[0] < half else (half, None)


def supersaver(fare: Fare, discount: int) -> Fare:
    """The fare less `discount` per cent; dogs and bicycles pay the regular one."""
    if fare.category in {DOG, BICYCLE}:
        return fare
    reduced = rounded(Fraction(fare.amount * (100 - discount), 100))
    return Fare(min(fare.amount, reduced), fare.category, fare.cards)


def demand_discount(left: int, days_ahead: int) -> int:
    """The per cent off a supersaver: 20 to 70, more with many places left and early booking."""
    places = Fraction(min(left, LARGEST_QUOTA), LARGEST_QUOTA) * Fraction(3, 5)
    days = Fraction(min(max(days_ahead, 0), 30), 30) * Fraction(2, 5)
    return 20 + int(50 * (places + days))
