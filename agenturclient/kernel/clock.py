"""The clock is an argument: the database's in production, a turned one in a test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present moment, timezone-aware, in UTC."""
        ...


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.now(UTC)


class SettableClock:
    """A clock that stands still until somebody turns it."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def now(self) -> datetime:
        """The moment it was turned to."""
        return self._moment

    def advance(self, by: timedelta) -> None:
        """Turn it forward."""
        self._moment += by
