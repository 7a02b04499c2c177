"""The sandbox's memory: one SQLite file. What was answered is in it, whatever happens later."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

TABLES = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS searches (
    id TEXT PRIMARY KEY, until REAL NOT NULL, document BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS searches_until ON searches (until);
CREATE TABLE IF NOT EXISTS bookings (
    id TEXT PRIMARY KEY, code TEXT NOT NULL UNIQUE, external_ref TEXT NOT NULL,
    names TEXT NOT NULL, created REAL NOT NULL, document TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS bookings_external_ref ON bookings (external_ref);
CREATE INDEX IF NOT EXISTS bookings_created ON bookings (created);
CREATE TABLE IF NOT EXISTS fulfillments (id TEXT PRIMARY KEY, booking TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS claims (
    booking TEXT NOT NULL, quota TEXT NOT NULL, seats INTEGER NOT NULL, until REAL NOT NULL);
CREATE INDEX IF NOT EXISTS claims_quota ON claims (quota);
CREATE INDEX IF NOT EXISTS claims_booking ON claims (booking);
CREATE TABLE IF NOT EXISTS replays (
    key TEXT PRIMARY KEY, operation TEXT NOT NULL, request TEXT NOT NULL,
    status INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS faults (
    id INTEGER PRIMARY KEY, operation TEXT NOT NULL, document TEXT NOT NULL, times INTEGER);
"""


class Store:
    """The state file. Each use opens a connection of its own, so threads never share one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # Kept open so that closing a request's connection is never the last one, which would
        # write the whole log back into the file each time.
        self._anchor = self._connect()
        self._anchor.execute("PRAGMA journal_mode = WAL")
        self._anchor.executescript(TABLES)

    def close(self) -> None:
        """Let go of the file."""
        self._anchor.close()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection where each statement stands alone; no lock is held between them."""
        with closing(self._connect()) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction that is alone from its first statement; an exception undoes it."""
        with closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def _connect(self) -> sqlite3.Connection:
        # Threads hand the anchor only to close(); nothing else crosses a thread.
        connection = sqlite3.connect(
            self._path, timeout=20, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection
