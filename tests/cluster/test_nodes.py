"""No two pods of a workload share a node; and a drained node takes nothing away."""

from collections.abc import Iterator

import pytest

from tests.cluster.conftest import NewPlace
from tests.cluster.kubectl import Kubectl
from tests.cluster.place import Place
from tests.cluster.release import MARK, release
from tests.deploy.policies.changes import at, gone, without
from tests.deploy.policies.installation import Installation
from tests.figures import Figures

_PAIRS = ("web", "keycloak", "assets", "recover")


@pytest.fixture
def uncordoned(kubectl: Kubectl, nodes: list[str]) -> Iterator[None]:
    """Every node takes pods again at the end."""
    yield
    for node in nodes:
        kubectl.run("uncordon", node)


def anywhere(overlay: Installation) -> None:
    """Nothing said about nodes and zones."""
    at("Deployment", "web", "spec.replicas", 3)(overlay)
    for name in ("web", "keycloak"):
        kind = "StatefulSet" if name == "keycloak" else "Deployment"
        without(kind, name, "spec.template.spec.affinity")(overlay)
        without(kind, name, "spec.template.spec.topologySpreadConstraints")(overlay)


def unbudgeted(overlay: Installation) -> None:
    """Nothing said about how many web pods may be missing."""
    at("Deployment", "web", "spec.replicas", 3)(overlay)
    gone("PodDisruptionBudget", "web")(overlay)


def drain(place: Place, node: str, seconds: int) -> int:
    """0 when every pod of the place has left the node."""
    return place.kubectl.ask(
        *("drain", node, "--pod-selector", f"{MARK}={place.namespace}"),
        *("--ignore-daemonsets", "--delete-emptydir-data", f"--timeout={seconds}s"),
    ).returncode


def test_no_two_pods_share_a_node(
    shop: Place, place: NewPlace, nodes: list[str], uncordoned: None, figures: Figures
) -> None:
    for name in _PAIRS:
        assert max(shop.per_node(name).values()) == 1, name
    assert shop.per_node("web").keys() == set(nodes)

    for node in nodes[1:]:
        shop.kubectl.run("cordon", node)
    crowded = place("crowd")
    crowded.heap(release(crowded.namespace, 1, anywhere))
    crowded.wait(
        lambda: (crowded.ready("web"), crowded.ready("keycloak")) == (3, 2), "all on one node"
    )

    assert crowded.per_node("web") == {nodes[0]: 3}
    assert crowded.per_node("keycloak") == {nodes[0]: 2}
    figures.add(
        "most pods of a workload on one node, web and keycloak",
        f"{max(shop.per_node('web').values())} and {max(shop.per_node('keycloak').values())}",
        "3 and 2",
    )
    crowded.close()


def test_with_one_node_drained_the_budget_holds_the_second_drain(
    shop: Place, place: NewPlace, nodes: list[str], uncordoned: None, figures: Figures
) -> None:
    assert drain(shop, nodes[0], seconds=60) == 0
    assert drain(shop, nodes[1], seconds=8) != 0
    held = shop.ready("web")
    keycloak = shop.ready("keycloak")

    assert held == 2
    assert keycloak >= 1
    for node in nodes:
        shop.kubectl.run("uncordon", node)
    shop.wait(lambda: shop.ready("web") == 3, "all web pods ready again")

    bare = place("bare")
    bare.heap(release(bare.namespace, 1, unbudgeted))
    bare.wait(lambda: bare.ready("web") == 3, "all web pods of the broken copy ready")
    assert drain(bare, nodes[0], seconds=60) == 0
    assert drain(bare, nodes[1], seconds=60) == 0
    left = bare.ready("web")

    assert left == 1
    figures.add("web pods ready after two drains, of 3", held, left)
    bare.close()
