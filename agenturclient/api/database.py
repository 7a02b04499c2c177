"""Which failures of the database pass by themselves, so that the same request may be sent again."""

from __future__ import annotations

from typing import Final

from django.db import InterfaceError, OperationalError

_DEADLOCK: Final = 1213
# https://mariadb.com/kb/en/mariadb-error-code-reference/ and MySQL's client errors
_PASSING: Final = frozenset(
    {
        1040,  # too many connections
        1053,  # the server is shutting down
        1205,  # waited for a lock in vain
        _DEADLOCK,  # and this transaction was chosen to end
        1290,  # read-only after a fail-over
        1836,  # the same, in MySQL's words
        1927,  # the connection was killed
        2002,  # no server at the socket
        2003,  # no server at the address
        2005,  # no such host
        2006,  # the server has gone away
        2013,  # the connection was lost during a query
        2055,  # the same, with the system's own error
    }
)
_SQLITE_LOCKED: Final = "database is locked"


def was_chosen(failure: Exception) -> bool:
    """Whether the database ended this transaction because two waited for each other.

    It is over for both then, so the same may be asked again at once. Changing a table ends those in
    this way who have read from it and want to write to it meanwhile: on MariaDB it is never the
    change that gives way.
    """
    return isinstance(failure, OperationalError) and failure.args[:1] == (_DEADLOCK,)


def passes_by_itself(failure: Exception) -> bool:
    """Whether the database is away, or was busy with somebody else: not a defect of ours."""
    if isinstance(failure, InterfaceError):  # a connection that is closed already
        return True
    if not isinstance(failure, OperationalError) or not failure.args:
        return False
    return failure.args[0] in _PASSING or failure.args[0] == _SQLITE_LOCKED
