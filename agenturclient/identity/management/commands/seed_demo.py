"""`manage.py seed_demo`: agencies and users to try the program with."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from agenturclient.identity.demo import DEMO_USERS, complete_passwords, seed_agencies, seed_demo


class Command(BaseCommand):
    """Makes the demo users, with passwords that only this machine has."""

    help = "Make two agencies and their users, in demo mode only; running it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where the passwords are kept, and how the list is written."""
        parser.add_argument(
            "--passwords",
            type=Path,
            required=True,
            metavar="FILE",
            help="JSON file of user names and passwords, made with new ones where it is missing",
        )
        parser.add_argument(
            "--json", action="store_true", help="write the users as JSON instead of a table"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Seed, keep the passwords, tell the users."""
        if not settings.DEMO_MODE:
            raise CommandError(
                "seed_demo works in demo mode only (DEMO_MODE=1): its passwords stand in a file."
            )
        file: Path = options["passwords"]
        known = _read(file)
        passwords = complete_passwords(known)
        changed = frozenset(name for name in passwords if name not in known)
        if changed:  # before they are set: a password that nobody can read would be lost
            _write(file, passwords)
        if settings.AUTH_MODE == "oidc":  # the people are Keycloak's, and come as they sign in
            seed_agencies()
        else:
            seed_demo(passwords, changed=changed)
        rows = [
            {
                "agency": user.place[0] if user.place else "",
                "username": user.username,
                "password": passwords[user.username],
                "rights": user.told_rights,
            }
            for user in DEMO_USERS
        ]
        self.stdout.write(json.dumps(rows, indent=1) if options["json"] else _table(rows))


def _read(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        content = None
    if not isinstance(content, dict) or not all(isinstance(word, str) for word in content.values()):
        raise CommandError(f"{file} is not a JSON object of user names and passwords.")
    return content


def _write(file: Path, passwords: dict[str, str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_text(json.dumps(passwords, indent=1) + "\n", encoding="utf-8")


def _table(rows: list[dict[str, str]]) -> str:
    widths = {column: max(len(row[column]) for row in rows) for column in rows[0]}
    return "\n".join(
        "  ".join(row[column].ljust(width) for column, width in widths.items()).rstrip()
        for row in rows
    )
