"""The default variant, each node a cluster of its own: what the death of a part costs."""

import time
from collections.abc import Callable
from typing import Final

import pytest

from scripts.keycloak.cluster import Cluster
from scripts.keycloak.layout import REALM
from tests.figures import Figures
from tests.identity.deaths import kill_under_traffic
from tests.identity.memory import resident_megabytes
from tests.identity.traffic import Traffic
from tests.identity.visitor import Client, SignInFailed, Visitor

SESSIONS: Final = 200
LOGINS: Final = 200
# Longer than a start under an old name looked ready before it said that it was not.
_STAYS_SECONDS: Final = 25.0


@pytest.fixture(scope="module")
def sessions(cluster: Cluster, client: Client) -> list[Visitor]:
    """People who signed in before anything happened."""
    return Traffic(client, cluster.users[1:]).sign_in_many(SESSIONS)


def test_two_nodes_with_all_that_belongs_to_them_fit_into_one_and_a_half_gigabytes(
    cluster: Cluster, sessions: list[Visitor], figures: Figures
) -> None:
    parts = resident_megabytes(cluster)

    for name, megabytes in parts.items():
        figures.add(f"memory: {name}", f"{megabytes} MiB")
    total = sum(parts.values())
    figures.add("memory: all", f"{total} MiB", "<= 1536 MiB")
    assert len(sessions) == SESSIONS
    assert set(parts) == {"node-1", "node-2", "database", "proxy"}
    assert total <= 1536


@pytest.mark.parametrize("number", [0, 1])
def test_a_node_that_is_killed_takes_no_session_with_it(
    number: int, cluster: Cluster, client: Client, sessions: list[Visitor], figures: Figures
) -> None:
    cost = kill_under_traffic(cluster, client, sessions, number=number, logins=LOGINS)

    about = f"kill -9 {cluster.nodes[number].name}"
    cost.tell(figures, about, sessions=SESSIONS + LOGINS, promised=True)
    assert cost.lost == 0
    assert cost.share_failed <= 0.01, cost.failures
    assert cost.last_failure <= 2.0, cost.failures
    assert cost.unready == 0.0


def test_nodes_that_are_restarted_one_after_the_other_are_not_missed(
    cluster: Cluster, client: Client, sessions: list[Visitor], figures: Figures
) -> None:
    with Traffic(client, cluster.users[1:]) as traffic:
        traffic.keep_busy(sessions, threads=3)
        for node in cluster.nodes:
            node.restart()
            traffic.sign_in_many(10)

    figures.add(
        "rolling restart: requests failed", f"{len(traffic.failures)} of {traffic.requests}", "0"
    )
    assert traffic.failures == []
    assert traffic.requests > 100
    assert traffic.lost(sessions) == 0


def test_a_change_on_one_node_is_seen_by_the_other_within_a_second(
    cluster: Cluster, figures: Figures
) -> None:
    slowest = 0.0
    for turn in range(4):
        here, there = (cluster.nodes[(turn + each) % 2] for each in range(2))
        with cluster.admin(here) as writing, cluster.admin(there) as reading:
            name = f"Agenturclient {turn}"
            assert reading.get(f"/{REALM}")["displayName"] != name
            writing.put(f"/{REALM}", {"displayName": name})
            written = time.monotonic()
            wait_until(lambda: reading.get(f"/{REALM}")["displayName"] == name, 5.0)  # noqa: B023 - asked at once
            slowest = max(slowest, time.monotonic() - written)

    cluster.apply()
    figures.add("realm change seen by the other node", f"{slowest:.2f} s", "<= 1 s")
    assert slowest <= 1.0


def test_nodes_that_died_together_are_back_at_once_and_stay(
    cluster: Cluster, client: Client, sessions: list[Visitor], figures: Figures
) -> None:
    """What a dead one left in JGROUPS_PING is not taken for a member."""
    for node in cluster.nodes:
        node.kill()
    killed = time.monotonic()
    for node in cluster.nodes:
        node.start()
    for node in cluster.nodes:
        node.await_ready()
    waited = time.monotonic() - killed
    told = set()
    while time.monotonic() < killed + waited + _STAYS_SECONDS:
        told |= {node.readiness() for node in cluster.nodes}
        time.sleep(0.2)
    lost = Traffic(client, cluster.users[1:]).lost(sessions)

    figures.add("both nodes killed at once: ready again after", f"{waited:.1f} s")
    figures.add("both nodes killed at once: sessions lost", f"{lost} of {SESSIONS}", "0")
    assert "DOWN" not in told  # a slow answer is none
    assert lost == 0


def test_a_database_that_is_killed_is_missed_only_while_it_is_away(
    cluster: Cluster, client: Client, sessions: list[Visitor], figures: Figures
) -> None:
    person = cluster.users[1]
    cluster.database.kill()
    time.sleep(5.0)
    cluster.database.start()
    back = time.monotonic()

    def signs_in() -> bool:
        try:
            Visitor(client).sign_in(person.username, person.password)
        except SignInFailed:
            return False
        return True

    wait_until(signs_in, 60.0)
    waited = time.monotonic() - back
    lost = Traffic(client, cluster.users[1:]).lost(sessions)

    figures.add("database killed for 5 s: sign-in works after", f"{waited:.1f} s", "<= 10 s")
    figures.add("database killed for 5 s: sessions lost", f"{lost} of {SESSIONS}", "0")
    assert waited <= 10.0
    assert lost == 0
    assert [node.readiness() for node in cluster.nodes] == ["UP", "UP"]


def wait_until(condition: Callable[[], bool], seconds: float) -> None:
    """Ask again and again; fails when it does not become true in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not so after {seconds:.0f} s"
        time.sleep(0.02)
