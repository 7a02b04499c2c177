"""How long the adapter may take for each operation: leases are made to outlast it, and a request
begins none that it has no time for.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from agenturclient.outbound import deadline


def hold_lasts() -> timedelta:
    """Longest time of a hold."""
    return timedelta(seconds=settings.HOLD_DEADLINE_SECONDS)


def issue_lasts() -> timedelta:
    """Longest time of a confirmation; it reads the booking afterwards."""
    return timedelta(seconds=settings.ISSUE_DEADLINE_SECONDS)


def refund_lasts() -> timedelta:
    """Longest time of a refund's quote or acceptance."""
    return timedelta(seconds=settings.REFUND_DEADLINE_SECONDS)


def documents_last() -> timedelta:
    """Longest time for which whoever sold or refunded waits for the documents of it."""
    return timedelta(seconds=settings.DOCUMENTS_NOW_SECONDS)


def is_time_for(longest: timedelta) -> bool:
    """Whether an operation that takes so long at most ends within the request's deadline.

    Always, where there is no request: recovery takes the time that it needs.
    """
    return deadline.left() >= longest.total_seconds()


def flag_after() -> timedelta:
    """Age from which an operation whose outcome is not known waits for a person too."""
    return timedelta(seconds=settings.FLAG_AFTER_SECONDS)
