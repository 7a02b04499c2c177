"""Agencies and people for tests."""

from __future__ import annotations

from itertools import count

from agenturclient.identity.actors import Permission, Role
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
