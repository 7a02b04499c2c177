"""Each policy finds its broken manifest; without that, a policy that finds nothing says nothing."""

import pytest

from tests.deploy.policies.broken import BROKEN
from tests.deploy.policies.catalogue import POLICIES
from tests.deploy.policies.changes import Change, at
from tests.deploy.policies.loading import installation
from tests.deploy.policies.sameness import differences

_CASES = [
    pytest.param(name, change, id=f"{name}: {title}")
    for name, changes in BROKEN.items()
    for title, change in changes.items()
]


# What a Deployment does when it says nothing.
_ROLLING = at("Deployment", "web", "spec.strategy.type", "RollingUpdate")


def test_every_policy_has_a_broken_manifest() -> None:
    assert BROKEN.keys() == POLICIES.keys()


@pytest.mark.parametrize(("name", "change"), _CASES)
def test_the_policy_finds_its_broken_manifest(name: str, change: Change) -> None:
    whole = installation("prod")

    assert POLICIES[name](whole) == []
    assert POLICIES[name](whole.broken(change)) != []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (
            at("Deployment", "web", "spec.strategy.type", "Recreate"),
            "Deployment/web spec.strategy.type: 'Recreate' in prod, 'RollingUpdate' in test",
        ),
        (
            at("Deployment", "web", "spec.template.spec.hostNetwork", value=True),
            "test lacks Deployment/web spec.template.spec.hostNetwork",
        ),
    ],
)
def test_an_overlay_that_is_otherwise_is_found(change: Change, found: str) -> None:
    both = [installation("prod").broken(change), installation("test").broken(_ROLLING)]

    assert found in differences(both)
