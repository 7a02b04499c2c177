"""The database of the simulation: SQLite in memory, put back to a snapshot in microseconds.

It takes the place of the default connection while it is open; tables, constraints and ORM are the
product's own.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.core.management import call_command
from django.db import connections
from django.db.utils import load_backend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


# A story asks more kinds of question than sqlite3 keeps prepared by default (128).
_PREPARED = 1000


class Store:
    """The connection, its snapshots, and a hook before every statement outside a transaction."""

    def __init__(self, database: Any) -> None:
        self._database = database
        self.hook: Callable[[], None] = lambda: None
        database.execute_wrappers.append(self._execute)

    def snapshot(self) -> bytes:
        """Everything that is in the database now."""
        return bytes(self._database.connection.serialize())

    def restore(self, snapshot: bytes) -> None:
        """Put the database back."""
        self._database.connection.deserialize(snapshot)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Read past the ORM: for checks, and never interrupted."""
        return list(self._database.connection.execute(query, values))

    def _execute(
        self,
        execute: Callable[..., Any],
        sql: str,
        params: Any,
        many: bool,  # noqa: FBT001 - Django's signature
        context: Any,
    ) -> Any:
        self.hook()
        return execute(sql, params, many, context)


@contextmanager
def open_store() -> Iterator[Store]:
    """Put an empty, migrated database in memory in place of the default one."""
    before = connections["default"]
    options = {**before.settings_dict["OPTIONS"], "cached_statements": _PREPARED}
    settings = {**before.settings_dict, "NAME": ":memory:", "OPTIONS": options}
    database = load_backend(settings["ENGINE"]).DatabaseWrapper(settings, "default")
    connections["default"] = database
    try:
        call_command("migrate", verbosity=0, interactive=False)
        yield Store(database)
    finally:
        connections["default"] = before
        if database.connection is not None:
            database.connection.close()
