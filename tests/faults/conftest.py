"""One shop per personality of the distributor, for all tests of this folder, and the figures that
they tell at the end of a run.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import pytest

from tests.faults.counter import Counter
from tests.faults.premises import Premises, furnish
from tests.figures import tell_at_the_end

_PORTS: Final = {"plain": 8160, "strict": 8164}

Shops = Mapping[str, Premises]
Tell = Callable[[str, str], None]


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest the mark of this folder, so that a run can leave it out."""
    config.addinivalue_line("markers", "faults: whole processes under faults, minutes long")


@pytest.fixture(scope="session")
def tell(request: pytest.FixtureRequest) -> Tell:
    """Show a title and a text at the end of the run."""
    return lambda title, text: tell_at_the_end(request.config, title, lambda: text)


@pytest.fixture(scope="session")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shops]:
    """Both shops, running."""
    made: dict[str, Premises] = {}
    try:
        prepared = tmp_path_factory.mktemp("prepared")
        furnish(prepared)
        for personality, port in _PORTS.items():
            folder = shutil.copytree(prepared, tmp_path_factory.mktemp("shops") / personality)
            made[personality] = Premises(folder, personality, port)
        for premises in made.values():
            premises.start()
        yield made
    finally:
        for premises in made.values():
            premises.stop()


@pytest.fixture(scope="session")
def counters(shops: Shops) -> Mapping[str, Counter]:
    """An agent in each shop."""
    return {personality: Counter(premises.agent()) for personality, premises in shops.items()}
