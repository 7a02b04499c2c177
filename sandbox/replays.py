"""Idempotency keys: a repeated call gets the answer of the first and does nothing again."""

import hashlib
import json
import sqlite3

from sandbox.problems import Problem
from sandbox.wire import Answer

LONGEST_KEY = 200


def fingerprint(body: bytes) -> str:
    """What two requests with the same key must have in common."""
    return hashlib.sha256(body).hexdigest()


def recorded(
    connection: sqlite3.Connection, key: str, operation: str, request: str
) -> Answer | None:
    """The answer that this key got before.

    Raises Problem when the key came with another operation or another body: that is a mistake of
    the caller's, and nothing may happen.
    """
    row = connection.execute(
        "SELECT operation, request, status, body FROM replays WHERE key = ?", (key,)
    ).fetchone()
    if row is None:
        return None
    if (row[0], row[1]) != (operation, request):
        raise Problem(400, "VALIDATION_ERROR", "this Idempotency-Key belongs to another request")
    return Answer(json.loads(row[3]), row[2])


def record(
    connection: sqlite3.Connection, key: str, operation: str, request: str, answer: Answer
) -> None:
    """Remember the answer, in the same transaction as its effect."""
    connection.execute(
        "INSERT INTO replays (key, operation, request, status, body) VALUES (?, ?, ?, ?, ?)",
        (key, operation, request, answer.status, json.dumps(answer.body)),
    )
