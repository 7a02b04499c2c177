"""Three nodes, as `make keycloak NODES=3` starts them, of which two die."""

import time
from collections.abc import Iterator

import pytest

from scripts.keycloak.cluster import Cluster
from scripts.keycloak.layout import Layout
from tests.figures import Figures
from tests.identity.conftest import client_of, free_ports, start_cluster
from tests.identity.visitor import Visitor

# By then the proxy has seen that a node is not ready.
_NOTICED_SECONDS = 2.0


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    layout = Layout(port=free_ports(), nodes=3)
    with start_cluster(tmp_path_factory.mktemp("three"), layout) as running:
        yield running


def test_who_is_signed_in_stays_so_on_the_last_of_three_nodes(
    three: Cluster, figures: Figures
) -> None:
    assert [node.is_ready() for node in three.nodes] == [True, True, True]
    client, people = client_of(three), three.users[1:7]
    visitors = [Visitor(client) for _ in people]
    for visitor, person in zip(visitors, people, strict=True):
        visitor.sign_in(person.username, person.password)

    for node in three.nodes[:2]:
        node.kill()
    time.sleep(_NOTICED_SECONDS)

    lost = sum(not visitor.is_signed_in() for visitor in visitors)
    figures.add("two of three nodes killed: sessions lost", f"{lost} of {len(people)}", "0")
    assert lost == 0
    newcomer = Visitor(client).sign_in(people[0].username, people[0].password)
    assert newcomer.claims["preferred_username"] == people[0].username
