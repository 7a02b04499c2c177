"""Cases 14 to 17: real processes that are killed, or that sleep past their lease."""

from __future__ import annotations

import signal
from datetime import timedelta

from agenturclient.sales.models import Operation, Sale
from agenturclient.sales.models.journal import OperationKind, OperationState
from agenturclient.sales.states import OrderState, SaleState
from tests.cases import tricks
from tests.cases.conftest import CONFIRM, Scene
from tests.cases.fates import Fate
from tests.cases.processes import sell_until_killed, selling, wait_until_asleep

_LEASE_IS_OVER = timedelta(seconds=20)
_AGAIN = timedelta(seconds=3)
_CUSTOMER_LEFT = timedelta(minutes=3)


def issue() -> Operation:
    """The newest operation of a confirmation."""
    return Operation.objects.filter(kind=OperationKind.ISSUE).latest("pk")


def test_case_14_killed_between_the_intent_and_sent_is_undone_and_sold_by_recovery(
    scene: Scene,
) -> None:
    number = scene.held()
    sell_until_killed(scene, number, Fate.KILLED_BEFORE_SENT)
    undone = issue()
    assert (undone.state, undone.sent_at) == (OperationState.INTENDED, None)
    assert scene.line.came(CONFIRM) == []

    scene.recover(_LEASE_IS_OVER)
    undone.refresh_from_db()
    assert undone.outcome == "never-sent"
    assert scene.desk.order(number).state is OrderState.SOLD
    assert len(scene.line.came(CONFIRM)) == 1
    scene.check_books()


def test_case_15_killed_between_sent_and_the_call_is_looked_up_and_sold_by_recovery(
    scene: Scene,
) -> None:
    number = scene.held()
    sell_until_killed(scene, number, Fate.KILLED_BEFORE_THE_CALL)
    assert issue().state == OperationState.SENT
    assert scene.line.came(CONFIRM) == []

    scene.recover(_LEASE_IS_OVER)
    assert Sale.objects.get().state == SaleState.ISSUING
    scene.recover(_AGAIN)
    assert scene.desk.order(number).state is OrderState.SOLD
    assert len(scene.line.came(CONFIRM)) == 1
    scene.check_books()


def test_case_15_nothing_is_sold_after_the_customer_has_left(scene: Scene) -> None:
    number = scene.held()
    sell_until_killed(scene, number, Fate.KILLED_BEFORE_THE_CALL)

    scene.recover(_CUSTOMER_LEFT)
    scene.recover(_AGAIN)
    assert scene.desk.order(number).state is OrderState.DRAFT
    assert Sale.objects.get().state == SaleState.HELD
    assert scene.line.came(CONFIRM) == []


def test_case_16_killed_between_the_answer_and_its_commit_is_found_sold(scene: Scene) -> None:
    number = scene.held()
    sell_until_killed(scene, number, Fate.KILLED_AFTER_THE_ANSWER)
    assert Sale.objects.get().state == SaleState.ISSUING
    assert len(scene.sold_there()) == 1

    scene.recover(_LEASE_IS_OVER)
    assert Sale.objects.get().state == SaleState.ISSUED
    assert scene.desk.order(number).state is OrderState.SOLD
    assert len(scene.line.came(CONFIRM)) == 1
    scene.check_books()


def test_case_17_a_holder_that_slept_past_its_lease_writes_nothing_when_it_wakes_up(
    scene: Scene,
) -> None:
    """It fell asleep with "not done" in its hand; recovery has asked again since, and waits."""
    number = scene.held()
    scene.line.once(CONFIRM, tricks.instead(429))
    scene.line.once(CONFIRM, tricks.lose_the_answer)
    with selling(scene, number, Fate.ASLEEP_AFTER_THE_ANSWER) as holder:
        wait_until_asleep(holder)
        scene.recover(_LEASE_IS_OVER)
        scene.recover(_AGAIN)
        assert len(scene.line.came(CONFIRM)) == 2
        taken_over = issue()

        holder.send_signal(signal.SIGCONT)
        assert holder.wait(60) == 0

    assert Sale.objects.get().state == SaleState.ISSUING
    assert (issue().fence, issue().settled_at) == (taken_over.fence, None)
    scene.recover(_LEASE_IS_OVER)
    assert scene.desk.order(number).state is OrderState.SOLD
    assert len(scene.line.reached(CONFIRM)) == 1
    scene.check_books()
