"""The cast of the flows about people: an office with its admin, over a directory in memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from agenturclient.identity.accounts import actor_for
from agenturclient.identity.actors import Permission, Role
from agenturclient.identity.directory.port import Account, Profile
from agenturclient.identity.models import Agency, Branch, Change, Membership, User
from agenturclient.identity.users import block, edit, invite, listing
from agenturclient.identity.users.details import InvitationCriteria, ProfileChange, UserCriteria
from agenturclient.identity.users.recover import ChangeRecovery

if TYPE_CHECKING:
    from agenturclient.identity.actors import Actor
    from agenturclient.identity.users.details import Invited, UserDetail
    from agenturclient.kernel.clock import SettableClock
    from tests.fake_directory import FakeDirectory

ALL = frozenset(Permission)
SELL, REFUND, ADMIN = Permission.SELL, Permission.REFUND, Permission.ADMIN


@dataclass
class Office:
    """An agency whose admin works; each method is what a click on the page does."""

    agency: Agency
    admin: User
    directory: FakeDirectory
    clock: SettableClock

    @property
    def actor(self) -> Actor:
        """The admin, as a request that comes now finds her."""
        return actor_for(User.objects.get(pk=self.admin.pk), {})

    def tools(self, actor: Actor | None = None) -> dict[str, Any]:
        """What every use case takes."""
        return {
            "actor": actor or self.actor,
            "directory": self.directory,
            "clock": self.clock,
        }

    def invite(
        self, *rights: Permission, key: UUID | None = None, **changes: str
    ) -> Invited | None:
        words = {"first_name": "Ida", "last_name": "Amrein", "email": "ida@agency.example"}
        person = InvitationCriteria(**(words | changes), permissions=frozenset(rights))
        return invite.invite(person, key=key or uuid4(), **self.tools())

    def rights(self, user: User, **wanted: bool) -> UserDetail:
        given = {Permission(name): value for name, value in wanted.items()}
        return edit.change_rights(user.pk, given, **self.tools())

    def edit(self, user: User, **words: str) -> UserDetail:
        return edit.change_user(user.pk, ProfileChange(**words), **self.tools())

    def block(self, user: User) -> UserDetail:
        return block.block(user.pk, **self.tools())

    def unblock(self, user: User) -> UserDetail:
        return block.unblock(user.pk, **self.tools())

    def end_sessions(self, user: User) -> UserDetail:
        return block.end_sessions(user.pk, **self.tools())

    def people(self, **criteria: Any) -> list[UserDetail]:
        found = listing.list_users(
            UserCriteria(**criteria), actor=self.actor, directory=self.directory
        )
        return list(found.results)

    def recover(self, minutes: float = 1) -> None:
        """Time passes, and the worker comes by."""
        self.clock.advance(timedelta(minutes=minutes))
        ChangeRecovery(self.directory, self.clock).run_once()


def make_office(code: str, directory: FakeDirectory, clock: SettableClock) -> Office:
    """An agency with a branch and an admin who has every right."""
    agency = Agency.objects.create(code=code, name=code.title())
    Branch.objects.create(agency=agency, code="main", name="Main")
    directory.agencies.add(code)
    admin = hire(agency, directory, *ALL, first_name="Nina", last_name=f"Huber {code}")
    return Office(agency, admin, directory, clock)


def hire(
    agency: Agency,
    directory: FakeDirectory,
    *rights: Permission,
    first_name: str = "Rolf",
    last_name: str = "Frei",
    pending: bool = False,
) -> User:
    """Somebody who works there, known to the directory and here."""
    email = f"{first_name}.{last_name}@agency.example".lower().replace(" ", "-")
    profile = Profile(first_name, last_name, email)
    subject = directory.create(profile)
    directory.accounts[subject] = Account(
        subject, profile, pending=pending, memberships={agency.code: frozenset(rights)}
    )
    directory.calls.clear()
    user = User.objects.create(
        issuer=directory.issuer,
        subject=subject,
        first_name=first_name,
        last_name=last_name,
        email=email,
        role=Role.AGENT.value,
        pending=pending,
    )
    join(user, agency, directory, *rights)
    return user


def join(user: User, agency: Agency, directory: FakeDirectory, *rights: Permission) -> None:
    """Make somebody a member of (another) agency."""
    flags = {right.value: right in rights for right in Permission}
    branch = Branch.objects.filter(agency=agency).first()
    Membership.objects.create(user=user, agency=agency, branch=branch, **flags)
    memberships = dict(directory.accounts[user.subject].memberships)
    directory._set(user.subject, memberships={**memberships, agency.code: frozenset(rights)})


def membership(user: User, agency: Agency) -> Membership:
    """The membership as the database has it."""
    return Membership.objects.get(user=user, agency=agency)


def trail(kind: str = "") -> list[tuple[str, str, str]]:
    """The audit trail, oldest first: kind, step and code of each line."""
    changes = Change.objects.filter(kind=kind) if kind else Change.objects.all()
    return [
        (change.kind, step.step, step.code)
        for change in changes.order_by("pk")
        for step in change.steps.order_by("pk")
    ]
