"""Only what passes by itself is told as a database that is away; a defect stays a defect."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from agenturclient.api.database import passes_by_itself
from tests.api.browser import Browser


@pytest.mark.parametrize(
    ("failure", "passes"),
    [
        (OperationalError(2003, "Can't connect"), True),
        (OperationalError(2006, "Server has gone away"), True),
        (OperationalError(1213, "Deadlock found"), True),
        (OperationalError(1290, "running with the --read-only option"), True),
        (OperationalError("database is locked"), True),
        (InterfaceError(0, ""), True),
        (OperationalError(1054, "Unknown column"), False),
        (OperationalError("no such table: sales_order"), False),
        (OperationalError(), False),
        (DatabaseError(2006), False),
    ],
)
def test_a_failure_of_the_database_is_told_apart(failure: Exception, *, passes: bool) -> None:
    assert passes_by_itself(failure) is passes


@contextmanager
def ended(statement: str, *, times: int) -> Iterator[None]:
    """So many statements that begin like this are chosen to end a deadlock."""
    left = [OperationalError(1213, "Deadlock found")] * times

    def choose(execute: Callable[..., Any], sql: str, *more: Any) -> Any:
        if left and sql.startswith(statement):
            raise left.pop()
        return execute(sql, *more)

    with connection.execute_wrapper(choose):
        yield


@pytest.mark.parametrize("statement", ["SELECT", "INSERT"])
def test_what_was_chosen_to_end_a_deadlock_is_done_once_more(
    counter: Browser, statement: str
) -> None:
    key = uuid4()
    with ended(statement, times=1):
        answer = counter.post("orders", key=key)

    second = counter.post("orders", key=key)
    assert (answer.status, second.status) == (201, 200)  # the draft was begun, and only once
    assert second.body["number"] == answer.body["number"]


def test_what_is_chosen_again_is_told_to_the_sender(counter: Browser) -> None:
    key = uuid4()
    with ended("INSERT", times=2):
        answer = counter.post("orders", key=key)

    assert answer.problem == (503, "database-unavailable", {"retry_after": 5})
    assert counter.post("orders", key=key).status == 201  # nothing of it had been done
