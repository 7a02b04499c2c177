"""Who acts, for which agency, and what that person may do there. Plain values, no table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from agenturclient.kernel.errors import Refusal


class Permission(StrEnum):
    """What a member may do in an agency beyond reading its orders."""

    SELL = "sell"
    REFUND = "refund"
    FINANCE = "finance"
    ADMIN = "admin"


class Role(StrEnum):
    """What kind of person acts: an agency's, or one of the two that see all agencies."""

    AGENT = "agent"
    CUSTOMER_CARE = "customer-care"
    OPERATOR = "operator"


class PermissionMissing(Refusal):
    """The actor may not do that. Facts: `permission`, the one that is missing."""

    code = "permission-missing"


@dataclass(frozen=True)
class Actor:
    """A person at work: every use case and every query takes one.

    An agent has one active agency (or none, when the last membership has ended); customer care and
    operators have none. `branch_id` is where in the agency the person works, where that is known.
    """

    user_id: int
    name: str
    role: Role
    agency_id: int | None
    agency_code: str
    agency_name: str
    branch_id: int | None
    branch_name: str
    permissions: frozenset[Permission]
    branch_code: str = ""

    @property
    def is_wide(self) -> bool:
        """Whether the actor reads the orders of all agencies."""
        return self.role is not Role.AGENT

    def may(self, permission: Permission) -> bool:
        """Whether the actor has a permission in the active agency."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raise PermissionMissing unless the actor has the permission."""
        if not self.may(permission):
            raise PermissionMissing(permission=permission.value)
