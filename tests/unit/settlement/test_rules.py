"""The books' rules: every posting balances, and a full refund leaves only the operator's fee."""

from __future__ import annotations

import pytest

from agenturclient.kernel.money import Money
from agenturclient.settlement.rules import (
    Account,
    TermsOfSale,
    is_balanced,
    refund_entries,
    sale_entries,
)

TERMS = TermsOfSale("t1", {"regular": 500, "supersaver": 300}, Money(50, "CHF"))


def chf(amount: int) -> Money:
    return Money(amount, "CHF")


def test_a_sale_owes_the_carrier_the_price_and_the_agency_its_commission() -> None:
    assert dict(sale_entries(chf(5200), "regular", TERMS)) == {
        Account.CARRIER: chf(-5200),
        Account.COMMISSION: chf(260),
        Account.OPERATOR_FEE: chf(-50),
        Account.AGENCY: chf(4990),
    }


def test_a_full_refund_reverses_the_commission_and_keeps_the_fee() -> None:
    assert dict(refund_entries(chf(5200), chf(5200), "regular", TERMS)) == {
        Account.CARRIER: chf(5200),
        Account.COMMISSION: chf(-260),
        Account.AGENCY: chf(-4940),
    }


def test_what_the_carrier_keeps_stays_commissioned() -> None:
    entries = dict(refund_entries(chf(5200), chf(4200), "regular", TERMS))
    assert entries[Account.COMMISSION] == chf(-210)
    assert entries[Account.CARRIER] == chf(4200)


@pytest.mark.parametrize("price", [0, 1, 99, 1010, 5205, 123456])
@pytest.mark.parametrize("kept", [0, 1, 7])
@pytest.mark.parametrize("kind", ["regular", "supersaver", "unknown"])
def test_every_posting_balances(price: int, kept: int, kind: str) -> None:
    assert is_balanced(sale_entries(chf(price), kind, TERMS))
    assert is_balanced(refund_entries(chf(price), chf(max(0, price - kept)), kind, TERMS))


def test_entries_of_two_currencies_do_not_balance() -> None:
    assert not is_balanced(((Account.AGENCY, chf(1)), (Account.CARRIER, Money(-1, "EUR"))))
