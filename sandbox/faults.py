"""Faults: what can be made to go wrong, per operation, a number of times or with a share.

Some happen before the operation (it has no effect), some change its effect, some after it (it has
happened, and the caller does not learn of it).
"""

import json
import random
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sandbox.jsontypes import Json
from sandbox.problems import Problem

OPERATIONS = frozenset(
    {
        "places",
        "offers",
        "booking",
        "booking-read",
        "fulfillment",
        "refund-offer",
        "refund-confirm",
        "refund-read",
        "booking-delete",
        "bookings-search",
        "token",
        "document",
    }
)
BEFORE = frozenset({"delay", "refuse", "error-before", "reset-before", "too-many-requests"})
EFFECTS = frozenset({"late-documents", "price-change", "expired-offer"})
AFTER = frozenset({"error-after", "lost-after"})
LONGEST = 600.0


@dataclass(frozen=True)
class Fault:
    """One fault: `times` it still happens (None: always), `share` of the calls it strikes (0 to 1).

    With `about` it strikes only calls whose path or body contains this text, such as a booking's id
    or the caller's reference of it. `seconds` are a delay's length or how late documents are;
    `problem` and `status` are the code and the HTTP status (400 to 599) that a refusal gives.
    """

    operation: str
    fault: str
    times: int | None = None
    share: float = 1.0
    seconds: float = 1.0
    problem: str = "OPERATION_NOT_PERMITTED"
    status: int = 400
    about: str = ""


def read(body: Json) -> Fault:
    """A fault from a control request. Problem VALIDATION_ERROR for anything unknown."""
    wanted = {"operation": None, "fault": None, **body}
    if wanted["operation"] not in OPERATIONS:
        raise Problem(400, "VALIDATION_ERROR", f"operation is one of {sorted(OPERATIONS)}")
    if wanted["fault"] not in BEFORE | EFFECTS | AFTER:
        raise Problem(
            400, "VALIDATION_ERROR", f"fault is one of {sorted(BEFORE | EFFECTS | AFTER)}"
        )
    if wanted.keys() - Fault.__dataclass_fields__.keys():
        raise Problem(400, "VALIDATION_ERROR", f"known are {sorted(Fault.__dataclass_fields__)}")
    try:
        return _built(wanted)
    except (TypeError, ValueError):
        raise Problem(
            400, "VALIDATION_ERROR", "a number is expected, of status one from 400 to 599"
        ) from None


def _built(wanted: dict[str, Any]) -> Fault:
    times, status = wanted.get("times"), int(wanted.get("status", 400))
    if not 400 <= status <= 599:  # noqa: PLR2004 - the statuses that say no
        raise ValueError
    return Fault(
        operation=wanted["operation"],
        fault=wanted["fault"],
        times=None if times is None else int(times),
        share=float(wanted.get("share", 1.0)),
        seconds=min(LONGEST, float(wanted.get("seconds", 1.0))),
        problem=str(wanted.get("problem") or "OPERATION_NOT_PERMITTED"),
        status=status,
        about=str(wanted.get("about") or ""),
    )


def switch_on(connection: sqlite3.Connection, fault: Fault) -> None:
    """Add a fault."""
    document = json.dumps(asdict(fault))
    connection.execute(
        "INSERT INTO faults (operation, document, times) VALUES (?, ?, ?)",
        (fault.operation, document, fault.times),
    )


def switch_off(connection: sqlite3.Connection) -> None:
    """Remove all faults."""
    connection.execute("DELETE FROM faults")


def listed(connection: sqlite3.Connection) -> list[Json]:
    """The faults that still happen."""
    rows = connection.execute("SELECT document, times FROM faults ORDER BY id")
    return [{**json.loads(document), "times": times} for document, times in rows]


def striking(connection: sqlite3.Connection, operation: str, said: str) -> list[Fault]:
    """The faults that strike this call of the operation; each of them is one time less left.

    `said` is the call's path and body.

    Must run in a write transaction, so that a fault for one call strikes one call only.
    """
    rows = connection.execute(
        "SELECT id, document FROM faults WHERE operation = ? ORDER BY id", (operation,)
    ).fetchall()
    struck = []
    for number, document in rows:
        fault = Fault(**json.loads(document))
        if fault.about in said and random.random() < fault.share:  # noqa: S311 - a dice, not a secret
            struck.append(fault)
            connection.execute("UPDATE faults SET times = times - 1 WHERE id = ?", (number,))
    connection.execute("DELETE FROM faults WHERE times <= 0")
    return struck


def any_for(connection: sqlite3.Connection, operation: str) -> bool:
    """Whether a fault of the operation is switched on."""
    row = connection.execute(
        "SELECT 1 FROM faults WHERE operation = ? LIMIT 1", (operation,)
    ).fetchone()
    return row is not None


def effects(struck: Iterable[Fault]) -> dict[str, float]:
    """The faults that change what the operation does, with their seconds."""
    return {each.fault: each.seconds for each in struck if each.fault in EFFECTS}
