"""The real thing: two web instances and two recover processes on one MariaDB, everything going
wrong that can, and books that agree to the Rappen.

SALES and REFUNDS, in all, and AGENTS set its size.
"""

import os
import time
from collections.abc import Iterator
from typing import Final

import pytest

from scripts.environment import ROOT
from scripts.mariadb import MariaDB, ServerMissing
from tests.faults.agents import Agents, Work
from tests.faults.books import differences
from tests.faults.chaos import calm, harm_until, storm
from tests.faults.cluster import Cluster
from tests.faults.conftest import Tell
from tests.faults.figures import Figures, gathered, written

pytestmark = [pytest.mark.faults, pytest.mark.timeout(6000)]

_SEED: Final = 1902
_PORT: Final = int(os.environ.get("FAULTS_PORT", "8170"))
_PERSONALITIES: Final = ("plain", "strict")
_AGENTS: Final = int(os.environ.get("AGENTS", "30"))
_SALES: Final = int(os.environ.get("SALES", "2000")) // len(_PERSONALITIES)
_REFUNDS: Final = int(os.environ.get("REFUNDS", "500")) // len(_PERSONALITIES)
# On the way, and as many again at the distributor; the mildest of its faults are not counted.
_SHARE: Final = 0.12
_HARM_EVERY_SECONDS: Final = 3.0
_LONGEST_SECONDS: Final = 2400.0
_DOUBT_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.5


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDB]:
    try:
        made = MariaDB(tmp_path_factory.mktemp("mariadb"))
    except ServerMissing as missing:
        pytest.skip(str(missing))
    with made as running:
        yield running


@pytest.fixture(scope="module")
def figures(server: MariaDB, tmp_path_factory: pytest.TempPathFactory, tell: Tell) -> list[Figures]:
    folder = tmp_path_factory.mktemp("clusters")
    found = []
    for number, personality in enumerate(_PERSONALITIES):
        cluster = Cluster(
            folder / personality, personality, _PORT + 4 * number, server=server, seed=_SEED
        )
        try:
            cluster.start()
            found.append(_played(cluster))
        finally:
            cluster.stop()
    kept = ROOT / "var"
    kept.mkdir(exist_ok=True)
    tell("Sales and refunds under faults and kills", written(found, kept))
    return found


def _played(cluster: Cluster) -> Figures:
    """All sales and refunds under faults and kills; then the calm in which everything is found."""
    agents = Agents(cluster, Work(_SALES, _REFUNDS), _AGENTS)
    storm(cluster, _SHARE)
    begun = time.monotonic()
    agents.start()
    harm_until(
        agents.are_done,
        cluster,
        every=_HARM_EVERY_SECONDS,
        seconds=_LONGEST_SECONDS,
        seed=_SEED,
    )
    ended = time.monotonic()
    calm(cluster)
    calm_after = _comes_to_rest(cluster)
    return gathered(cluster, agents, seconds=ended - begun, calm_after=calm_after)


def _comes_to_rest(cluster: Cluster) -> float:
    """Seconds until nothing is open and the books agree, or until it is too late."""
    begun = time.monotonic()
    while differences(cluster) and time.monotonic() - begun < _DOUBT_SECONDS * 2:
        time.sleep(_POLL_SECONDS)
    return time.monotonic() - begun


def test_nothing_is_sold_twice_or_lost_and_the_books_agree(figures: list[Figures]) -> None:
    for each in figures:
        assert each.differences == []
        assert each.reconciled == 0  # the exit code of our own comparison
        assert (each.sold_twice, each.lost) == (0, 0)
        assert (each.difference_sold, each.difference_refunded) == (0, 0)
    assert sum(each.sales for each in figures) >= _SALES * len(_PERSONALITIES)
    assert sum(each.refunds for each in figures) >= _REFUNDS * len(_PERSONALITIES)


def test_it_was_as_hard_as_it_should_be(figures: list[Figures]) -> None:
    assert all(each.faulted_share >= 0.15 for each in figures)
    assert sum(sum(each.kills.values()) for each in figures) >= 20 * _SALES // 1000


def test_each_outcome_was_known_a_minute_after_its_fault(figures: list[Figures]) -> None:
    late = [d for each in figures for d in each.doubts if d.after_fault > _DOUBT_SECONDS]
    assert late == []
    assert all(each.calm_after <= _DOUBT_SECONDS for each in figures)
