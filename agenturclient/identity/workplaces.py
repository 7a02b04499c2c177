"""Where a person may work, and the one that this session works for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch, prefetch_related_objects

from agenturclient.identity.accounts import ACTIVE_AGENCY, memberships_of
from agenturclient.identity.actors import Role
from agenturclient.identity.models import Branch
from agenturclient.identity.users.errors import AgencyNotFound, BranchNotFound

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from datetime import datetime

    from agenturclient.identity.models import Membership, User


@dataclass(frozen=True)
class Place:
    """An agency or a branch, as the page shows one."""

    code: str
    name: str


@dataclass(frozen=True)
class Workplace:
    """An agency that a person may work for, its open branches, and the one where the person is."""

    code: str
    name: str
    branches: tuple[Place, ...]
    branch: str


def workplaces(user: User) -> tuple[Workplace, ...]:
    """The agencies that the user is a member of, by name; none for the wide roles."""
    if user.role != Role.AGENT.value:
        return ()
    memberships = memberships_of(user)
    open_branches = Prefetch("agency__branches", Branch.objects.filter(active=True))
    prefetch_related_objects(memberships, open_branches)
    found = (_workplace(each) for each in memberships)
    return tuple(sorted(found, key=lambda workplace: workplace.name.casefold()))


def choose(
    user: User,
    session: MutableMapping[str, object],
    *,
    agency: str,
    branch: str | None,
    now: datetime,
) -> None:
    """Work for this agency from now on, in this branch where one is named.

    The next sign-in starts there too. Raises AgencyNotFound and BranchNotFound, also for what
    exists but is not the user's.
    """
    own = memberships_of(user) if user.role == Role.AGENT.value else []
    membership = next((each for each in own if each.agency.code == agency), None)
    if membership is None:
        raise AgencyNotFound
    if branch is not None:
        wanted = Branch.objects.filter(agency=membership.agency, code=branch, active=True).first()
        if wanted is None:
            raise BranchNotFound
        membership.branch = wanted
    membership.chosen_at = now
    membership.save(update_fields=["branch", "chosen_at"])
    session[ACTIVE_AGENCY] = membership.agency_id


def _workplace(membership: Membership) -> Workplace:
    agency, branch = membership.agency, membership.branch
    return Workplace(
        code=agency.code,
        name=agency.name,
        branches=tuple(Place(each.code, each.name) for each in agency.branches.all()),
        branch=branch.code if branch else "",
    )
