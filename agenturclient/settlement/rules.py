"""Pure rules of the books: which entries a sold and a refunded ticket make.

Accounts are seen from the operator of Agenturclient: a positive amount is a claim on the account's
holder, a negative one a debt to it. A posting balances: its entries add up to zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from agenturclient.kernel.money import Money, total

if TYPE_CHECKING:
    from collections.abc import Mapping


class Account(StrEnum):
    """Whose account an entry is on.

    AGENCY owes for what it sold; CARRIER is owed the fares; COMMISSION is what the carrier grants
    the agency; OPERATOR_FEE is the operator's income per ticket.
    """

    AGENCY = "agency"
    CARRIER = "carrier"
    COMMISSION = "commission"
    OPERATOR_FEE = "operator-fee"


class PostingKind(StrEnum):
    """Why entries were posted."""

    SALE = "sale"
    REFUND = "refund"


@dataclass(frozen=True)
class TermsOfSale:
    """Version of the terms that hold for an agency at a moment.

    `commission` maps a product kind to basis points of the carrier's price (1 = 0.01 %); `fee` is
    per ticket and is not given back with a refund.
    """

    version: str
    commission: Mapping[str, int]
    fee: Money


Entries = tuple[tuple[Account, Money], ...]


def commission_of(price: Money, kind: str, terms: TermsOfSale) -> Money:
    """Commission on a ticket: a share of the carrier's price, half up to the minor unit."""
    return price.share(terms.commission.get(kind, 0))


def sale_entries(price: Money, kind: str, terms: TermsOfSale) -> Entries:
    """A sold ticket: the agency owes the price and the fee less its commission."""
    commission = commission_of(price, kind, terms)
    return (
        (Account.CARRIER, -price),
        (Account.COMMISSION, commission),
        (Account.OPERATOR_FEE, -terms.fee),
        (Account.AGENCY, price - commission + terms.fee),
    )


def refund_entries(price: Money, amount: Money, kind: str, terms: TermsOfSale) -> Entries:
    """A refunded ticket: the amount goes back, and the commission on it; what the carrier keeps
    stays commissioned.

    `price` is what the ticket was sold for, `amount` what is paid back for it.
    """
    kept = commission_of(price - amount, kind, terms)
    reversed_commission = commission_of(price, kind, terms) - kept
    return (
        (Account.CARRIER, amount),
        (Account.COMMISSION, -reversed_commission),
        (Account.AGENCY, reversed_commission - amount),
    )


def is_balanced(entries: Entries) -> bool:
    """Whether the entries are of one currency and add up to zero."""
    currencies = {amount.currency for _, amount in entries}
    if len(currencies) != 1:
        return False
    return total((amount for _, amount in entries), currencies.pop()).amount == 0
