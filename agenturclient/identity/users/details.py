"""What the use cases take and give: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from agenturclient.identity.actors import Permission

T = TypeVar("T")


class UserState(StrEnum):
    """Whether somebody can work: INVITED has set no password yet, BLOCKED is kept out."""

    ACTIVE = "active"
    INVITED = "invited"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class Party:
    """An agency or a branch, or (`code` empty) none."""

    code: str
    name: str


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows of a list, and the cursor of those that follow."""

    results: tuple[T, ...]
    next: str | None


@dataclass(frozen=True)
class UserDetail:
    """A person in the actor's agency.

    `you`: it is the actor. `shared`: the account is not this agency's alone, so that name, address
    and password are not its business. `changing`: the kind of the change that is under way.
    """

    id: int
    first_name: str
    last_name: str
    email: str
    username: str
    branch: Party | None
    permissions: tuple[Permission, ...]
    state: UserState
    last_login: datetime | None
    changing: str
    you: bool
    shared: bool


@dataclass(frozen=True)
class Link:
    """How an invited person gets in: a one-time link to hand over, or a mail that was sent."""

    url: str
    expires_at: datetime | None
    mailed: bool = False


@dataclass(frozen=True)
class Invited:
    """A person and, this once, the link; None when there is none to hand over (any more)."""

    user: UserDetail
    link: Link | None


@dataclass(frozen=True)
class InvitationCriteria:
    """Whom to invite, with which rights and (by its code) to which branch."""

    first_name: str
    last_name: str
    email: str
    permissions: frozenset[Permission]
    branch: str = ""


@dataclass(frozen=True)
class UserCriteria:
    """Which people: `text` is part of a name or address; all of them where nothing is given."""

    text: str = ""
    state: UserState | None = None
    permission: Permission | None = None
    cursor: str = ""
    page_size: int = 50


@dataclass(frozen=True)
class ProfileChange:
    """What to change of a person; None stays. `branch` is a code, empty for none."""

    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    branch: str | None = None


@dataclass(frozen=True)
class StepDetail:
    """A line of the audit trail."""

    step: str
    at: datetime
    code: str


@dataclass(frozen=True)
class ChangeDetail:
    """A change with who wanted it, whom it is about (empty: no person) and how it went."""

    id: int
    kind: str
    state: str
    actor: str
    user: int | None
    user_name: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    steps: tuple[StepDetail, ...]


@dataclass(frozen=True)
class BranchDetail:
    """A branch and how many people work there."""

    id: int
    code: str
    name: str
    active: bool
    people: int


@dataclass(frozen=True)
class AgencyDetail:
    """An agency as the operator sees it."""

    id: int
    code: str
    name: str
    active: bool
    people: int
    admins: int
    branches: int


@dataclass(frozen=True)
class AgencyInvited:
    """A new agency (or one with a further admin), and the link for its admin.

    `changing`: nobody knows yet what the directory has done.
    """

    agency: AgencyDetail
    user: str
    link: Link | None
    changing: bool
