"""A Keycloak that accepts connections and says nothing: what a session pays for asking it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from agenturclient import bootstrap
from agenturclient.identity.keycloak.client import Keycloak
from agenturclient.identity.keycloak.config import configured
from agenturclient.outbound.guard import Guard
from tests.api.login import SELLER, Visitor, make_due
from tests.unit.outbound.servers import serving, stay_silent

if TYPE_CHECKING:
    from pytest_django import Settings


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_stalled_provider_costs_a_second_and_the_breaker_spares_the_others(
    visitor: Visitor, settings: Settings
) -> None:
    settings.BREAKER_FAIL_MAX = 2
    browsers = [visitor, *(Visitor(visitor.provider) for _ in range(4))]
    for each in browsers:
        each.sign_in(visitor.provider.account(SELLER))
        make_due(each)
    with serving(stay_silent) as server:
        settings.OIDC_INTERNAL_URL = f"{server.url}realms/agenturclient"
        guard = Guard(bootstrap._keycloak_guard_config())
        bootstrap.use(keycloak=Keycloak(configured(), guard))
        waited = []
        for each in browsers:
            started = time.monotonic()
            assert each.status() == 200
            waited.append(time.monotonic() - started)
    slow = [seconds for seconds in waited if seconds > 0.5]
    assert len(slow) == 2
    assert max(slow) < 1.3
    assert waited[len(slow) :] == [pytest.approx(0, abs=0.2)] * 3
