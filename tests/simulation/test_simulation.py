"""A few stories in every test run, and the proof that each guard is needed.

`make simulate SEEDS=20000` tells many more.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from tests.simulation.mutations import MUTATIONS, NOTHING, Mutation
from tests.simulation.runner import open_theatre, tell_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoDbBlocker

    from tests.simulation.world import Theatre

_SEEDS = range(1, 101)
_MOST_SEEDS = 2000


@pytest.fixture(autouse=True)
def quiet(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Faults are the point here: what the program logs about them would fill pages."""
    logging.disable(logging.ERROR)
    with django_db_blocker.unblock():
        yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def theatre() -> Iterator[Theatre]:
    with open_theatre(NOTHING) as opened:
        yield opened


def test_whatever_fails_nothing_is_sold_twice_lost_or_left_in_doubt(theatre: Theatre) -> None:
    failed = {v.seed: v.problems for v in tell_in(theatre, _SEEDS) if v.problems}
    assert failed == {}


def test_a_seed_tells_the_same_story_again(theatre: Theatre) -> None:
    first = [verdict.story for verdict in tell_in(theatre, range(7, 10))]
    again = [verdict.story for verdict in tell_in(theatre, range(7, 10))]
    assert first == again
    assert all(len(story) > 1 for story in first)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_without_a_guard_the_simulator_notices(mutation: Mutation) -> None:
    with open_theatre(mutation) as opened:
        noticed = next((v for v in tell_in(opened, range(1, _MOST_SEEDS)) if v.problems), None)
    assert noticed is not None
