"""The wiring: what the settings describe, what a test puts in its place, and law 1."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction

from agenturclient import bootstrap
from agenturclient.kernel.clock import SettableClock
from agenturclient.sales.clock import DatabaseClock
from agenturclient.sales.ports import Unavailable
from tests.fakes import FakeDistributor

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _as_the_settings_say() -> Iterator[None]:
    bootstrap.use()
    yield
    bootstrap.use()


def test_the_settings_describe_one_distributor_and_the_databases_clock() -> None:
    assert bootstrap.distributor() is bootstrap.distributor()
    assert bootstrap.distributor().name == "osdm"
    assert isinstance(bootstrap.clock(), DatabaseClock)


def test_another_distributor_and_clock_are_used_until_they_are_taken_away() -> None:
    described = bootstrap.distributor()
    clock = SettableClock(datetime(2026, 11, 21, tzinfo=UTC))
    fake = FakeDistributor(clock)
    bootstrap.use(distributor=fake, clock=clock)
    assert (bootstrap.distributor(), bootstrap.clock()) == (fake, clock)
    bootstrap.introduce()
    assert fake.calls == []
    bootstrap.use()
    assert bootstrap.distributor() is described


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_remote_call_inside_a_transaction_is_not_made() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="inside a database transaction"):
        bootstrap.distributor().find_places("Bern", language="de", limit=1)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_database_connection_is_given_back_before_a_call() -> None:
    connection.ensure_connection()
    with pytest.raises(Unavailable):
        bootstrap.distributor().read_booking("nobody is there", patient=True)
    assert connection.connection is None
