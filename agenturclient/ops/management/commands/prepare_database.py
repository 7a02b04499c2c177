"""`manage.py prepare_database`: once per database, before the first process uses it."""

from django.core.management.base import BaseCommand
from django.db import connection


class Command(BaseCommand):
    """Switches an SQLite file to write-ahead logging; other databases need nothing.

    The switch is kept in the file. It is not made per connection, because processes that make it
    at the same moment lock each other out.
    """

    help = "Prepare the database file for several processes (SQLite only)."

    def handle(self, *args: object, **options: object) -> None:
        """Make the switch and say which mode the file is in."""
        if connection.vendor != "sqlite":
            self.stdout.write(f"{connection.display_name} needs no preparation.")
            return
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode=WAL")
            mode = cursor.fetchone()[0]
        self.stdout.write(f"SQLite journal mode: {mode}")
