"""The other variants, one JGroups cluster: they form one; what a death costs is recorded."""

import re
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from scripts.keycloak.cluster import Cluster
from scripts.keycloak.layout import Layout
from scripts.keycloak.variants import HEADLESS_SERVICE
from tests.figures import Figures
from tests.identity.conftest import client_of, free_ports, start_cluster
from tests.identity.deaths import kill_under_traffic
from tests.identity.traffic import Traffic

SESSIONS: Final = 60
LOGINS: Final = 60
_VIEW: Final = re.compile(r"Received new cluster view for channel \S+ .*?\|\d+\] \((\d+)\)")


@pytest.fixture(scope="module")
def jgroups(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two nodes that find each other in a table of their database."""
    layout = Layout(port=free_ports(), variant="jgroups")
    with start_cluster(tmp_path_factory.mktemp("jgroups"), layout) as running:
        yield running


@pytest.fixture(scope="module")
def dns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two nodes that find each other through a name; a hosts file plays the name server."""
    layout = Layout(port=free_ports(), variant="dns")
    with start_cluster(tmp_path_factory.mktemp("dns"), layout) as running:
        yield running


def test_nodes_find_each_other_in_the_database_and_talk_encrypted(
    jgroups: Cluster, figures: Figures
) -> None:
    sizes = view_sizes(jgroups)

    figures.add("jgroups: nodes in the view of each", str(sizes), "[2, 2]")
    assert sizes == [2, 2]
    assert protocols_spoken(jgroups) == ["certificate wanted", "certificate wanted"]


def test_a_node_of_one_cluster_that_is_killed_takes_no_session_with_it(
    jgroups: Cluster, figures: Figures
) -> None:
    client = client_of(jgroups)
    sessions = Traffic(client, jgroups.users[1:]).sign_in_many(SESSIONS)

    # The first, which coordinates the cluster; the other may take it for merely unreachable.
    cost = kill_under_traffic(jgroups, client, sessions, number=0, logins=LOGINS, watch=70.0)

    cost.tell(figures, "jgroups, kill -9", sessions=SESSIONS + LOGINS, promised=False)
    assert cost.lost == 0


def test_nodes_find_each_other_through_the_name_of_a_headless_service(
    dns: Cluster, figures: Figures
) -> None:
    sizes = view_sizes(dns)

    figures.add("dns: nodes in the view of each", str(sizes), "[2, 2]")
    port = dns.layout.port + 30
    assert [node.ports.jgroups for node in dns.nodes] == [("127.0.0.1", port), ("127.0.0.2", port)]
    assert (dns.folder / "hosts").read_text().split() == [
        *("127.0.0.1", HEADLESS_SERVICE),
        *("127.0.0.2", HEADLESS_SERVICE),
    ]
    told = (dns.folder / "node-2.log").read_text()
    assert "entries collected from DNS" in told
    assert "[127.0.0.1:0, 127.0.0.2:0]" in told
    assert sizes == [2, 2]
    assert protocols_spoken(dns) == ["certificate wanted", "certificate wanted"]


def view_sizes(cluster: Cluster) -> list[int]:
    """How many nodes each node saw at once."""
    return [largest_view(cluster.folder / f"{node.name}.log") for node in cluster.nodes]


def protocols_spoken(cluster: Cluster) -> list[str]:
    """What each node says to a stranger on the port between nodes."""
    return [protocol_spoken(*node.ports.jgroups) for node in cluster.nodes]


def largest_view(log: Path) -> int:
    """How many nodes the node saw at once."""
    return max(int(size) for size in _VIEW.findall(log.read_text()))


def protocol_spoken(host: str, port: int) -> str:
    """What the JGroups port says to someone who has no certificate of the cluster."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((host, port), timeout=10) as plain,
            context.wrap_socket(plain) as wrapped,
        ):
            version = wrapped.version()
            return "closed" if not wrapped.recv(1) else f"{version} without certificate"
    except ssl.SSLError as error:
        # Java calls a certificate that is not there a bad one.
        wanted = re.search(r"CERTIFICATE_REQUIRED|BAD_CERTIFICATE", str(error))
        return "certificate wanted" if wanted else str(error)
