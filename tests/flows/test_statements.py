"""What the common clicks cost the database, so that it does not grow unnoticed.

The simulator tells twenty thousand stories of these very clicks: a statement more in one of them is
minutes there, and a round trip more at every counter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.test.utils import CaptureQueriesContext

from agenturclient.sales.ports import OfferKind
from agenturclient.sales.recover import Recovery

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.flows.conftest import Desk


def statements(work: Callable[[], object]) -> int:
    """How many statements read or write rows; those that begin and end transactions are free."""
    with CaptureQueriesContext(connection) as captured:
        work()
    verbs = [str(query["sql"]).split(maxsplit=1)[0] for query in captured.captured_queries]
    return sum(verb in {"SELECT", "INSERT", "UPDATE", "DELETE"} for verb in verbs)


def test_an_order_is_read_in_a_handful_of_statements(desk: Desk) -> None:
    number = desk.prepare()
    assert statements(lambda: desk.order(number)) == 7
    desk.hold(number)
    assert statements(lambda: desk.order(number)) == 9
    order = desk.sell(number)
    assert statements(lambda: desk.order(number)) == 12
    desk.quote(order)
    assert statements(lambda: desk.order(number)) == 13


def test_a_bigger_order_is_read_in_as_many(desk: Desk) -> None:
    order = desk.sold(OfferKind.REGULAR, OfferKind.SUPERSAVER, OfferKind.REGULAR, adults=4)
    assert statements(lambda: desk.order(order.number)) == 12


def test_a_click_costs_no_more_than_it_did(desk: Desk) -> None:
    """With the order read before selling, as the page does it, and after each click."""
    number = desk.prepare()
    cost = {"hold": statements(lambda: desk.hold(number))}
    cost["sell"] = statements(lambda: desk.sell(number))
    sold = desk.order(number)
    cost["quote"] = statements(lambda: desk.quote(sold))
    quoted = desk.order(number)
    cost["accept"] = statements(lambda: desk.accept(quoted))
    assert cost == {"hold": 29, "sell": 79, "quote": 32, "accept": 49}


def test_recovery_with_nothing_to_do_costs_three_statements(desk: Desk) -> None:
    desk.sold()
    desk.recover()
    worker = Recovery(desk.distributor, desk.clock)
    assert statements(worker.run_once) == 3
