"""Django's MySQL and MariaDB backend, with one more question to a connection before it is used.

After a fail-over the server that was the writer may live on and accept reads alone; a connection
that is kept stays with it, answers a ping, and every write fails (error 1290 or 1836). So a server
that is read-only counts as gone: Django's health check then connects anew, by the name that leads
to the writer. It costs what the ping did, one round trip.
"""

from typing import Final

from django.db.backends.mysql import base

_READ_ONLY: Final = "SELECT @@global.read_only, @@global.innodb_read_only"
_WRITABLE: Final = frozenset({"0", "OFF"})  # newer MariaDB servers say it in words


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that is usable only where it can write."""

    def is_usable(self) -> bool:
        """Whether the server answers and takes writes; called by Django before a request."""
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(_READ_ONLY)
                row = cursor.fetchone()
        except self.Database.Error:
            return False
        return {str(value) for value in row} <= _WRITABLE
