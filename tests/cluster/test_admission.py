"""The cluster takes every object of every overlay, and makes every pod that they ask for."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.cluster.kubectl import Kubectl, Object
from tests.cluster.place import Place
from tests.cluster.release import release
from tests.deploy.policies.changes import at
from tests.deploy.policies.installation import Installation
from tests.deploy.policies.loading import installation
from tests.deploy.policies.rendering import overlays
from tests.figures import Figures


@pytest.fixture
def emptied(kubectl: Kubectl) -> Iterator[list[str]]:
    """Namespaces to take away in the end."""
    names: list[str] = []
    yield names
    for name in names:
        kubectl.ask("delete", "namespace", name, "--wait=false")


def namespace_of(overlay: Installation) -> str:
    return str(overlay.of("Namespace")[0]["metadata"]["name"])


def taken_by(kubectl: Kubectl, objects: list[Object]) -> int:
    """How many objects the cluster took, each without a word of warning."""
    result = kubectl.apply(objects)
    assert (result.returncode, result.stderr) == (0, "")
    return len(result.stdout.splitlines())


@pytest.mark.parametrize("name", overlays())
def test_every_object_of_the_overlay_is_admitted(
    name: str,
    kubectl: Kubectl,
    nodes: list[str],
    emptied: list[str],
    tmp_path: Path,
    figures: Figures,
) -> None:
    overlay = installation(name)
    emptied.append(namespace_of(overlay))

    place = Place(kubectl, namespace_of(overlay), tmp_path)

    taken = taken_by(place.kubectl, overlay.objects)

    assert taken == len(overlay.objects)
    place.kubectl.run("create", "job", "by-hand", "--from", "cronjob/session-cleanup")
    for workload in overlay.workloads:
        place.wait(partial(place.has_had, workload.name), f"a pod of {workload.name}")
    figures.add(f"{name}: objects admitted", f"{taken} of {len(overlay.objects)}")


def outdated(overlay: Installation) -> None:
    """A budget as the original talk had it."""
    overlay.of("PodDisruptionBudget")[0]["apiVersion"] = "policy/v1beta1"


def test_an_object_of_an_older_kubernetes_is_refused(
    kubectl: Kubectl, nodes: list[str], emptied: list[str], figures: Figures
) -> None:
    emptied.append("proof-outdated")

    result = kubectl.inside("proof-outdated").apply(release("proof-outdated", 1, outdated).objects)

    assert result.returncode != 0
    assert 'no matches for kind "PodDisruptionBudget" in version "policy/v1beta1"' in result.stderr
    figures.add("the talk's PodDisruptionBudget, policy/v1beta1", "", "refused")


def test_a_field_with_a_slip_is_refused(
    kubectl: Kubectl, nodes: list[str], emptied: list[str], figures: Figures
) -> None:
    slip = at("Deployment", "web", "spec.template.spec.terminationGraceSeconds", 70)
    emptied.append("proof-slip")

    result = kubectl.inside("proof-slip").apply(release("proof-slip", 1, slip).objects)

    assert result.returncode != 0
    assert 'unknown field "spec.template.spec.terminationGraceSeconds"' in result.stderr
    figures.add("a field with a slip in its name", "", "refused")
