"""Finding orders again: by name, number, code, reference and date, within the own agency."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from agenturclient.identity.actors import PermissionMissing, Role
from agenturclient.kernel.money import Money
from agenturclient.sales import drafts, queries, search
from agenturclient.sales.details import OrderChange, OrderCriteria, TravellerChange
from agenturclient.sales.errors import (
    DocumentNotFound,
    OrderNotFound,
    SearchExpired,
    SearchNotFound,
    TravellerLocked,
)
from agenturclient.sales.models import StoredFile
from agenturclient.sales.ports import OutcomeUnknown, TravellerSpec, TripQuery
from agenturclient.sales.recover import Recovery
from agenturclient.sales.states import OrderState
from tests.flows.conftest import BERN, ZURICH, Desk

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django import DjangoAssertNumQueries

    from agenturclient.sales.details import OrderDetail, SearchDetail


def found(desk: Desk, text: str = "", *, in_doubt: bool = False) -> list[str]:
    page = queries.list_orders(OrderCriteria(text=text, in_doubt=in_doubt), actor=desk.actor)
    return [row.number for row in page.results]


def test_an_order_is_found_by_what_an_agent_knows_of_it(desk: Desk) -> None:
    order = desk.sold()
    drafts.change_order(
        order.number,
        OrderChange(customer_reference="Ferien Meier"),
        actor=desk.actor,
        clock=desk.clock,
    )
    assert order.items[0].sale is not None
    code = order.items[0].sale.booking_code
    for text in (
        "müller",
        "MULLER",
        "Müller Max1",
        "max1 müller",
        "Müller, Max1",
        order.number,
        order.number.lower(),
        str(int(order.number.removeprefix("AC"))),
        code.lower(),
        "ferien",
        "2026-12-04",
        "4.12.2026",
    ):
        assert found(desk, text=text) == [order.number], text
    for text in ("Maier", "AC9999999", "2026-12-05", "31.2.2026"):
        assert found(desk, text=text) == [], text


def test_the_list_shows_amounts_route_and_travellers(desk: Desk) -> None:
    order = desk.accept(desk.quote(desk.sold(adults=2)))
    row = queries.list_orders(OrderCriteria(), actor=desk.actor).results[0]
    assert (row.total, row.refunded) == (Money(5200, "CHF"), Money(5200, "CHF"))
    assert row.route == "Bern – Zürich HB"  # noqa: RUF001 - the dash of a route
    assert row.travellers == ("Müller, Max1", "Müller, Max2")
    assert row.state is OrderState.SOLD
    assert row.travel_at == order.items[0].trip.departure if order.items[0].trip else None


def test_the_list_comes_in_pages_newest_first(desk: Desk) -> None:
    numbers = [desk.prepare() for _ in range(5)]
    first = queries.list_orders(OrderCriteria(page_size=3), actor=desk.actor)
    rest = queries.list_orders(
        OrderCriteria(page_size=3, cursor=first.next or ""), actor=desk.actor
    )
    assert [row.number for row in first.results + rest.results] == numbers[::-1]
    assert rest.next is None


def test_the_list_takes_the_same_number_of_queries_for_any_number_of_rows(
    desk: Desk, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        desk.prepare()
    with django_assert_num_queries(3):
        queries.list_orders(OrderCriteria(), actor=desk.actor)


def test_another_agency_sees_nothing_of_it(make_desk: Callable[..., Desk]) -> None:
    ours, theirs = make_desk(), make_desk(agency="voyages-leman")
    order = ours.sold()
    assert order.items[0].sale is not None
    document = order.items[0].sale.documents[0].id
    assert found(theirs, text="müller") == []
    with pytest.raises(OrderNotFound):
        theirs.order(order.number)
    with pytest.raises(OrderNotFound):
        queries.open_document(order.number, document, actor=theirs.actor)
    with pytest.raises(OrderNotFound):
        theirs.quote(order)
    assert theirs.distributor.calls == []


def test_customer_care_reads_every_order_and_sells_none(make_desk: Callable[..., Desk]) -> None:
    order = make_desk().sold()
    care = make_desk()
    care.actor = replace(
        care.actor, role=Role.CUSTOMER_CARE, agency_id=None, permissions=frozenset()
    )
    assert care.order(order.number).number == order.number
    assert found(care) == [order.number]
    with pytest.raises(PermissionMissing):
        care.draft()
    with pytest.raises(PermissionMissing):
        care.quote(order)


def test_a_clarification_is_counted_until_it_is_resolved(desk: Desk) -> None:
    number = desk.prepare()
    desk.hold(number)
    desk.distributor.fail_next("issue", OutcomeUnknown("no-answer"), effect=True)
    desk.sell(number)
    shown = queries.list_clarifications(actor=desk.actor)
    assert [(row.number, row.subject, row.state) for row in shown.rows] == [
        (number, "sale", "issuing")
    ]
    assert found(desk, in_doubt=True) == [number]
    desk.recover()
    assert queries.list_clarifications(actor=desk.actor).count == 0


def test_a_row_that_stays_unknown_is_flagged_for_a_person(desk: Desk) -> None:
    number = desk.prepare()
    desk.hold(number)
    desk.distributor.fail_next("issue", OutcomeUnknown("no-answer"), effect=True)
    desk.sell(number)
    desk.distributor.forget(next(iter(desk.distributor.books.entries)))
    desk.recover(minutes=17)
    shown = queries.list_clarifications(actor=desk.actor)
    assert [row.flagged for row in shown.rows] == [True]
    assert desk.order(number).in_doubt


def test_a_document_opens_with_its_content(desk: Desk) -> None:
    order = desk.sold()
    assert order.items[0].sale is not None
    document = order.items[0].sale.documents[0]
    opened = queries.open_document(order.number, document.id, actor=desk.actor)
    assert opened.content.startswith(b"%PDF")
    assert opened.media_type == "application/pdf"
    with pytest.raises(DocumentNotFound):
        queries.open_document(order.number, document.id + 1000, actor=desk.actor)


def test_a_search_is_kept_for_its_agency_until_it_ends(make_desk: Callable[..., Desk]) -> None:
    ours, theirs = make_desk(), make_desk(agency="voyages-leman")
    kept = _search(ours)
    again = queries.get_search(kept.id, actor=ours.actor, clock=ours.clock)
    assert again == kept
    with pytest.raises(SearchNotFound):
        queries.get_search(kept.id, actor=theirs.actor, clock=theirs.clock)
    ours.clock.advance(kept.expires_at - ours.clock.now())
    with pytest.raises(SearchExpired):
        queries.get_search(kept.id, actor=ours.actor, clock=ours.clock)


def test_the_same_key_ends_in_the_same_draft(desk: Desk) -> None:
    key = uuid4()
    orders = [
        drafts.start_order(
            key=key, customer_reference="", cost_centre="", actor=desk.actor, clock=desk.clock
        )
        for _ in range(2)
    ]
    assert [created for _, created in orders] == [True, False]
    assert orders[0][0].number == orders[1][0].number


def test_a_sold_traveller_keeps_the_name_of_the_ticket(desk: Desk) -> None:
    order = desk.sold()
    renamed = _change(order, last_name="X")
    with pytest.raises(TravellerLocked):
        drafts.change_order(order.number, renamed, actor=desk.actor, clock=desk.clock)


def _change(order: OrderDetail, *, last_name: str) -> OrderChange:
    traveller = order.travellers[0]
    return OrderChange(
        travellers=(
            TravellerChange(
                traveller.ref,
                traveller.first_name,
                last_name,
                traveller.birth_date,
                traveller.email,
                traveller.phone,
            ),
        )
    )


def _search(desk: Desk) -> SearchDetail:
    query = TripQuery(
        origin=BERN,
        destination=ZURICH,
        when=desk.clock.now(),
        travellers=(TravellerSpec("P1", age=40),),
    )
    return search.search_trips(
        query, actor=desk.actor, distributor=desk.distributor, clock=desk.clock
    )


def test_files_are_forgotten_some_days_after_travel(desk: Desk) -> None:
    order = desk.sold()
    recovery = Recovery(desk.distributor, desk.clock)
    recovery.tidy(document_days=14)
    assert order.items[0].sale is not None
    document = order.items[0].sale.documents[0]
    queries.open_document(order.number, document.id, actor=desk.actor)
    desk.clock.advance(timedelta(days=18))
    recovery.tidy(document_days=14)
    with pytest.raises(DocumentNotFound):
        queries.open_document(order.number, document.id, actor=desk.actor)
    assert not StoredFile.objects.exists()
