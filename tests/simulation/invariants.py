"""What must hold, whatever happens: our books against the distributor's, to the minor unit."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from agenturclient.sales.states import RefundState, SaleState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agenturclient.sales.details import OrderDetail
    from tests.fake_books import Entry
    from tests.fakes import FakeDistributor
    from tests.simulation.store import Store

_LIVE = "('holding', 'held', 'issuing', 'issued', 'releasing', 'cleaning')"
_UNSETTLED = """
    SELECT 'sale ' || reference || ' ' || state FROM sales_sale
        WHERE state IN ('holding', 'issuing', 'releasing', 'cleaning')
    UNION ALL SELECT 'refund ' || id || ' ' || state FROM sales_refund
        WHERE state IN ('quoting', 'accepting', 'dropping')
    UNION ALL SELECT 'order ' || id || ' ' || state FROM sales_order WHERE state = 'selling'
    UNION ALL SELECT 'operation ' || kind FROM sales_operation WHERE state <> 'settled'
"""
_UNBALANCED = """
    SELECT p.subject, SUM(e.amount) FROM settlement_entry e
    JOIN settlement_posting p ON p.id = e.posting_id GROUP BY p.id HAVING SUM(e.amount) <> 0
"""
_POSTED = """
    SELECT s.reference, p.kind, SUM(e.amount) FROM settlement_entry e
    JOIN settlement_posting p ON p.id = e.posting_id JOIN sales_ticket t ON t.id = p.ticket
    JOIN sales_sale s ON s.id = t.sale_id WHERE e.account = 'carrier' GROUP BY s.id, p.kind
"""
_UNSOLD = """
    SELECT i.id FROM sales_order o JOIN sales_item i ON i.order_id = o.id
    LEFT JOIN sales_sale s ON s.live_item_id = i.id
    WHERE o.state = 'sold' AND i.dropped_at IS NULL AND (s.id IS NULL OR s.state <> 'issued')
"""
_CLAIMED = """
    SELECT t.id FROM sales_ticket t JOIN sales_refund r ON r.id = t.refund_id
    WHERE t.refunded = 0 AND r.state IN ('refunded', 'dropped', 'declined', 'lapsed')
"""
_REFUNDED_ORDERS = """
    SELECT o.id FROM sales_order o WHERE o.refunded_amount <> (
        SELECT COALESCE(SUM(r.confirmed_amount), 0) FROM sales_refund r WHERE r.order_id = o.id)
