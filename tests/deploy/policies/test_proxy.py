"""The proxy fits the processes behind it; and each policy finds its broken configuration."""

import pytest

from scripts.environment import ROOT
from tests.deploy.policies.loading import program
from tests.deploy.policies.proxy import PROXY_POLICIES, ProxyPolicy

CONFIG = (ROOT / "scripts" / "ha" / "haproxy.cfg").read_text(encoding="utf-8")


@pytest.mark.parametrize("policy", PROXY_POLICIES)
def test_the_proxy_meets_the_policy_and_a_broken_one_does_not(policy: ProxyPolicy) -> None:
    whole, spoilt = PROXY_POLICIES[policy]
    assert whole in CONFIG

    assert policy(CONFIG, program()) == []
    assert len(policy(CONFIG.replace(whole, spoilt), program())) == 1
