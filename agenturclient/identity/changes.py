"""What can be changed of people, branches and agencies, and how far a change got."""

from __future__ import annotations

from enum import StrEnum


class ChangeKind(StrEnum):
    """What an admin (or, at last, the person: PASSWORD) wants to be done."""

    INVITE = "invite"
    EDIT = "edit"
    RIGHTS = "rights"
    BLOCK = "block"
    UNBLOCK = "unblock"
    SESSIONS = "sessions"
    LINK = "link"
    PASSWORD = "password"  # noqa: S105 - the name of a kind
    BRANCH = "branch"
    AGENCY = "agency"


class ChangeState(StrEnum):
    """How far a change got; UNKNOWN: asked of the directory, and no usable answer."""

    ASKED = "asked"
    UNKNOWN = "unknown"
    DONE = "done"
    FAILED = "failed"
