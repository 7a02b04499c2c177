"""Case 23: our own protections get in the way, and never between "sent" and "answered"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agenturclient.sales.models import Sale
from agenturclient.sales.ports import Unavailable
from agenturclient.sales.states import SaleState
from tests.cases import tricks
from tests.cases.conftest import CONFIRM, Scene
from tests.concurrency.test_races import at_once

# Opens after one failure, for a minute.
_AT_ONCE = (1, 60.0, 2)

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings


def test_case_23_the_call_that_opens_the_breaker_was_sent_and_stays_in_doubt(
    settings: Settings, scene: Scene
) -> None:
    settings.BREAKER_ISSUE = _AT_ONCE
    brittle = scene.again()
    number = brittle.held()
    brittle.line.once(CONFIRM, tricks.lose_the_answer)

    assert brittle.sell(number) == ""
    assert Sale.objects.get().state == SaleState.ISSUING
    assert len(brittle.sold_there()) == 1


def test_case_23_a_breaker_that_opened_since_the_hold_leaves_the_ticket_held_and_says_until_when(
    settings: Settings, scene: Scene
) -> None:
    settings.BREAKER_ISSUE = _AT_ONCE
    brittle = scene.again()
    other, number = brittle.held(), brittle.held()
    brittle.line.once(CONFIRM, tricks.lose_the_answer)
    brittle.sell(other)

    with pytest.raises(Unavailable, match="breaker-open") as failure:
        brittle.desk.sell(number)
    assert 50 < (failure.value.retry_after or 0) <= 60
    assert Sale.objects.latest("pk").state == SaleState.HELD
    assert len(brittle.line.came(CONFIRM)) == 1

    assert scene.sell(number) == ""  # another process, whose breaker is closed
    assert len(scene.sold_there()) == 2


def test_case_23_a_full_bulkhead_leaves_the_ticket_held(settings: Settings, scene: Scene) -> None:
    settings.BULKHEAD_ISSUE = 1
    narrow = scene.again()
    numbers = [narrow.held(), narrow.held()]
    narrow.line.once(CONFIRM, tricks.late(1.0))
    waiting = iter(numbers)

    told = at_once(lambda: narrow.sell(next(waiting)), 2)
    assert sorted(told) == ["", "busy"]
    assert sorted(Sale.objects.values_list("state", flat=True)) == ["held", "issued"]
    assert len(narrow.line.came(CONFIRM)) == 1

    assert [narrow.sell(number) for number in numbers] == ["", ""]
    narrow.check_books()
