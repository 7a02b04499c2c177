"""One real Keycloak cluster for all tests of this folder, and the table of what they measured."""

import random
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from scripts.keycloak.cluster import Cluster
from scripts.keycloak.folders import KeycloakProblem
from scripts.keycloak.layout import Layout
from scripts.mariadb import ServerMissing
from tests.figures import Figures, figures_at_the_end
from tests.identity.visitor import Client

_FIRST_PORT, _LAST_PORT, _BLOCK = 12150, 13950, 50
_TIMEOUT_SECONDS: Final = 600  # the first test of all waits until Keycloak is fetched and built


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(_TIMEOUT_SECONDS))


@pytest.fixture(scope="session")
def figures(request: pytest.FixtureRequest) -> Figures:
    return figures_at_the_end(request.config, "Keycloak cluster", "identity", Figures())


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two nodes in the default variant, with the realms applied and the demo's people."""
    with start_cluster(tmp_path_factory.mktemp("keycloak"), Layout(port=free_ports())) as running:
        yield running


@pytest.fixture(scope="session")
def client(cluster: Cluster) -> Client:
    """The program that people sign in to."""
    return client_of(cluster)


def free_ports() -> int:
    """The first of enough ports in a row for one cluster, which nobody uses."""
    starts = list(range(_FIRST_PORT, _LAST_PORT, _BLOCK))
    random.shuffle(starts)  # runs side by side do not all try the same
    for start in starts:
        if all(_is_free(port) for port in range(start, start + _BLOCK)):
            return start
    pytest.skip("no fifty free ports in a row for a cluster")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def start_cluster(folder: Path, layout: Layout) -> Cluster:
    """A cluster that is not started yet; skips the test when this machine cannot have one."""
    try:
        return Cluster(folder, layout)
    except (KeycloakProblem, ServerMissing) as problem:
        pytest.skip(str(problem))


def client_of(cluster: Cluster) -> Client:
    """The shop's client at a cluster."""
    return Client(
        issuer=cluster.issuer,
        client_id="agenturclient",
        secret=cluster.secrets["AGENTURCLIENT_SECRET"],
        redirect_uri=f"{cluster.layout.shop_url}/auth/callback",
    )
