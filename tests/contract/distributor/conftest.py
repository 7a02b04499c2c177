"""The subjects, and a counter at which they are used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.testing import RunningSandbox, running_sandbox
from tests.contract.distributor.counter import Counter
from tests.contract.distributor.subjects import FakeSubject, OsdmSubject, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def plain_sandbox() -> Iterator[RunningSandbox]:
    """A sandbox that does as the standard says."""
    with running_sandbox(personality="plain") as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def strict_sandbox() -> Iterator[RunningSandbox]:
    """A sandbox that does what real distributors were seen to do."""
    with running_sandbox(personality="strict") as sandbox:
        yield sandbox


@pytest.fixture(params=["fake", "osdm-plain", "osdm-strict"])
def subject(request: pytest.FixtureRequest) -> Subject:
    """Each distributor in turn."""
    if request.param == "fake":
        return FakeSubject()
    plain = request.param == "osdm-plain"
    name = "plain_sandbox" if plain else "strict_sandbox"
    return OsdmSubject(request.getfixturevalue(name), plain=plain)


@pytest.fixture
def counter(subject: Subject) -> Counter:
    """A counter with that distributor behind it."""
    return Counter(subject)
