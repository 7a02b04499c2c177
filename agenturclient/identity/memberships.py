"""Brings what is written here about a person into line with what the identity provider grants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from agenturclient.identity.actors import Permission, Role
from agenturclient.identity.models import Agency, Change, Membership, User

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agenturclient.identity.claims import Grants


def gives_a_place(grants: Grants) -> bool:
    """Whether there is anything here that these grants let somebody do."""
    return grants.role is not Role.AGENT or bool(_agencies(grants))


def settle(user: User, grants: Grants) -> bool:
    """Make role and memberships exactly what the grants say; False when nothing is left.

    A grant for an agency that does not exist here gives nothing. The branch stays as it was. While
    an admin's change of the person is under way the memberships stay: the identity provider may
    still tell what is being taken away.
    """
    with transaction.atomic():
        if user.role != grants.role.value:
            user.role = grants.role.value
            user.save(update_fields=["role"])
        if not is_changing(user):
            _settle_memberships(user, _agencies(grants))
    own = Membership.objects.filter(user=user, active=True, agency__active=True)
    return grants.role is not Role.AGENT or own.exists()


def is_changing(user: User) -> bool:
    """Whether an admin's change of the person has not come to its end yet."""
    return Change.objects.filter(user=user, open_subject__isnull=False).exists()


def _settle_memberships(user: User, agencies: Mapping[Agency, frozenset[Permission]]) -> None:
    ended = Membership.objects.filter(user=user, active=True).exclude(agency__in=agencies)
    ended.update(active=False)
    present = {each.agency_id: each for each in Membership.objects.filter(user=user)}
    for agency, rights in agencies.items():
        wanted = {right.value: right in rights for right in Permission} | {"active": True}
        if not _is(present.get(agency.pk), wanted):
            Membership.objects.update_or_create(user=user, agency=agency, defaults=wanted)


def _agencies(grants: Grants) -> dict[Agency, frozenset[Permission]]:
    """The agencies here with what is granted in each.

    By the exact code: some databases compare without regard to case, and then a group
    `/agencies/ALPEN` would be worth `/agencies/alpen`.
    """
    found = Agency.objects.filter(code__in=grants.agencies)
    return {each: grants.agencies[each.code] for each in found if each.code in grants.agencies}


def _is(membership: Membership | None, wanted: Mapping[str, bool]) -> bool:
    return membership is not None and all(
        getattr(membership, name) is value for name, value in wanted.items()
    )
