"""What MySQL and MariaDB do differently, with real connections: locks that are waited for, and a
server that goes away. The tests of this file need one of them (`make test-mariadb`).
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from django.db import OperationalError, connection, connections, transaction

from agenturclient.sales import journal
from agenturclient.sales.access import own_order
from agenturclient.sales.models import Operation, Order
from agenturclient.sales.ports import OutcomeUnknown
from tests.flows.conftest import Desk, clock, desk, make_desk

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["clock", "desk", "make_desk"]  # the cast of the flows, on a database with real commits

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.skipif(
        connection.vendor != "mysql",
        reason="there is no TEST_DATABASE_URL of a MySQL or MariaDB server",
    ),
]
_LOCK_WAIT, _DEADLOCK = 1205, 1213


def asked(query: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return str(cursor.fetchone()[0])


@contextmanager
def locked(*operations: int) -> Iterator[None]:
    """Another connection holds these rows in a transaction that stays open."""
    holds, leave = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                list(Operation.objects.select_for_update().filter(pk__in=operations))
                holds.set()
                leave.wait(timeout=30)
        finally:
            connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert holds.wait(timeout=10)
        yield
    finally:
        leave.set()
        holder.join()


def in_doubt(desk: Desk) -> str:
    """An order whose sale may or may not have been issued."""
    number = desk.prepare()
    desk.hold(number)
    desk.distributor.fail_next("issue", OutcomeUnknown("no-answer"), effect=True)
    desk.sell(number)
    return number


def test_a_connection_is_as_the_settings_say() -> None:
    assert asked("SELECT @@tx_isolation") == "READ-COMMITTED"
    assert asked("SELECT @@innodb_lock_wait_timeout") == "5"
    assert asked("SELECT @@character_set_connection") == "utf8mb4"
    assert "STRICT_ALL_TABLES" in asked("SELECT @@sql_mode")


def test_a_claim_passes_by_what_another_is_just_claiming(desk: Desk) -> None:
    for _ in range(2):
        in_doubt(desk)
    moment = desk.clock.now() + journal.LEASE_SLACK * 20
    first, *others = Operation.objects.exclude(state="settled").order_by("pk")
    with locked(first.pk):
        leases = journal.claim(now=moment, lasts=journal.LEASE_SLACK, limit=20)
    assert {lease.operation for lease in leases} == {other.pk for other in others}
    assert len(others) >= 3


def test_a_lock_that_is_not_let_go_of_is_waited_for_five_seconds_and_nothing_is_written(
    desk: Desk,
) -> None:
    in_doubt(desk)
    operation = Operation.objects.get(kind="issue")
    before = Operation.objects.values().get(pk=operation.pk)
    lease = journal.Lease(operation.pk, operation.fence)
    with locked(operation.pk), pytest.raises(OperationalError) as caught:
        journal.send(lease, now=desk.clock.now(), lasts=journal.LEASE_SLACK)
    assert caught.value.args[0] == _LOCK_WAIT
    assert Operation.objects.values().get(pk=operation.pk) == before


def test_of_two_transactions_that_wait_for_each_other_one_goes_on(desk: Desk) -> None:
    pks = [own_order(desk.prepare(), desk.actor).pk for _ in range(2)]
    meeting = threading.Barrier(2)
    codes: list[int] = []

    def write(first: int, second: int) -> None:
        try:
            with transaction.atomic(durable=True):
                Order.objects.filter(pk=first).update(cost_centre="first")
                meeting.wait(timeout=10)
                Order.objects.filter(pk=second).update(cost_centre="second")
        except OperationalError as error:
            codes.append(error.args[0])
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=each) for each in (pks, pks[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [_DEADLOCK]
    assert sorted(Order.objects.values_list("cost_centre", flat=True)) == ["first", "second"]


def test_a_connection_that_the_server_closed_is_replaced_before_the_next_request(
    desk: Desk,
) -> None:
    number = desk.prepare()
    asked("SELECT 1")
    ours = asked("SELECT CONNECTION_ID()")
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(f"KILL {ours}")
    finally:
        other.close()
    for each in connections.all(initialized_only=True):
        each.close_if_unusable_or_obsolete()  # what Django does when a request begins
    assert desk.order(number).number == number
    assert asked("SELECT CONNECTION_ID()") != ours
