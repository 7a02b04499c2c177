"""Runs of the reconciliation, as the operator's people see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime


@dataclass(frozen=True)
class RunDetail:
    """One comparison of our books with the distributor's, of the sales that moved `since`.

    `asked_by` is empty for a nightly run, `night` is None for one that a person asked for.
    `ended_at` is None while it goes on. `compared` and `skipped` count sales, `seen` and `gone`
    differences; `stopped` is the code of what keeps or kept it from its end, else empty.
    """

    id: int
    night: date | None
    asked_by: str
    since: datetime
    asked_at: datetime
    ended_at: datetime | None
    compared: int
    skipped: int
    seen: int
    gone: int
    stopped: str
