"""One disposable cluster for all tests of this folder, and the table of what it showed."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from scripts.environment import ROOT
from tests.cluster.disposable import (
    NEEDED,
    ControlPlane,
    named_by_environment,
    usable_nodes,
    version,
)
from tests.cluster.kubectl import Kubectl
from tests.cluster.place import Place
from tests.cluster.release import release
from tests.figures import Figures, figures_at_the_end

# A control plane that can be built beside the tree, for those who have no cluster at hand.
_SCRIPTS: Final = ROOT.parent / "shared" / "cluster"
_PORT: Final = 18200
_TIMEOUT_SECONDS: Final = 1800  # the first test of all waits until it is built
_HEADS: Final = ("shown", "as deploy/ has it", "on a broken copy")

NewPlace = Callable[[str], Place]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(_TIMEOUT_SECONDS))


@pytest.fixture(scope="session")
def figures(request: pytest.FixtureRequest) -> Figures:
    return figures_at_the_end(request.config, "Cluster", "cluster", Figures(_HEADS))


@pytest.fixture(scope="session")
def kubectl(tmp_path_factory: pytest.TempPathFactory, figures: Figures) -> Iterator[Kubectl]:
    """The cluster of KUBECONFIG, else a control plane of our own, else the tests are skipped."""
    if os.environ.get("KUBECONFIG"):
        if not shutil.which("kubectl"):
            pytest.skip(NEEDED)
        given = named_by_environment(os.environ["KUBECONFIG"])
        figures.about = f"Kubernetes {version(given)}, by KUBECONFIG"
        yield given
        return
    if not (_SCRIPTS / "build.sh").exists() or not shutil.which("go"):
        pytest.skip(NEEDED)
    port = int(os.environ.get("CLUSTER_PORT", _PORT))
    own = ControlPlane(_SCRIPTS, tmp_path_factory.mktemp("control-plane") / "run", port)
    own.build()
    try:
        started = own.start()
        figures.about = f"Kubernetes {version(started)}, three pretended nodes"
        yield started
    finally:
        own.stop()


@pytest.fixture(scope="session")
def nodes(kubectl: Kubectl) -> list[str]:
    """Three nodes in three zones."""
    return usable_nodes(kubectl)


@pytest.fixture(scope="session")
def place(
    kubectl: Kubectl, nodes: list[str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[NewPlace]:
    """Makes namespaces, each for one purpose; all are taken away at the end."""
    made: list[Place] = []
    folder = tmp_path_factory.mktemp("releases")

    def new(name: str) -> Place:
        made.append(Place(kubectl, f"proof-{name}", folder))
        return made[-1]

    yield new
    for each in made:
        each.close()


@pytest.fixture(scope="session")
def shop(place: NewPlace) -> Place:
    """The first release as deploy/ has it, with as many web pods as nodes; tests go on from it."""
    opened = place("shop")
    opened.open(release(opened.namespace))
    return opened
