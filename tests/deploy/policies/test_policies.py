"""Every overlay meets every policy, and differs from the others in numbers and names only."""

from typing import Final

import pytest

from tests.deploy.policies.catalogue import POLICIES
from tests.deploy.policies.loading import installation
from tests.deploy.policies.rendering import overlays
from tests.deploy.policies.sameness import differences

# Where a policy does not hold, and why.
_EXEMPT: Final = {
    ("dev", "nothing_runs_alone"): "one of each is enough to develop with",
}


def test_there_are_three_overlays() -> None:
    assert overlays() == ["dev", "prod", "test"]


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("overlay", overlays())
def test_the_overlay_meets_the_policy(overlay: str, name: str) -> None:
    found = POLICIES[name](installation(overlay))

    assert bool(found) == ((overlay, name) in _EXEMPT), found


def test_overlays_differ_in_numbers_and_names_only() -> None:
    assert differences([installation(name) for name in overlays()]) == []
