"""The simulated tariff: what a ticket costs, by distance, class, age and card."""

from datetime import date

import pytest

from sandbox.model import BICYCLE, DOG, PERSON, Traveller
from sandbox.tariff import (
    CHILD_CARD,
    FIRST,
    GA_FIRST,
    GA_SECOND,
    HALF_FARE,
    JUNIOR,
    SECOND,
    Fare,
    category,
    demand_discount,
    full_fare,
    regular,
    rounded,
    supersaver,
)

DAY = date(2027, 3, 2)


def traveller(
    ref: str = "P", born: str | None = "1990-01-01", kind: str = PERSON, *cards: str
) -> Traveller:
    """A traveller with these cards."""
    birth = None if born is None else date.fromisoformat(born)
    return Traveller(ref, kind, birth, None, tuple(cards), None)


@pytest.mark.parametrize(
    ("kilometres", "travel_class", "expected"),
    [
        (1, SECOND, 300),
        (13, SECOND, 600),
        (120, SECOND, 5100),
        (122, SECOND, 5200),
        (122, FIRST, 9100),
        (280, SECOND, 9640),
        (0.1, FIRST, 540),
    ],
)
def test_the_full_fare_grows_less_with_every_kilometre(
    kilometres: float, travel_class: str, expected: int
) -> None:
    assert full_fare(kilometres, travel_class) == expected


def test_a_longer_way_never_costs_less() -> None:
    fares = [full_fare(kilometres, SECOND) for kilometres in range(1, 600)]
    assert fares == sorted(fares)
    assert all(fare % 20 == 0 for fare in fares)


@pytest.mark.parametrize(
    ("amount", "expected"), [(0, 0), (1, 300), (300, 300), (301, 320), (320, 320), (-5, 0)]
)
def test_prices_end_on_twenty_rappen_and_nothing_stays_nothing(amount: int, expected: int) -> None:
    assert rounded(amount) == expected


@pytest.mark.parametrize(
    ("cards", "second", "first"),
    [
        ((), 5200, 9100),
        ((HALF_FARE,), 2600, 4560),
        ((GA_SECOND,), 0, 9100 - 5200),
        ((GA_FIRST,), 0, 0),
        ((HALF_FARE, GA_SECOND), 0, 9100 - 5200),
        ((JUNIOR,), 5200, 9100),
    ],
)
def test_an_adult_pays_by_card(cards: tuple[str, ...], second: int, first: int) -> None:
    adult = traveller("P", "1990-01-01", PERSON, *cards)
    assert regular(adult, 122, SECOND, (adult,), DAY).amount == second
    assert regular(adult, 122, FIRST, (adult,), DAY).amount == first


@pytest.mark.parametrize("card", [JUNIOR, CHILD_CARD])
def test_a_child_with_a_card_is_free_with_an_adult_and_pays_half_alone(card: str) -> None:
    child = traveller("C", "2017-06-01", PERSON, card)
    adult = traveller()
    assert regular(child, 122, SECOND, (child, adult), DAY) == Fare(0, "CHILD", (card,))
    assert regular(child, 122, SECOND, (child,), DAY) == Fare(2600, "CHILD", ())


def test_a_child_without_a_card_pays_half_and_half_fare_gives_nothing_more() -> None:
    child = traveller("C", "2017-06-01")
    assert regular(child, 122, SECOND, (child, traveller()), DAY).amount == 2600
    both = traveller("C", "2017-06-01", PERSON, HALF_FARE)
    assert regular(both, 122, SECOND, (both,), DAY).amount == 2600


def test_who_is_not_yet_six_travels_free() -> None:
    small = traveller("C", "2021-03-03")
    assert regular(small, 122, FIRST, (small,), DAY) == Fare(0, "YOUNG_CHILD", ())


def test_dogs_and_bicycles_pay_half_second_class_and_bicycles_not_more_than_fifteen() -> None:
    dog, bicycle = traveller("D", None, DOG), traveller("B", None, BICYCLE)
    assert regular(dog, 122, FIRST, (dog,), DAY).amount == 2600
    assert regular(bicycle, 122, FIRST, (bicycle,), DAY).amount == 1500
    assert regular(bicycle, 13, SECOND, (bicycle,), DAY).amount == 300


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        ("2021-03-03", "YOUNG_CHILD"),
        ("2021-03-02", "CHILD"),
        ("2011-03-03", "CHILD"),
        ("2011-03-02", "YOUTH"),
        ("2002-03-02", "ADULT"),
        ("1962-03-02", "SENIOR"),
        ("1962-03-03", "ADULT"),
        (None, "ADULT"),
    ],
)
def test_the_age_counts_on_the_day_of_travel(born: str | None, expected: str) -> None:
    assert category(traveller("P", born), DAY) == expected


def test_an_age_does_where_there_is_no_birth_date() -> None:
    assert category(Traveller("P", PERSON, None, 15, (), None), DAY) == "CHILD"


@pytest.mark.parametrize(
    ("left", "days", "discount"), [(30, 30, 70), (30, 0, 50), (1, 0, 21), (15, 15, 45), (3, 60, 43)]
)
def test_a_supersaver_is_cheaper_early_and_with_many_places_left(
    left: int, days: int, discount: int
) -> None:
    assert demand_discount(left, days) == discount


def test_a_discount_is_for_people_only_and_never_dearer() -> None:
    assert supersaver(Fare(5200, "ADULT", ()), 45).amount == 2860
    assert supersaver(Fare(300, "ADULT", ()), 45).amount == 300
    assert supersaver(Fare(2600, "DOG", ()), 45).amount == 2600
