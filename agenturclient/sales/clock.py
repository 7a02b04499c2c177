"""The database's clock: the one clock that all pods share, so that leases and limits mean the same
everywhere.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection

_QUERIES = {
    "sqlite": "SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')",
    "mysql": "SELECT UTC_TIMESTAMP(6)",
}


class DatabaseClock:
    """Asks the database what time it is."""

    def now(self) -> datetime:
        """The present moment by the database, in UTC."""
        with connection.cursor() as cursor:
            cursor.execute(_QUERIES[connection.vendor])
            (value,) = cursor.fetchone()
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC)
