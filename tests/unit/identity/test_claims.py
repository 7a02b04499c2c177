"""What group paths grant, and what they never do."""

from __future__ import annotations

import pytest

from agenturclient.identity.actors import Permission, Role
from agenturclient.identity.claims import Grants, grants_of

SELL, REFUND, FINANCE, ADMIN = Permission
MEMBER: frozenset[Permission] = frozenset()


def test_the_agencys_own_group_makes_a_member_without_a_permission() -> None:
    assert grants_of(["/agencies/alpenreisen"]) == Grants(Role.AGENT, {"alpenreisen": MEMBER})


@pytest.mark.parametrize("right", Permission)
def test_each_permission_has_its_group_and_makes_a_member_too(right: Permission) -> None:
    assert grants_of([f"/agencies/a-1/{right.value}"]).agencies == {"a-1": {right}}


def test_permissions_add_up_within_an_agency_and_stay_apart_between_two() -> None:
    groups = ["/agencies/a", "/agencies/a/sell", "/agencies/a/refund", "/agencies/b/admin"]
    assert grants_of(groups).agencies == {"a": {SELL, REFUND}, "b": {ADMIN}}


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        (["/operators"], Role.OPERATOR),
        (["/customer-care"], Role.CUSTOMER_CARE),
        (["/customer-care", "/operators"], Role.OPERATOR),
        (["/operators", "/agencies/a/sell"], Role.OPERATOR),
    ],
)
def test_the_wide_roles(groups: list[str], role: Role) -> None:
    assert grants_of(groups).role is role


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/agencies",
        "/agencies/",
        "/agencies//sell",
        "agencies/a/sell",
        "/agencies/a/",
        "/agencies/a/sell/",
        "/agencies/a/sell/x",
        "/agencies/a/sell/agencies/b/sell",
        "/agencies/a/SELL",
        "/agencies/a/operators",
        "/agencies/a/customer-care",
        "/agencies/a/superuser",
        "/Agencies/a/sell",
        "/foo/agencies/a/sell",
        "/agencies/agencies/a/sell",
        "/agencies/b~/sell/sell",
        "/agencies/b~/sell",
        "/agencies/a b",
        "/agencies/a\n",
        "/agencies/a/sell\n",
        "/agencies/é",
        "/agencies/" + "x" * 51,
        "/operators/x",
        "/operators/",
        "/x/operators",
        "operators",
        "/Operators",
        "/customer-care/x",
        "/x/customer-care",
    ],
)
def test_no_other_path_grants_anything(path: str) -> None:
    assert grants_of([path]) == Grants()


def test_an_agency_called_like_a_right_or_a_role_is_an_agency() -> None:
    assert grants_of(["/agencies/sell", "/agencies/operators"]) == Grants(
        Role.AGENT, {"sell": MEMBER, "operators": MEMBER}
    )


def test_nothing_grants_nothing() -> None:
    assert grants_of([]) == Grants(Role.AGENT, {})
