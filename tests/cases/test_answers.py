"""Cases 4 to 9: the request may have arrived. No usable answer is no answer: the state is read."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from agenturclient.sales.models import Sale
from agenturclient.sales.ports import Unavailable
from agenturclient.sales.states import OrderState, SaleState
from tests.cases import tricks
from tests.cases.conftest import CONFIRM, DEADLINE_SECONDS, READ, Scene

if TYPE_CHECKING:
    from tests.cases.line import Trick

_LATER = timedelta(seconds=10)
_AGAIN = timedelta(seconds=3)


def expect_doubt_then_one_ticket(scene: Scene, trick: Trick) -> None:
    """The confirmation is done there and its answer of no use: in doubt, then found out."""
    number = scene.held()
    scene.line.once(CONFIRM, trick)

    assert scene.sell(number) == ""
    order = scene.desk.order(number)
    assert (order.state, order.in_doubt) == (OrderState.SELLING, True)
    assert Sale.objects.get().state == SaleState.ISSUING

    scene.recover(_LATER)
    order = scene.desk.order(number)
    assert (order.state, order.in_doubt) == (OrderState.SOLD, False)
    assert len(scene.line.came(CONFIRM)) == 1
    scene.check_books()


def test_case_04_an_answer_that_is_lost_after_the_sale_is_found_out(scene: Scene) -> None:
    expect_doubt_then_one_ticket(scene, tricks.lose_the_answer)


def test_case_05_a_request_that_is_lost_is_repeated_under_its_key_once_not_done_is_read_twice(
    scene: Scene,
) -> None:
    number = scene.held()
    scene.line.once(CONFIRM, tricks.lose_the_request)
    assert scene.sell(number) == ""
    assert Sale.objects.get().state == SaleState.ISSUING

    scene.recover(_LATER)
    assert len(scene.line.came(CONFIRM)) == 1

    scene.recover(_AGAIN)
    first, second = scene.line.came(CONFIRM)
    assert first.key == second.key != ""
    assert scene.desk.order(number).state is OrderState.SOLD
    scene.check_books()


@pytest.mark.parametrize("trick", [tricks.drip_the_head, tricks.drip_the_body])
def test_case_06_an_answer_that_drips_past_the_deadline_is_left_in_time(
    scene: Scene, trick: Trick
) -> None:
    number = scene.held()
    scene.line.once(CONFIRM, trick)
    started = time.monotonic()

    assert scene.sell(number) == ""
    assert time.monotonic() - started < DEADLINE_SECONDS + tricks.DRIP_SECONDS / 2
    assert Sale.objects.get().state == SaleState.ISSUING

    scene.recover(_LATER)
    assert len(scene.line.came(CONFIRM)) == 1
    scene.check_books()


@pytest.mark.parametrize("trick", [tricks.cut_the_body, tricks.cut_the_json])
def test_case_07_an_answer_that_is_cut_off_is_found_out(scene: Scene, trick: Trick) -> None:
    expect_doubt_then_one_ticket(scene, trick)


def test_case_08_a_500_after_the_sale_is_found_out(scene: Scene) -> None:
    expect_doubt_then_one_ticket(scene, tricks.then(500, tricks.problem("SOMETHING")))


def test_case_09_a_429_leaves_the_ticket_held_and_says_when_to_try_again(scene: Scene) -> None:
    number = scene.held()
    scene.line.once(CONFIRM, tricks.instead(429, retry_after="7"))

    with pytest.raises(Unavailable, match="too-many-requests") as failure:
        scene.desk.sell(number)
    assert failure.value.retry_after == 7
    assert len(scene.line.came(CONFIRM)) == 1
    assert Sale.objects.get().state == SaleState.HELD

    assert scene.sell(number) == ""
    scene.check_books()


def test_case_09_a_503_to_a_confirmation_is_looked_up_before_anything_is_sent_again(
    scene: Scene,
) -> None:
    number = scene.held()
    scene.line.once(CONFIRM, tricks.instead(503, retry_after="1"))

    assert scene.sell(number) == ""
    assert Sale.objects.get().state == SaleState.ISSUING
    assert len(scene.line.came(CONFIRM)) == 1

    scene.recover(_LATER)
    scene.recover(_AGAIN)
    assert len(scene.line.reached(CONFIRM)) == 1
    scene.check_books()


def test_case_09_a_503_to_a_read_is_repeated_when_the_distributor_says(scene: Scene) -> None:
    number = scene.held()
    scene.line.once(READ, tricks.instead(503, retry_after="1"))
    started = time.monotonic()

    assert scene.sell(number) == ""
    assert time.monotonic() - started >= 1
    scene.check_books()
