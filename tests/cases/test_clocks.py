"""Case 22: one clock for all processes, the database's, and what happens when it is set."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest
from django.db import connection
from django.db.backends.signals import connection_created

from agenturclient import bootstrap
from agenturclient.sales import journal
from agenturclient.sales.models import Operation, Sale
from agenturclient.sales.models.journal import OperationKind
from agenturclient.sales.states import OrderState, SaleState
from tests.cases import tricks
from tests.cases.conftest import CONFIRM, Scene

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agenturclient.kernel.clock import SettableClock

_TEN_MINUTES = timedelta(minutes=10)
_A_MOMENT = timedelta(seconds=30)
_LATER = timedelta(seconds=10)


@dataclass
class Shift:
    """How far the database's clock is ahead of this machine's."""

    by: timedelta = timedelta()

    def strftime(self, form: str, *when: str) -> str:
        """SQLite's own function, as our clock calls it, by the other clock."""
        assert when == ("now",)
        moment = datetime.now(UTC) + self.by
        return moment.strftime(form.replace("%f", "%S.%f"))


@pytest.fixture
def shift() -> Iterator[Shift]:
    """A database whose clock goes differently from this process's."""
    if connection.vendor != "sqlite":
        pytest.skip("the clock of a database server is not this test's to set")
    made = Shift()

    def teach(**opened: Any) -> None:
        opened["connection"].connection.create_function("strftime", -1, made.strftime)

    connection.close()
    connection_created.connect(teach)
    yield made
    connection_created.disconnect(teach)
    connection.close()


@pytest.mark.parametrize("by", [_TEN_MINUTES, -_TEN_MINUTES])
def test_case_22_a_process_whose_clock_is_wrong_writes_and_compares_by_the_databases(
    scene: Scene, shift: Shift, by: timedelta
) -> None:
    shift.by = by
    wrong = replace(scene, desk=replace(scene.desk, clock=cast("SettableClock", bootstrap.clock())))
    ours = wrong.desk.clock.now()
    assert abs(ours - by - datetime.now(UTC)) < _A_MOMENT
    scene.sandbox.clock_set(ours, frozen=False)

    number = wrong.held()
    wrong.line.once(CONFIRM, tricks.lose_the_answer)
    assert wrong.sell(number) == ""
    issue = Operation.objects.get(kind=OperationKind.ISSUE)
    assert abs(issue.created_at - ours) < _A_MOMENT
    assert abs(issue.lease_until - ours) < _A_MOMENT

    shift.by += _LATER
    wrong.recover_here()
    assert wrong.desk.order(number).state is OrderState.SOLD
    wrong.check_books()


def test_case_22_a_clock_that_steps_back_delays_recovery_and_changes_nothing(
    scene: Scene,
) -> None:
    number = scene.held()
    scene.line.once(CONFIRM, tricks.lose_the_answer)
    scene.sell(number)

    scene.recover(-_TEN_MINUTES)
    assert Sale.objects.get().state == SaleState.ISSUING
    scene.recover(_TEN_MINUTES + _LATER)
    assert scene.desk.order(number).state is OrderState.SOLD
    assert len(scene.line.came(CONFIRM)) == 1
    scene.check_books()


def test_case_22_a_clock_that_leaps_during_a_call_lets_recovery_take_over_and_posts_once(
    scene: Scene,
) -> None:
    """The lease looks old while its holder still waits for an answer: the fence decides."""
    number = scene.held()
    taken: list[journal.Lease] = []

    def leap() -> None:
        scene.desk.clock.advance(_TEN_MINUTES)
        taken.extend(journal.claim(now=scene.desk.clock.now(), lasts=journal.LEASE_SLACK, limit=20))
        connection.close()

    scene.line.once(CONFIRM, tricks.before_the_answer(leap))
    assert scene.sell(number) == ""
    assert len(taken) == 2  # the confirmation and the order's intent
    assert Sale.objects.get().state == SaleState.ISSUING

    scene.recover(_LATER)
    scene.recover(_LATER)
    assert scene.desk.order(number).state is OrderState.SOLD
    assert len(scene.line.came(CONFIRM)) == 1
    scene.check_books()
