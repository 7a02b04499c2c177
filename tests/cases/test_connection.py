"""Cases 1, 2 and 13: the connection itself fails. What was never sent is certainly not sold."""

from __future__ import annotations

from agenturclient.sales.models import Sale
from agenturclient.sales.states import SaleState
from tests.cases.conftest import CONFIRM, READ, Scene
from tests.cases.tricks import before_the_answer


def test_case_01_a_refused_connection_leaves_the_ticket_held_until_the_next_click(
    scene: Scene,
) -> None:
    number = scene.held()
    scene.line.once(READ, before_the_answer(scene.line.shut))

    assert scene.sell(number) == "unreachable"
    assert scene.line.came(CONFIRM) == []
    assert (Sale.objects.get().state, scene.sold_there()) == (SaleState.HELD, [])

    scene.line.reopen()
    assert scene.sell(number) == ""
    assert len(scene.line.reached(CONFIRM)) == 1
    scene.check_books()


def test_case_02_a_black_hole_is_left_in_time_and_leaves_the_ticket_held(scene: Scene) -> None:
    number = scene.held()
    scene.line.once(READ, before_the_answer(scene.line.swallow))

    assert scene.sell(number) == "unreachable"
    assert (Sale.objects.get().state, scene.sold_there()) == (SaleState.HELD, [])

    scene.line.reopen()
    assert scene.sell(number) == ""
    scene.check_books()


def test_case_13_a_kept_connection_that_is_closed_as_we_send_costs_no_sale(scene: Scene) -> None:
    number = scene.desk.prepare()
    scene.line.one_answer_each = True
    scene.desk.hold(number)

    assert scene.sell(number) == ""
    assert Sale.objects.get().state == SaleState.ISSUED
    assert len(scene.line.came(CONFIRM)) == 1
    scene.check_books()
