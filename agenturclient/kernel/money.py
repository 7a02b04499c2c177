"""Money: an amount in minor units and its currency, never a float."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# ISO 4217 minor units of the currencies that are not counted in hundredths.
_EXPONENTS = {"BHD": 3, "ISK": 0, "JPY": 0, "KRW": 0, "KWD": 3, "OMR": 3, "TND": 3}
_BASIS_POINTS = 10_000


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies were added or compared."""


def exponent(currency: str) -> int:
    """Number of decimal digits that ISO 4217 gives the currency (2 unless listed otherwise)."""
    return _EXPONENTS.get(currency, 2)


@dataclass(frozen=True, order=False)
class Money:
    """An amount in minor units (Rappen, cents) of one ISO 4217 currency."""

    amount: int
    currency: str

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing, in a currency."""
        return cls(0, currency)

    @classmethod
    def from_scaled(cls, amount: int, scale: int, currency: str) -> Money:
        """Minor units from an integer with any number of decimals.

        Raises ValueError when the amount does not fit into minor units: it is not rounded.
        """
        shift = exponent(currency) - scale
        if shift >= 0:
            return cls(amount * 10**shift, currency)
        quotient, remainder = divmod(amount, 10**-shift)
        if remainder:
            raise ValueError(f"{amount} at scale {scale} does not fit the minor unit of {currency}")
        return cls(quotient, currency)

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def share(self, basis_points: int) -> Money:
        """A share in hundredths of a per cent, rounded half up to the minor unit."""
        product = self.amount * basis_points
        sign = -1 if product < 0 else 1
        return Money(sign * ((abs(product) + _BASIS_POINTS // 2) // _BASIS_POINTS), self.currency)

    def split(self, count: int) -> tuple[Money, ...]:
        """Even shares that add up to the whole; odd minor units go to the first ones."""
        quotient, remainder = divmod(abs(self.amount), count)
        sign = -1 if self.amount < 0 else 1
        return tuple(
            Money(sign * (quotient + (1 if index < remainder else 0)), self.currency)
            for index in range(count)
        )

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Sum of amounts of one currency; zero when there are none."""
    result = Money.zero(currency)
    for amount in amounts:
        result += amount
    return result
