"""What a tab shows of an order, as far as the next click depends on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.simulation.store import Store

_ITEMS = """
    SELECT i.position, s.state, s.price_amount FROM sales_item i
    LEFT JOIN sales_sale s ON s.live_item_id = i.id
    WHERE i.order_id = ? AND i.dropped_at IS NULL ORDER BY i.position
"""
_TICKETS = """
    SELECT s.id, t.id FROM sales_ticket t JOIN sales_sale s ON s.id = t.sale_id
    WHERE s.order_id = ? AND s.state = 'issued' ORDER BY t.id
"""
_QUOTED = """
    SELECT id, amount FROM sales_refund WHERE order_id = ? AND state = 'quoted' ORDER BY id
"""


@dataclass(frozen=True)
class Page:
    """Items by position with the state of their sale (None: never tried), what is held in minor
    units, what can be ticked together, quotes with their amounts.
    """

    state: str
    items: dict[int, str | None]
    held: int
    tickets: list[tuple[int, ...]]
    quoted: list[tuple[int, int]]


def look(store: Store, number: str) -> Page:
    """The page as it is now. Read past the use cases, because every click looks first."""
    order = int(number.removeprefix("AC"))
    ((state,),) = store.rows("SELECT state FROM sales_order WHERE id = ?", order)
    items = store.rows(_ITEMS, order)
    of_sale: dict[int, list[int]] = {}
    for sale, ticket in store.rows(_TICKETS, order):
        of_sale.setdefault(sale, []).append(ticket)
    tickets = [(ticket,) for group in of_sale.values() if len(group) > 1 for ticket in group]
    return Page(
        state=state,
        items={position: sale for position, sale, _ in items},
        held=sum(price for _, sale, price in items if sale == "held"),
        tickets=[*tickets, *map(tuple, of_sale.values())],
        quoted=[(row, amount) for row, amount in store.rows(_QUOTED, order)],
    )
