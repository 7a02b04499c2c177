"""`manage.py migrate`: Django's own, on a database that others use meanwhile."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any, Final

from django.core.management.commands import migrate
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

# A statement that changes a table waits for everybody who is using it, and everybody else waits
# behind it: so it gives up soon, lets them through, and is tried again (reliability: migrations).
# Sooner than they do (DATABASE_LOCK_SECONDS), or it is they who give up: one may hold a row that
# another waits for who is in the way of the change, and no server finds that out. It waits in two
# places: for those who use the table and then, with the table closed, for those who have written
# in a table whose rows name its own (MariaDB 10.11 takes a lock on these, too).
_LOCK_SECONDS: Final = 1
_ATTEMPTS: Final = 30
_PAUSE_SECONDS: Final = 3.0
_LOCK_WAIT_TIMEOUT: Final = 1205

logger = logging.getLogger(__name__)


class Command(migrate.Command):
    """On MySQL and MariaDB: waits for a table a second or two only, and as long as it takes for an
    answer; tries again when the table was busy. A migration that came to its end is not run twice,
    and each does one thing to the database (`scripts.migrations`), so none stops half-way.

    Raises OperationalError when the table is busy for two minutes.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        """Bring the tables up to date."""
        connection = connections[options["database"]]
        if connection.vendor != "mysql":
            super().handle(*args, **options)
            return
        with _for_tables(connection):
            for left in reversed(range(_ATTEMPTS)):
                try:
                    super().handle(*args, **options)
                except OperationalError as error:
                    if error.args[0] != _LOCK_WAIT_TIMEOUT or not left:
                        raise
                    logger.warning("a table is busy; trying again", extra={"attempts_left": left})
                    Event().wait(_PAUSE_SECONDS)
                else:
                    return


@contextmanager
def _for_tables(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """A session that changes tables: it gives up on locks soon, and on answers never."""
    usual = connection.settings_dict["OPTIONS"]
    patient = {name: usual[name] for name in usual if name not in ("read_timeout", "write_timeout")}
    for lock in ("lock_wait_timeout", "innodb_lock_wait_timeout"):
        patient["init_command"] += f", {lock}={_LOCK_SECONDS}"
    connection.close()
    connection.settings_dict["OPTIONS"] = patient
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["OPTIONS"] = usual
