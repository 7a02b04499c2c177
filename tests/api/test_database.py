"""Only what passes by itself is told as a database that is away; a defect stays a defect."""

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError

from agenturclient.api.database import passes_by_itself


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
