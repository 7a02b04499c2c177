"""Why somebody could not sign in: the codes that the page translates."""

from __future__ import annotations

from enum import StrEnum


class Failure(StrEnum):
    """What the page says, and what to do next; nothing about why, which only the log tells."""

    UNAVAILABLE = "sign-in-unavailable"
    EXPIRED = "sign-in-expired"
    CANCELLED = "sign-in-cancelled"
    REFUSED = "sign-in-refused"
    NO_PLACE = "sign-in-no-place"
    MISCONFIGURED = "sign-in-misconfigured"
    STILL_THERE = "sign-out-here-only"


class SignInFailed(Exception):
    """Nobody is signed in by this attempt. `detail` is for the log only."""

    def __init__(self, failure: Failure, detail: str = "") -> None:
        super().__init__(f"{failure}: {detail}" if detail else failure.value)
        self.failure = failure
