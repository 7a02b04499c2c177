"""Money: minor units that are never rounded on the way in and always add up on the way out."""

from __future__ import annotations

import pytest

from agenturclient.kernel.money import CurrencyMismatch, Money, total


@pytest.mark.parametrize(
    ("amount", "scale", "currency", "minor"),
    [
        (2600, 2, "CHF", 2600),
        (26, 0, "CHF", 2600),
        (26000, 3, "CHF", 2600),
        (500, 0, "JPY", 500),
        (50000, 2, "JPY", 500),
        (1234, 3, "KWD", 1234),
    ],
)
def test_an_amount_at_any_scale_becomes_minor_units(
    amount: int, scale: int, currency: str, minor: int
) -> None:
    assert Money.from_scaled(amount, scale, currency) == Money(minor, currency)


def test_an_amount_that_does_not_fit_is_not_rounded() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        Money.from_scaled(26001, 3, "CHF")


@pytest.mark.parametrize(
    ("amount", "rate", "share"),
    [(5200, 500, 260), (1010, 500, 51), (1009, 500, 50), (-1010, 500, -51), (0, 500, 0)],
)
def test_a_share_is_rounded_half_up(amount: int, rate: int, share: int) -> None:
    assert Money(amount, "CHF").share(rate) == Money(share, "CHF")


def test_odd_minor_units_go_to_the_first_shares() -> None:
    assert [share.amount for share in Money(1000, "CHF").split(3)] == [334, 333, 333]
    assert [share.amount for share in Money(-1000, "CHF").split(3)] == [-334, -333, -333]


def test_amounts_of_different_currencies_do_not_add() -> None:
    with pytest.raises(CurrencyMismatch):
        _ = Money(1, "CHF") + Money(1, "EUR")


def test_nothing_adds_up_to_zero() -> None:
    assert total([], "CHF") == Money(0, "CHF")