"""


class Truth:
    """The distributor's books, which say what happened, beside ours, which have to agree."""

    def __init__(self, store: Store, far: FakeDistributor) -> None:
        self._store = store
        self._far = far

    def there(self) -> Iterator[str]:
        """At any moment, at the distributor: nothing twice."""
        references = Counter(entry.request.reference for entry in self._entries())
        yield from (f"{each} is booked twice there" for each, n in references.items() if n > 1)
        items = Counter(entry.request.reference.rsplit("-", 1)[0] for entry in self._sold())
        yield from (f"{each} is sold twice there" for each, n in items.items() if n > 1)
        for entry in self._entries():
            shares = [share for quote in entry.quotes if quote.confirmed for share in quote.shares]
            parts = Counter(part for share in shares for part in share.parts)
            yield from (f"{each} is refunded twice there" for each, n in parts.items() if n > 1)

    def here(self) -> Iterator[str]:
        """At any moment, with us: one live sale for an item."""
        doubles = self._store.rows(
            f"SELECT item_id FROM sales_sale WHERE state IN {_LIVE} "  # noqa: S608 - a constant
            "GROUP BY item_id HAVING COUNT(*) > 1"
        )
        yield from (f"two live sales for item {item}" for (item,) in doubles)

    def asked(self, state: str, subject: str) -> Iterator[str]:
        """As long as somebody who holds the lease asks, our row says that we ask.

        A quote whose acceptance was refused may have become the next refund's: it is the newest's.
        """
        rows = self._store.rows(
            "SELECT state FROM (SELECT id, state FROM sales_sale WHERE booking_id = ?"
            " UNION ALL SELECT id, state FROM sales_refund WHERE quote_id = ?)"
            " ORDER BY id DESC LIMIT 1",
            subject,
            subject,
        )
        yield from (f"{subject} is {now} while {state}" for (now,) in rows if now != state)

    def acknowledged(self, order: OrderDetail) -> Iterator[str]:
        """What an agent has been told is so at the distributor."""
        sold = {entry.request.reference for entry in self._sold()}
        for item in order.items:
            sale = item.sale
            if sale and sale.state == SaleState.ISSUED and sale.reference not in sold:
                yield f"{sale.reference} was shown as sold and is not"
        confirmed = sum(len(quotes) for quotes in self._confirmed(order.number).values())
        shown = sum(refund.state == RefundState.REFUNDED for refund in order.refunds)
        if shown > confirmed:
            yield f"{shown} refunds shown for {order.number}, {confirmed} made"

    def settled(self) -> Iterator[str]:
        """Some minutes after the faults: nothing is in doubt."""
        yield from (f"still open: {what}" for (what,) in self._store.rows(_UNSETTLED))

    def books(self) -> Iterator[str]:
        """In the end: what exists there is what is in our books, and so is the money."""
        yield from self._sales()
        yield from self._refunds()
        yield from (f"unbalanced: {row}" for row in self._store.rows(_UNBALANCED))
        yield from (f"sold order without item {row}" for (row,) in self._store.rows(_UNSOLD))
        yield from (f"ticket {row} is blocked for ever" for (row,) in self._store.rows(_CLAIMED))
        yield from (f"order {row} refunds" for (row,) in self._store.rows(_REFUNDED_ORDERS))

    def _sales(self) -> Iterator[str]:
        theirs = {
            (e.request.reference, e.id, sum(part.price.amount for part in e.parts))
            for e in self._sold()
        }
        ours = set(
            self._store.rows(
                "SELECT reference, booking_id, price_amount FROM sales_sale WHERE state = 'issued'"
            )
        )
        yield from (f"sold there, not here: {each}" for each in sorted(theirs - ours))
        yield from (f"sold here, not there: {each}" for each in sorted(ours - theirs))
        posted = {
            (reference, -amount)
            for reference, kind, amount in self._store.rows(_POSTED)
            if kind == "sale"
        }
        due = {(reference, price) for reference, _, price in ours if price}
        yield from (f"posted sale differs: {each}" for each in sorted(posted ^ due))

    def _refunds(self) -> Iterator[str]:
        theirs = {
            (entry.id, quote.id, quote.amount.amount)
            for entry in self._entries()
            for quote in entry.quotes
            if quote.confirmed
        }
        ours = set(
            self._store.rows(
                "SELECT s.booking_id, r.quote_id, r.confirmed_amount FROM sales_refund r "
                "JOIN sales_sale s ON s.id = r.sale_id WHERE r.state = 'refunded'"
            )
        )
        yield from (f"refunded there, not here: {each}" for each in sorted(theirs - ours))
        yield from (f"refunded here, not there: {each}" for each in sorted(ours - theirs))
        due: dict[str, int] = defaultdict(int)
        for booking, _, amount in ours:
            due[self._far.books.entries[booking].request.reference] += amount
        posted = {
            reference: amount
            for reference, kind, amount in self._store.rows(_POSTED)
            if kind == "refund"
        }
        if posted != dict(due):
            yield f"posted refunds {posted}, due {dict(due)}"

    def _entries(self) -> list[Entry]:
        return list(self._far.books.entries.values())

    def _sold(self) -> list[Entry]:
        """Bookings that cost somebody money: confirmed, and not undone as a whole."""
        return [
            entry
            for entry in self._entries()
            if not entry.cleaned and any(part.confirmed for part in entry.parts)
        ]

    def _confirmed(self, number: str) -> dict[str, list[str]]:
        return {
            entry.id: [quote.id for quote in entry.quotes if quote.confirmed]
            for entry in self._entries()
            if entry.request.reference.startswith(f"{number}-")
        }
