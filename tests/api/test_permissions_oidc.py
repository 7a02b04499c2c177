"""The permission matrix once more, for people whose rights come from the identity provider."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from agenturclient import bootstrap
from agenturclient.identity.actors import Permission, Role
from tests.api.browser import Browser
from tests.api.conftest import Shop
from tests.api.login import Visitor
from tests.api.test_permissions import (
    test_a_missing_object_is_missing_for_the_wide_roles_too,
    test_a_person_who_is_retired_is_signed_out,
    test_a_right_that_is_taken_away_is_gone_at_the_next_request,
    test_a_search_of_another_agency_cannot_be_sold_from,
    test_another_agencys_object_looks_like_a_missing_one,
    test_care_and_operators_read_the_orders_of_all_agencies,
    test_what_somebody_may_not_do_is_refused_and_leaves_no_trace,
)
from tests.factories import make_agency

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from agenturclient.kernel.clock import SettableClock
    from tests.fakes import FakeDistributor
    from tests.identity_provider import Provider

__all__ = [
    "test_a_missing_object_is_missing_for_the_wide_roles_too",
    "test_a_person_who_is_retired_is_signed_out",
    "test_a_right_that_is_taken_away_is_gone_at_the_next_request",
    "test_a_search_of_another_agency_cannot_be_sold_from",
    "test_another_agencys_object_looks_like_a_missing_one",
    "test_care_and_operators_read_the_orders_of_all_agencies",
    "test_what_somebody_may_not_do_is_refused_and_leaves_no_trace",
]

_WIDE_GROUPS = {Role.OPERATOR: ("/operators",), Role.CUSTOMER_CARE: ("/customer-care",)}


@dataclass(frozen=True)
class ShopAtProvider(Shop):
    """Two agencies whose people sign in at an identity provider: `come` lets somebody of these
    groups in.
    """

    come: Callable[[tuple[str, ...]], Client]

    def enter(self, *rights: Permission, role: Role = Role.AGENT, other: bool = False) -> Browser:
        """A browser in which someone with the groups of these rights is signed in."""
        wanted = self.other_agency if other else self.agency
        agency = f"/agencies/{wanted.code}"
        # Of an agency that is closed the person signed in while it was open.
        type(wanted).objects.filter(pk=wanted.pk).update(active=True)
        groups = (agency, *(f"{agency}/{right.value}" for right in rights))
        browser = Browser()
        browser.client.cookies = self.come((*groups, *_WIDE_GROUPS.get(role, ()))).cookies
        browser.csrf_token = browser.get("session").body["csrf_token"]
        type(wanted).objects.filter(pk=wanted.pk).update(active=wanted.active)
        return browser


def shop_at_provider(
    distributor: FakeDistributor,
    clock: SettableClock,
    come: Callable[[tuple[str, ...]], Client],
) -> ShopAtProvider:
    """Alpenreisen AG and Voyages Léman SA, as in the other matrix."""
    return ShopAtProvider(
        agency=make_agency("alpenreisen", name="Alpenreisen AG"),
        other_agency=make_agency("voyages-leman", name="Voyages Léman SA"),
        distributor=distributor,
        clock=clock,
        come=come,
    )


@pytest.fixture
def shop(provider: Provider, distributor: FakeDistributor, clock: SettableClock) -> Shop:
    """The provider is one in memory."""
    bootstrap.use(distributor=distributor, clock=clock, keycloak=provider.keycloak())

    def come(groups: tuple[str, ...]) -> Client:
        visitor = Visitor(provider)
        visitor.sign_in(provider.account(*groups))
        return visitor.client

    return shop_at_provider(distributor, clock, come)
