"""Agencies and people for tests."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from agenturclient.identity.accounts import actor_for
from agenturclient.identity.actors import Actor, Permission, Role
from agenturclient.identity.models import Agency, Branch, Membership, User

PASSWORD = "a long enough secret"

_numbers = count(1)


def make_agency(code: str = "", *, name: str = "", active: bool = True) -> Agency:
    """An agency with one branch, `main`."""
    code = code or f"agency-{next(_numbers)}"
    agency = Agency.objects.create(code=code, name=name or code.title(), active=active)
    Branch.objects.create(agency=agency, code="main", name=f"{agency.name} main")
    return agency


def make_user(
    agency: Agency | None = None,
    *rights: Permission,
    role: Role = Role.AGENT,
    username: str = "",
    is_active: bool = True,
) -> User:
    """A local user, a member of the agency with these rights where one is given."""
    number = next(_numbers)
    user = User.objects.create_local(
        username or f"user{number}",
        PASSWORD,
        first_name="Test",
        last_name=f"Person {number}",
        email=f"user{number}@agency.example",
        role=role.value,
        is_active=is_active,
    )
    if agency is not None:
        join(user, agency, *rights)
    return user


def join(user: User, agency: Agency, *rights: Permission) -> Membership:
    """Make the user a member of the agency, in its branch."""
    return Membership.objects.create(
        user=user,
        agency=agency,
        branch=agency.branches.get(),
        **{right.value: True for right in rights},
    )


def make_actor(agency: Agency | None = None, *rights: Permission, role: Role = Role.AGENT) -> Actor:
    """The actor of a new user."""
    return actor_for(make_user(agency, *rights, role=role), {})


@dataclass(frozen=True)
class Cast:
    """Two agencies, and someone in the first for each right."""

    agency: Agency
    other_agency: Agency
    seller: Actor
    refunder: Actor
    member: Actor
    outsider: Actor
    care: Actor
    operator: Actor


def make_cast() -> Cast:
    """A new cast; the outsider sells and refunds in the other agency."""
    agency, other = make_agency(), make_agency()
    return Cast(
        agency=agency,
        other_agency=other,
        seller=make_actor(agency, Permission.SELL),
        refunder=make_actor(agency, Permission.REFUND),
        member=make_actor(agency),
        outsider=make_actor(other, Permission.SELL, Permission.REFUND),
        care=make_actor(role=Role.CUSTOMER_CARE),
        operator=make_actor(role=Role.OPERATOR),
    )
