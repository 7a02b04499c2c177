"""What the cluster refuses where deploy/ has said what is allowed, and takes where it has not."""

from pathlib import Path
from typing import Any

import pytest

from tests.cluster.conftest import NewPlace
from tests.cluster.kubectl import Kubectl, Object, as_account
from tests.cluster.place import Place
from tests.cluster.release import release
from tests.deploy.policies.changes import also
from tests.deploy.policies.installation import Installation
from tests.figures import Figures

_EDITOR: Object = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "RoleBinding",
    "metadata": {"name": "too-much", "labels": {"agenturclient/by": "admin"}},
    "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "edit"},
    "subjects": [{"kind": "ServiceAccount", "name": "web"}],
}


def open_house(overlay: Installation) -> None:
    """No level of pod security, no quota, and a role for whoever comes."""
    overlay.of("Namespace")[0]["metadata"]["labels"] = {"agenturclient/by": "admin"}
    overlay.objects.remove(overlay.of("ResourceQuota")[0])
    also(_EDITOR)(overlay)


@pytest.fixture(scope="module")
def guarded(place: NewPlace) -> Place:
    """As an administrator makes it from deploy/."""
    made = place("guarded")
    made.prepare(release("proof-guarded"))
    return made


@pytest.fixture(scope="module")
def unguarded(place: NewPlace) -> Place:
    """The same without its guards."""
    made = place("unguarded")
    made.prepare(release("proof-unguarded", 1, open_house))
    return made


def pod(**changes: Any) -> Object:
    """A pod that is let in, to which something is done."""
    resources = {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "16Mi"}}
    container = {
        "name": "x",
        "image": "busybox:1.37",
        "resources": resources,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 10001,
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "RuntimeDefault"},
        },
    } | changes
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "guest"},
        "spec": {"containers": [container], "automountServiceAccountToken": False},
    }


def refusal(place: Place, guest: Object) -> str:
    """What the cluster says to a pod; empty when it would take it."""
    result = place.kubectl.apply([guest], "--dry-run=server")
    return result.stderr if result.returncode else ""


def test_a_pod_that_keeps_to_the_rules_is_let_in(guarded: Place) -> None:
    assert refusal(guarded, pod()) == ""


def test_a_privileged_pod_is_refused(guarded: Place, unguarded: Place, figures: Figures) -> None:
    privileged = pod(securityContext={"privileged": True})

    assert 'violates PodSecurity "restricted:latest": privileged' in refusal(guarded, privileged)
    assert refusal(unguarded, privileged) == ""
    figures.add("a privileged pod", "refused", "let in")


def test_a_pod_without_limits_is_refused(
    guarded: Place, unguarded: Place, figures: Figures
) -> None:
    greedy = pod(resources={})

    assert "failed quota: agenturclient: must specify limits.memory" in refusal(guarded, greedy)
    assert refusal(unguarded, greedy) == ""
    figures.add("a pod without limits", "refused", "let in")


_REACHES = (
    ("get", "secrets"),
    ("create", "pods"),
    ("patch", "deployments.apps"),
    ("get", "nodes"),
)


def reach(account: Kubectl) -> set[tuple[str, str]]:
    """What of these an account may do."""
    return {
        (verb, kind)
        for verb, kind in _REACHES
        if account.ask("auth", "can-i", verb, kind).returncode == 0
    }


def test_an_account_reaches_no_further_than_its_role(
    guarded: Place, unguarded: Place, tmp_path: Path, figures: Figures
) -> None:
    for place in (guarded, unguarded):
        accounts = release(place.namespace).of("ServiceAccount")
        assert place.kubectl.apply(accounts).returncode == 0
    web = as_account(guarded.kubectl, "web", tmp_path)
    deployer = as_account(guarded.kubectl, "deployer", tmp_path)
    spoilt = as_account(unguarded.kubectl, "web", tmp_path)

    asked = web.ask("get", "secrets")
    assert asked.returncode != 0
    assert 'cannot list resource "secrets"' in asked.stderr
    assert reach(web) == set()
    assert reach(deployer) == {("patch", "deployments.apps")}
    assert reach(deployer.inside("default")) == set()
    assert reach(spoilt) == {("get", "secrets"), ("create", "pods"), ("patch", "deployments.apps")}
    figures.add("a web pod's account reads secrets", "refused (403)", "reads them")
    figures.add("deployer", "patches deployments here, nothing elsewhere, no secrets")
