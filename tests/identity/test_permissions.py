"""The permission matrix for people whose groups a real Keycloak tells."""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import pytest

from agenturclient import bootstrap
from keycloak.applier.people import apply_groups, apply_users
from scripts.keycloak.layout import REALM
from tests.api.conftest import clock, distributor
from tests.api.test_permissions import (
    ROUTES,
    Route,
    test_a_missing_object_is_missing_for_the_wide_roles_too,
    test_a_search_of_another_agency_cannot_be_sold_from,
    test_another_agencys_object_looks_like_a_missing_one,
    test_care_and_operators_read_the_orders_of_all_agencies,
    test_what_somebody_may_not_do_is_refused_and_leaves_no_trace,
)
from tests.api.test_permissions import test_what_somebody_may_do_is_let_in as let_in
from tests.api.test_permissions_oidc import shop_at_provider
from tests.identity.place import Place, wire
from tests.identity.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client as ShopBrowser
    from pytest_django import Settings

    from agenturclient.kernel.clock import SettableClock
    from scripts.keycloak.cluster import Cluster
    from tests.api.conftest import Shop
    from tests.fakes import FakeDistributor

__all__ = [
    "clock",
    "distributor",
    "test_a_missing_object_is_missing_for_the_wide_roles_too",
    "test_a_search_of_another_agency_cannot_be_sold_from",
    "test_another_agencys_object_looks_like_a_missing_one",
    "test_care_and_operators_read_the_orders_of_all_agencies",
    "test_what_somebody_may_not_do_is_refused_and_leaves_no_trace",
]
pytestmark = pytest.mark.django_db

_NAME: Final = "agenturclient-matrix"
_PASSWORD: Final = "korrektes pferd batterie 7 Klammer"
# What changes accounts has tests of its own (test_users.py); nobody signs in by a password of ours.
_ELSEWHERE: Final = re.compile(r"\w+ (users|branches|agencies|invitations)|POST session$")


class Crowd:
    """An account for each set of groups, and the browser in which it is signed in at Keycloak."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._browsers: dict[tuple[str, ...], tuple[str, Visitor]] = {}

    def come(self, groups: tuple[str, ...]) -> ShopBrowser:
        """Somebody of these groups signs in to the shop."""
        browser, address = self.place.begin()
        if groups not in self._browsers:
            self._browsers[groups] = (self._hire(groups), Visitor(self.place.client))
        username, visitor = self._browsers[groups]
        answer = visitor.go("GET", address)
        if not answer.is_redirect:  # Keycloak does not know this browser yet
            answer = visitor.submit(answer, username, _PASSWORD)
        back = urlsplit(answer.headers["location"])
        browser.get(f"{back.path}?{back.query}")
        return browser

    def _hire(self, groups: tuple[str, ...]) -> str:
        name = f"matrix-{len(self._browsers)}"
        person: dict[str, Any] = {
            "username": name,
            "enabled": True,
            "firstName": "Ida",
            "lastName": name,
            "email": f"{name}@agency.example",
            "groups": list(groups),
            "credentials": [{"type": "password", "value": _PASSWORD, "temporary": False}],
        }
        with self.place.cluster.admin() as api:
            apply_groups(api, f"/{REALM}", [{"path": path} for path in groups])
            apply_users(api, f"/{REALM}", [person])
        return name


@pytest.fixture(scope="module")
def crowd(cluster: Cluster) -> Iterator[Crowd]:
    with closing(Place(cluster, _NAME)) as place:
        yield Crowd(place)


@pytest.fixture
def shop(
    crowd: Crowd,
    settings: Settings,
    distributor: FakeDistributor,
    clock: SettableClock,
) -> Shop:
    """Its people sign in at the cluster."""
    wire(settings, crowd.place)
    bootstrap.use(distributor=distributor, clock=clock, keycloak=crowd.place.keycloak)
    return shop_at_provider(distributor, clock, crowd.come)


@pytest.mark.parametrize(
    ("route", "who"),
    [
        (route, who)
        for route in ROUTES
        for who in sorted(route.allowed - {"anonymous"})
        if not _ELSEWHERE.match(str(route))
    ],
    ids=str,
)
def test_what_somebody_may_do_is_let_in(shop: Shop, route: Route, who: str) -> None:
    let_in(shop, route, who)
