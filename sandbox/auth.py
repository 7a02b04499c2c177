"""OAuth 2 client credentials: tokens that are signed, live five minutes and need no memory."""

import hashlib
import hmac
import secrets
import sqlite3
import time

from werkzeug.wrappers import Request

from sandbox.problems import Problem

LIFETIME = 300
SETTING = "token-key"


def signing_key(connection: sqlite3.Connection) -> bytes:
    """The key of this state file, made at its first use (in a write transaction)."""
    connection.execute(
        "INSERT OR IGNORE INTO settings (name, value) VALUES (?, ?)",
        (SETTING, secrets.token_hex(32)),
    )
    (value,) = connection.execute(
        "SELECT value FROM settings WHERE name = ?", (SETTING,)
    ).fetchone()
    return bytes.fromhex(value)


def grant(request: Request, client: tuple[str, str], key: bytes) -> dict[str, object] | None:
    """The token answer for right credentials (form or Basic), None for wrong ones."""
    form, basic = request.form, request.authorization
    given = (form.get("client_id", ""), form.get("client_secret", ""))
    if basic is not None and basic.type == "basic":
        given = (str(basic.username), str(basic.password))
    matches = [
        hmac.compare_digest(theirs.encode(), ours.encode())
        for theirs, ours in zip(given, client, strict=True)
    ]
    if form.get("grant_type") != "client_credentials" or not all(matches):
        return None
    until = str(int(time.time()) + LIFETIME)
    return {
        "access_token": f"{until}.{_signature(until, key)}",
        "token_type": "Bearer",
        "expires_in": LIFETIME,
    }


def check(request: Request, key: bytes) -> None:
    """Problem 401 unless the request bears a token of ours that has not run out (in real time)."""
    authorization = request.authorization
    token = authorization.token if authorization and authorization.type == "bearer" else None
    until, _, signature = (token or "").partition(".")
    if not until.isdigit() or not hmac.compare_digest(signature, _signature(until, key)):
        raise Problem(401, "UNAUTHORIZED", "a bearer token is needed")
    if time.time() >= int(until):
        raise Problem(401, "UNAUTHORIZED", "the token has run out")


def _signature(until: str, key: bytes) -> str:
    return hmac.new(key, until.encode(), hashlib.sha256).hexdigest()
