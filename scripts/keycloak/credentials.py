"""The secrets of local clusters: made once, kept for their owner only, never in git."""

import json
import secrets
from pathlib import Path
from typing import Final

from scripts.environment import write_private
from scripts.keycloak.folders import cache

ADMIN_CLIENT: Final = "realm-applier"
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is misread from a screen
_SECRETS: Final = (
    "KEYCLOAK_ADMIN_CLIENT_SECRET",
    "CONSOLE_PASSWORD",
    "DATABASE_PASSWORD",
    "AGENTURCLIENT_SECRET",
    "USERADMIN_SECRET",
    "BROKER_SECRET",
)
_PREFIX: Final = "DEMO_PASSWORD_"


def secrets_file() -> Path:
    """Where they are kept; they go with the snapshots, which contain them."""
    return cache() / "secrets.json"


def kept_secrets(usernames: list[str]) -> dict[str, str]:
    """Each secret by the name that the realm files use; the missing ones are made and kept."""
    path = secrets_file()
    kept: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    made = {name: secrets.token_urlsafe(32) for name in _SECRETS if name not in kept}
    for username in usernames:
        name = f"{_PREFIX}{username.upper()}"
        if name not in kept:
            made[name] = _password()
    if made:
        kept |= made
        write_private(path, json.dumps(kept, indent=1))
    return kept


def password_of(username: str, kept: dict[str, str]) -> str:
    """The password of a demo user."""
    return kept[f"{_PREFIX}{username.upper()}"]


def _password() -> str:
    """Twelve letters and digits (59 bits), as the local demo users have."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))
