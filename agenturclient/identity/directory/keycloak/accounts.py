"""From Keycloak's users, groups and roles to accounts, and back. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from agenturclient.identity.claims import grants_of
from agenturclient.identity.directory.port import Account, Profile, Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agenturclient.identity.directory.port import Rights

UPDATE_PASSWORD: Final = "UPDATE_PASSWORD"  # noqa: S105 - the name of a required action
_OF_AN_AGENCY: Final = re.compile(r"/agencies/[^/]+(?:/(?:sell|refund|finance|admin))?\Z")
_DEFAULT_ROLE: Final = "default-roles-"


def profile(user: Mapping[str, Any]) -> Profile:
    """Name and address; what is not set is empty."""
    return Profile(*(str(user.get(name) or "") for name in ("firstName", "lastName", "email")))


def account(
    user: Mapping[str, Any], memberships: Mapping[str, Rights], *, guarded: bool = False
) -> Account:
    """The account of a user. Raises Unavailable where it cannot be read."""
    try:
        made = datetime.fromtimestamp(user["createdTimestamp"] / 1000, UTC)
        return Account(
            subject=str(user["id"]),
            profile=profile(user),
            enabled=user["enabled"] is True,
            pending=UPDATE_PASSWORD in user.get("requiredActions", ()),
            memberships=memberships,
            guarded=guarded,
            created_at=made,
        )
    except (KeyError, TypeError, ValueError) as failure:
        raise Unavailable("unreadable") from failure


def memberships(paths: list[str]) -> dict[str, Rights]:
    """The agencies and rights that these full group paths give."""
    return dict(grants_of(paths).agencies)


def is_guarded(paths: list[str], roles: Mapping[str, Any]) -> bool:
    """Whether the account can do something that no agency gives: it is in another group, or has a
    role beyond the realm's default one.
    """
    foreign = any(not _OF_AN_AGENCY.match(path) for path in paths)
    realm = [str(role.get("name")) for role in roles.get("realmMappings", ())]
    more = any(not name.startswith(_DEFAULT_ROLE) for name in realm)
    return foreign or more or bool(roles.get("clientMappings"))


def representation(who: Profile) -> dict[str, Any]:
    """Name and address in Keycloak's words; an admin vouches for the address."""
    return {
        "firstName": who.first_name,
        "lastName": who.last_name,
        "email": who.email,
        "emailVerified": True,
    }
