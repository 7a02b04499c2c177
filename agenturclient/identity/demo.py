"""The people of a demonstration: two agencies, a user for each right, the two wide roles.

The admins have every right, because nobody can give one that he has not.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction

from agenturclient.identity.actors import Permission, Role
from agenturclient.identity.models import Agency, Branch, Membership, User

if TYPE_CHECKING:
    from collections.abc import Mapping

_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is misread from a screen

_AGENCIES: Final = {
    "alpenreisen": ("Alpenreisen AG", {"bern": "Bern Bahnhofplatz", "chur": "Chur Postplatz"}),
    "voyages-leman": ("Voyages Léman SA", {"lausanne": "Lausanne Gare"}),
}


@dataclass(frozen=True)
class DemoUser:
    """Someone to sign in as. `place` is agency and branch; wide roles have none."""

    username: str
    first_name: str
    last_name: str
    place: tuple[str, str] | None = None
    rights: tuple[Permission, ...] = ()
    role: Role = Role.AGENT

    @property
    def told_rights(self) -> str:
        """The rights in words, for the list that is printed."""
        return ", ".join(self.rights) if self.role is Role.AGENT else self.role.value


_BERN, _CHUR, _LAUSANNE = (
    ("alpenreisen", "bern"),
    ("alpenreisen", "chur"),
    ("voyages-leman", "lausanne"),
)
DEMO_USERS: Final = (
    DemoUser("keller", "Anna", "Keller", _BERN, (Permission.SELL, Permission.REFUND)),
    DemoUser("meier", "Urs", "Meier", _CHUR, (Permission.SELL,)),
    DemoUser("frei", "Lea", "Frei", _BERN, (Permission.REFUND,)),
    DemoUser("brunner", "Reto", "Brunner", _BERN, (Permission.FINANCE,)),
    DemoUser("huber", "Nina", "Huber", _BERN, tuple(Permission)),
    DemoUser("rochat", "Julie", "Rochat", _LAUSANNE, (Permission.SELL, Permission.REFUND)),
    DemoUser("favre", "Marc", "Favre", _LAUSANNE, (Permission.SELL,)),
    DemoUser("blanc", "Inès", "Blanc", _LAUSANNE, (Permission.REFUND,)),
    DemoUser("girard", "Luc", "Girard", _LAUSANNE, (Permission.FINANCE,)),
    DemoUser("monnier", "Zoé", "Monnier", _LAUSANNE, tuple(Permission)),
    DemoUser("care", "Silvia", "Roth", role=Role.CUSTOMER_CARE),
    DemoUser("operator", "Daniel", "Wyss", role=Role.OPERATOR),
)


def new_password() -> str:
    """Twelve letters and digits that nobody else's demonstration has (59 bits)."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))


def complete_passwords(known: Mapping[str, str]) -> dict[str, str]:
    """A password for each demo user: the known one or a new one."""
    return {user.username: known.get(user.username) or new_password() for user in DEMO_USERS}


def seed_demo(passwords: Mapping[str, str], *, changed: frozenset[str]) -> None:
    """Make the agencies and users that are missing; running it again changes nothing.

    `changed` names the users whose password is new and must be set even if they exist: hashing is
    slow on purpose, so a second start does not repeat it for the others.
    """
    branches = seed_agencies()
    for wanted in DEMO_USERS:
        with transaction.atomic():
            _seed_user(
                wanted, branches, passwords[wanted.username], changed=wanted.username in changed
            )


def seed_agencies() -> dict[tuple[str, str], Branch]:
    """Make the agencies and branches that are missing; the branches by their codes."""
    branches: dict[tuple[str, str], Branch] = {}
    for code, (name, offices) in _AGENCIES.items():
        agency, _ = Agency.objects.get_or_create(code=code, defaults={"name": name})
        for branch_code, branch_name in offices.items():
            branches[code, branch_code], _ = Branch.objects.get_or_create(
                agency=agency, code=branch_code, defaults={"name": branch_name}
            )
    return branches


def _seed_user(
    wanted: DemoUser,
    branches: Mapping[tuple[str, str], Branch],
    password: str,
    *,
    changed: bool,
) -> None:
    user = User.objects.filter(username=wanted.username).first()
    if user is None:
        user = User.objects.create_local(
            wanted.username,
            password,
            first_name=wanted.first_name,
            last_name=wanted.last_name,
            email=f"{wanted.username}@agency.example",
            role=wanted.role.value,
        )
    elif changed:
        user.set_password(password)
        user.save(update_fields=["password"])
    if wanted.place is not None:
        branch = branches[wanted.place]
        Membership.objects.get_or_create(
            user=user,
            agency=branch.agency,
            defaults={"branch": branch} | {right.value: True for right in wanted.rights},
        )
