"""How much of the journal is open, as the metrics page tells it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from prometheus_client import CollectorRegistry

from agenturclient import bootstrap
from agenturclient.ops.collectors import Books
from agenturclient.sales import backlog
from agenturclient.sales.backlog import Pile
from agenturclient.sales.models.journal import OperationKind
from agenturclient.sales.ports import OutcomeUnknown, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoAssertNumQueries

    from tests.flows.conftest import Desk


@pytest.fixture
def in_place(desk: Desk) -> Iterator[None]:
    """The page asks the clock of the desk."""
    bootstrap.use(distributor=desk.distributor, clock=desk.clock)
    yield
    bootstrap.use()


def test_nothing_is_open_in_a_calm_shop(
    desk: Desk, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    desk.sold()
    with django_assert_num_queries(1):
        found = backlog.piles(now=desk.clock.now())
    assert found == dict.fromkeys(OperationKind, Pile())


def test_an_unknown_outcome_is_in_doubt_and_grows_old(desk: Desk) -> None:
    lose_the_answer_to_a_hold(desk)
    desk.clock.advance(timedelta(seconds=90))
    found = backlog.piles(now=desk.clock.now())
    assert found[OperationKind.HOLD] == Pile(open=1, in_doubt=1, flagged=0, oldest_seconds=90.0)
    assert found[OperationKind.ISSUE] == Pile()


def test_what_waits_for_a_person_is_told_apart(desk: Desk) -> None:
    lose_the_answer_to_a_hold(desk)
    for _ in range(100):
        desk.distributor.fail_next("find_bookings", Unavailable("distributor-unavailable"))
    desk.recover(minutes=16)
    found = backlog.piles(now=desk.clock.now())[OperationKind.HOLD]
    assert (found.open, found.flagged) == (1, 1)


@pytest.mark.usefixtures("in_place")
def test_the_metrics_page_tells_the_journal_and_the_differences(desk: Desk) -> None:
    lose_the_answer_to_a_hold(desk)
    desk.clock.advance(timedelta(seconds=90))
    registry = CollectorRegistry()
    registry.register(Books())

    def told(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(f"agenturclient_{name}", labels)

    assert told("operations_open", kind="hold", of="all") == 1
    assert told("operations_open", kind="hold", of="in-doubt") == 1
    assert told("operations_open", kind="hold", of="flagged") == 0
    assert told("operations_oldest_seconds", kind="hold") == 90
    assert told("differences_open", kind="price-not-as-held") == 0
    assert told("database_up") == 1


def lose_the_answer_to_a_hold(desk: Desk) -> None:
    """Nobody knows whether the distributor holds anything."""
    number = desk.prepare()
    desk.distributor.fail_next("hold", OutcomeUnknown("deadline"))
    desk.hold(number)
