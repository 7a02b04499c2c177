"""Our books beside the distributor's: to the minor unit, booking by booking."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from sandbox.testing import RunningSandbox

_OPEN_OPERATIONS = "SELECT id, kind, state FROM sales_operation WHERE state <> 'settled'"
_UNSETTLED = """
    SELECT 'sale', reference, state FROM sales_sale
        WHERE state IN ('holding', 'issuing', 'releasing', 'cleaning')
    UNION ALL SELECT 'refund', id, state FROM sales_refund
        WHERE state IN ('quoting', 'accepting', 'dropping')
    UNION ALL SELECT 'order', id, state FROM sales_order WHERE state = 'selling'
"""
_ISSUED = """
    SELECT sale.reference, sale.price_amount, sale.booking_id, COALESCE(SUM(confirmed_amount), 0)
    FROM sales_sale AS sale
    LEFT JOIN sales_refund AS refund ON refund.sale_id = sale.id AND refund.state = 'refunded'
    WHERE sale.state = 'issued' GROUP BY sale.id
"""
_POSTED = """
    SELECT sale.reference, posting.kind, SUM(entry.amount)
    FROM settlement_entry AS entry
    JOIN settlement_posting AS posting ON posting.id = entry.posting_id
    JOIN sales_ticket AS ticket ON ticket.id = posting.ticket
    JOIN sales_sale AS sale ON sale.id = ticket.sale_id
    WHERE entry.account = 'carrier' GROUP BY sale.reference, posting.kind
"""
_UNBALANCED = """
    SELECT posting.subject, SUM(amount) FROM settlement_entry AS entry
    JOIN settlement_posting AS posting ON posting.id = entry.posting_id
    GROUP BY posting.id HAVING SUM(amount) <> 0
"""


class Premises(Protocol):
    """Where both books are: our database and the distributor."""

    distributor: RunningSandbox

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask our database; a question mark stands for each value."""
        ...


@dataclass(frozen=True)
class Money:
    """What one booking came to, in minor units."""

    sold: int
    refunded: int


def differences(premises: Premises, numbers: Iterable[str] | None = None) -> list[str]:
    """What speaks against us, in words; of these orders, or of all. Nothing is the only good."""
    wanted = None if numbers is None else set(numbers)

    def is_wanted(reference: str) -> bool:
        return wanted is None or reference.split("-", maxsplit=1)[0] in wanted

    theirs = {key: row for key, row in sold_there(premises).items() if is_wanted(key)}
    ours = {key: row for key, row in sold_here(premises).items() if is_wanted(key)}
    posted = {key: row for key, row in _posted(premises).items() if is_wanted(key)}
    found = [f"sold twice there: {item}" for item in sold_twice(theirs)]
    for reference in sorted(theirs.keys() | ours.keys() | posted.keys()):
        there = [money for _, money in theirs.get(reference, [])]
        here, books = ours.get(reference), posted.get(reference)
        if there != [here] or books != here:
            found.append(f"{reference}: there {there}, here {here}, posted {books}")
    if wanted is None:
        found += [f"open: {row}" for row in unsettled(premises)]
    return found + [f"does not add up: {row}" for row in premises.rows(_UNBALANCED)]


def unsettled(premises: Premises) -> list[tuple[Any, ...]]:
    """Everything that waits for an answer, here; documents wait in the journal only."""
    return premises.rows(_UNSETTLED) + premises.rows(_OPEN_OPERATIONS)


def sold_there(premises: Premises) -> dict[str, list[tuple[str, Money]]]:
    """Bookings that the distributor has sold, by our reference."""
    found: dict[str, list[tuple[str, Money]]] = defaultdict(list)
    for booking in premises.distributor.books()["bookings"]:
        if booking["confirmed"]:
            money = Money(booking["confirmed"], booking["refunded"])
            found[booking["externalRef"]].append((booking["id"], money))
    return dict(found)


def sold_here(premises: Premises) -> dict[str, Money]:
    """Sales that are issued by our own books, by reference."""
    return {
        reference: Money(price, int(refunded))
        for reference, price, _, refunded in premises.rows(_ISSUED)
    }


def sold_twice(theirs: dict[str, list[tuple[str, Money]]]) -> list[str]:
    """Items (order number and position) for which more than one booking was sold."""
    counts: dict[str, int] = defaultdict(int)
    for reference, bookings in theirs.items():
        counts[reference.rsplit("-", 1)[0]] += len(bookings)
    return sorted(item for item, count in counts.items() if count > 1)


def _posted(premises: Premises) -> dict[str, Money]:
    """What we owe the carrier by our ledger, by reference: a sale is a credit, a refund a debit."""
    amounts: dict[str, dict[str, int]] = defaultdict(dict)
    for reference, kind, amount in premises.rows(_POSTED):
        amounts[reference][kind] = int(amount)  # a sum is a decimal on MariaDB
    return {
        reference: Money(-kinds.get("sale", 0), kinds.get("refund", 0))
        for reference, kinds in amounts.items()
    }
