"""What group memberships at the identity provider allow. Pure.

The groups authorise by their full path and nothing else: `/agencies/<code>` makes a member,
`/agencies/<code>/<permission>` a member with that permission, `/operators` and `/customer-care` the
two wide roles. Any other path gives nothing, whatever its last part is called: a group of another
tree, or below a permission, can be named by whoever may make groups there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from agenturclient.identity.actors import Permission, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PERMISSIONS: Final = "|".join(permission.value for permission in Permission)
# [A-Za-z0-9_-] is what Agency.code allows; \Z, because $ would let a line end pass.
_AGENCY: Final = re.compile(rf"/agencies/([A-Za-z0-9_-]{{1,50}})(?:/({_PERMISSIONS}))?\Z")
# Whoever is in both acts as the operator: care reads no more than an operator may decide on.
_WIDE: Final = (("/operators", Role.OPERATOR), ("/customer-care", Role.CUSTOMER_CARE))


@dataclass(frozen=True)
class Grants:
    """What somebody may do: a role, and per agency code the permissions of a member."""

    role: Role = Role.AGENT
    agencies: Mapping[str, frozenset[Permission]] = field(default_factory=dict)


def grants_of(groups: Iterable[str]) -> Grants:
    """The grants of these full group paths."""
    paths = frozenset(groups)
    role = next((role for path, role in _WIDE if path in paths), Role.AGENT)
    agencies: dict[str, set[Permission]] = {}
    for found in filter(None, map(_AGENCY.match, paths)):
        code, permission = found.groups()
        member = agencies.setdefault(code, set())
        if permission is not None:
            member.add(Permission(permission))
    return Grants(role, {code: frozenset(rights) for code, rights in sorted(agencies.items())})
