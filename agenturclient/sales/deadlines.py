"""How long the adapter may take for each operation: leases are made to outlast it."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings


def hold_lasts() -> timedelta:
    """Longest time of a hold."""
    return timedelta(seconds=settings.HOLD_DEADLINE_SECONDS)


def issue_lasts() -> timedelta:
    """Longest time of a confirmation; it reads the booking afterwards."""
    return timedelta(seconds=settings.ISSUE_DEADLINE_SECONDS)


def refund_lasts() -> timedelta:
    """Longest time of a refund's quote or acceptance."""
    return timedelta(seconds=settings.REFUND_DEADLINE_SECONDS)


def flag_after() -> timedelta:
    """Age from which an operation whose outcome is not known waits for a person too."""
    return timedelta(seconds=settings.FLAG_AFTER_SECONDS)
