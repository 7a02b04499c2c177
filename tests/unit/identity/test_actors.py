"""Who may do what, without a database."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agenturclient.identity.actors import Actor, Permission, PermissionMissing, Role

AGENT = Actor(
    user_id=1,
    name="Anna Keller",
    role=Role.AGENT,
    agency_id=7,
    agency_code="alpenreisen",
    agency_name="Alpenreisen AG",
    branch_id=None,
    branch_name="",
    permissions=frozenset({Permission.SELL}),
)


def test_an_actor_may_what_its_permissions_name() -> None:
    assert AGENT.may(Permission.SELL)
    assert not AGENT.may(Permission.REFUND)


def test_a_missing_permission_is_refused_by_name() -> None:
    AGENT.require(Permission.SELL)
    with pytest.raises(PermissionMissing) as refusal:
        AGENT.require(Permission.REFUND)
    assert refusal.value.code == "permission-missing"
    assert refusal.value.facts == {"permission": "refund"}


@pytest.mark.parametrize(
    ("role", "is_wide"),
    [(Role.AGENT, False), (Role.CUSTOMER_CARE, True), (Role.OPERATOR, True)],
)
def test_only_care_and_operators_see_all_agencies(*, role: Role, is_wide: bool) -> None:
    assert replace(AGENT, role=role).is_wide is is_wide
