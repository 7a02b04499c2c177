"""What is asked of a directory, in our words: its values, its three failures, its calls.

A call that changes something sets a state ("is a member with these rights"), never a step ("add
one"), so that repeating it changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from agenturclient.identity.actors import Permission

    Rights = frozenset[Permission]


class DirectoryFailure(Exception):
    """Base of the three ways in which a call can fail. `code` is stable kebab-case in our words."""

    def __init__(self, code: str, detail: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.retry_after = retry_after


class Refused(DirectoryFailure):
    """A definite no; nothing was done."""


class Unavailable(DirectoryFailure):
    """Certainly not done: never sent, turned away, not let in; or a read that failed."""


class OutcomeUnknown(DirectoryFailure):
    """A change was sent and there is no usable answer: it may have happened."""


class Refusals(StrEnum):
    """Codes of `Refused` that every adapter uses alike."""

    EMAIL_TAKEN = "email-taken"
    EMAIL_REFUSED = "email-refused"
    PASSWORD_REFUSED = "password-refused"  # noqa: S105 - a code
    USER_NOT_FOUND = "user-not-found"
    OTHER = "directory-refused"


@dataclass(frozen=True)
class Profile:
    """Who somebody is. An e-mail address belongs to one account only."""

    first_name: str
    last_name: str
    email: str


@dataclass(frozen=True)
class Account:
    """Somebody's account as the directory has it.

    `memberships`: the code of each agency and the rights there. `pending`: no password has been
    set yet. `guarded`: it can do something that no agency gives, so no agency may touch it.
    """

    subject: str
    profile: Profile
    enabled: bool = True
    pending: bool = False
    memberships: Mapping[str, Rights] = field(default_factory=dict)
    guarded: bool = False
    created_at: datetime | None = None


class Directory(Protocol):
    """Keeps accounts and who belongs to which agency.

    Every call may raise Unavailable; one that changes something Refused and OutcomeUnknown too.
    """

    issuer: str
    """The issuer of the subjects, as in User.issuer."""

    sends_mail: bool
    """Whether `send_invitation` works: otherwise a link of ours is handed over."""

    def account(self, subject: str) -> Account | None:
        """The account of that subject, None where there is none."""
        ...

    def find(self, email: str) -> Account | None:
        """The account with that e-mail address."""
        ...

    def members(self, agency: str) -> tuple[Account, ...]:
        """The members of an agency, each with the rights in this agency only."""
        ...

    def create(self, profile: Profile) -> str:
        """Make an account without a password; its subject. Refused `email-taken`."""
        ...

    def change_profile(self, subject: str, profile: Profile) -> None:
        """Set name and e-mail address. Refused `email-taken`."""
        ...

    def change_rights(self, subject: str, agency: str, rights: Rights | None) -> None:
        """Make the account a member with exactly these rights; None: not a member."""
        ...

    def set_enabled(self, subject: str, *, enabled: bool) -> None:
        """Whether anybody can sign in with the account at all."""
        ...

    def end_sessions(self, subject: str) -> None:
        """End the sessions that the directory itself keeps."""
        ...

    def set_password(self, subject: str, password: str) -> None:
        """Set the password that the person chose. Refused `password-refused`."""
        ...

    def send_invitation(self, subject: str) -> None:
        """Have the directory send the person a link for a password."""
        ...

    def create_agency(self, code: str) -> None:
        """Make what the directory keeps of an agency."""
        ...
