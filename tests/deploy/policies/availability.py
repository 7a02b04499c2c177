"""What keeps the product served while pods end: rollouts, drained nodes, nodes that die.

Rules: reliability.md 5.4 and 8.1.
"""

from collections.abc import Iterator
from typing import Final

from tests.deploy.policies.installation import NODES, Installation, Workload, selects
from tests.deploy.policies.rendering import Object, named

_HOST: Final = "kubernetes.io/hostname"
_ZONE: Final = "topology.kubernetes.io/zone"
_ROLLING: Final = "RollingUpdate"
# A label whose value is another one for each release.
_RELEASE: Final = {"Deployment": ["pod-template-hash"], "StatefulSet": []}


def nothing_runs_alone(installation: Installation) -> list[str]:
    """At least two of everything that is always there, and never more than there are nodes."""
    nodes = installation.stated(NODES)
    found = []
    for workload in installation.served:
        least, most = installation.least(workload), installation.most(workload)
        if least < 2:
            found.append(f"{workload.where}: {least} pod")
        if most > nodes:
            found.append(f"{workload.where}: {most} pods do not fit onto {nodes} nodes")
    return found


def pods_keep_off_each_others_nodes(installation: Installation) -> list[str]:
    """Required, each other's node; among pods of one release only.

    Without `matchLabelKeys` a Deployment with as many pods as nodes never ends a rollout: the pod
    that is to come first finds every node taken by those that are to go.
    """
    found = []
    for workload in installation.served:
        terms = (
            workload.pod.get("affinity", {})
            .get("podAntiAffinity", {})
            .get("requiredDuringSchedulingIgnoredDuringExecution", [])
        )
        mine = [
            each for each in terms if each["topologyKey"] == _HOST and _is_about(each, workload)
        ]
        if not mine:
            found.append(f"{workload.where}: two of its pods may share a node")
        found += [
            f"{workload.where}: anti-affinity: {_keys(workload)}"
            for term in mine
            if term.get("matchLabelKeys", []) != _RELEASE[workload.kind]
        ]
    return found


def pods_spread_over_zones(installation: Installation) -> list[str]:
    """As evenly as can be, counting one release only, and no zone that has no usable node."""
    found = []
    for workload in installation.served:
        rules = [
            each
            for each in workload.pod.get("topologySpreadConstraints", [])
            if each["topologyKey"] == _ZONE and _is_about(each, workload)
        ]
        if not rules:
            found.append(f"{workload.where}: a zone may hold all of its pods")
        for rule in rules:
            if rule.get("matchLabelKeys", []) != _RELEASE[workload.kind]:
                found.append(f"{workload.where}: spread: {_keys(workload)}")
            if (
                rule["whenUnsatisfiable"] == "DoNotSchedule"
                and rule.get("nodeTaintsPolicy") != "Honor"
            ):
                found.append(
                    f"{workload.where}: spread: a zone that is drained holds its pods back"
                )
            if rule["maxSkew"] != 1:
                found.append(f"{workload.where}: spread: maxSkew is not 1")
    return found


def _is_about(rule: Object, workload: Workload) -> bool:
    return "labelSelector" in rule and selects(rule["labelSelector"], workload.labels)


def _keys(workload: Workload) -> str:
    return f"matchLabelKeys is not {_RELEASE[workload.kind]}"


def rollouts_add_before_they_remove(installation: Installation) -> list[str]:
    """One more, none fewer, each given time to prove itself, and a way back that is kept."""
    found = []
    for workload in installation.served:
        if workload.spec.get("minReadySeconds", 0) < 5:
            found.append(f"{workload.where}: a new pod counts before it has proved itself")
        if not 2 <= workload.spec.get("revisionHistoryLimit", 10) <= 10:
            found.append(f"{workload.where}: keeps too few or too many former releases")
        wrong = _set_wrong if workload.kind == "StatefulSet" else _deployment_wrong
        found += [f"{workload.where}: {each}" for each in wrong(workload.spec)]
    return found


def _deployment_wrong(spec: Object) -> Iterator[str]:
    strategy = spec.get("strategy", {})
    one_more = {"maxSurge": 1, "maxUnavailable": 0}
    if strategy.get("type", _ROLLING) != _ROLLING or strategy.get("rollingUpdate") != one_more:
        yield "a rollout may leave fewer pods than promised"
    if "progressDeadlineSeconds" not in spec:
        yield "a rollout that hangs is never given up"


def _set_wrong(spec: Object) -> Iterator[str]:
    """A StatefulSet takes a pod away before it makes its successor, as its budget allows."""
    if spec.get("updateStrategy", {}).get("type") != _ROLLING:
        yield "is not updated one after the other"
    if spec.get("podManagementPolicy", "OrderedReady") != "OrderedReady":
        yield "its pods start at the same time"


def drains_take_one_at_a_time(installation: Installation) -> list[str]:
    """One budget for each, of one pod, that a pod which never got ready does not hold up."""
    budgets = installation.of("PodDisruptionBudget")
    found = []
    for workload in installation.served:
        mine = [each for each in budgets if selects(each["spec"].get("selector"), workload.labels)]
        if len(mine) != 1:
            found.append(f"{workload.where}: {len(mine)} budgets for disruptions, not one")
        for budget in mine:
            spec = budget["spec"]
            if spec.get("maxUnavailable") != 1 or "minAvailable" in spec:
                found.append(f"{workload.where}: its budget is not one pod")
            if spec.get("unhealthyPodEvictionPolicy") != "AlwaysAllow":
                found.append(f"{workload.where}: a pod that is broken holds up a drain")
    return found + [
        f"{named(budget)}: is not about one workload"
        for budget in budgets
        if sum(selects(budget["spec"]["selector"], each.labels) for each in installation.workloads)
        != 1
    ]


def probes_are_three(installation: Installation) -> list[str]:
    """Whoever is sent requests is asked three things: started, ready, alive; on a port of its own.

    Alive must not ask what ready asks: a database that is away would have every pod started anew.
    """
    found = []
    for workload in installation.served:
        container = workload.main
        if not container.get("ports"):
            continue
        missing = [name for name in _PROBES if "httpGet" not in container.get(name, {})]
        if missing:
            found.append(f"{workload.where}: no {' and no '.join(missing)}")
            continue
        startup, ready, alive = (container[name]["httpGet"] for name in _PROBES)
        if ready["path"] in {alive["path"], startup["path"]}:
            found.append(f"{workload.where}: ready and alive are the same question")
        ports = {each.get("name") for each in container["ports"]}
        found += [
            f"{workload.where}: {name} asks a port that has no such name"
            for name in _PROBES
            if container[name]["httpGet"]["port"] not in ports
        ]
    return found


_PROBES: Final = ("startupProbe", "readinessProbe", "livenessProbe")


def services_lead_somewhere(installation: Installation) -> list[str]:
    """Each picks the pods of exactly one workload and a port by a name that its container has."""
    found = []
    for service in installation.of("Service"):
        where, spec = f"Service/{service['metadata']['name']}", service["spec"]
        picked = [
            each
            for each in installation.workloads
            if selects({"matchLabels": spec["selector"]}, each.labels)
        ]
        if len(picked) != 1:
            found.append(f"{where}: leads to {len(picked)} workloads")
            continue
        ports = {each.get("name") for each in picked[0].main.get("ports", [])}
        found += [
            f"{where}: {picked[0].where} has no port {each.get('targetPort')}"
            for each in spec["ports"]
            if each.get("targetPort") not in ports
        ]
        if spec.get("type", "ClusterIP") != "ClusterIP":
            found.append(f"{where}: is open on every node")
    return found


def selectors_pick_their_own(installation: Installation) -> list[str]:
    """A workload's selector picks its own pods and nobody else's."""
    return [
        f"{workload.where}: its selector picks the pods of {other.where}"
        if other is not workload
        else f"{workload.where}: its selector does not pick its own pods"
        for workload in installation.served
        for other in installation.workloads
        if selects(workload.spec["selector"], other.labels) != (other is workload)
    ]


def autoscaling_is_quick_up_and_slow_down(installation: Installation) -> list[str]:
    """Between what two nodes need and the number of nodes that the overlay states.

    The Deployment says no number: a rollout would set back what the autoscaler found.
    """
    found = []
    for scaling in installation.of("HorizontalPodAutoscaler"):
        where, spec = f"HorizontalPodAutoscaler/{scaling['metadata']['name']}", scaling["spec"]
        if spec["maxReplicas"] != installation.stated(NODES):
            found.append(f"{where}: its ceiling is not the number of nodes")
        if spec["minReplicas"] > spec["maxReplicas"]:
            found.append(f"{where}: its floor is above its ceiling")
        behavior = spec.get("behavior", {})
        if behavior.get("scaleDown", {}).get("stabilizationWindowSeconds", 0) < 300:
            found.append(f"{where}: takes pods away too soon")
        if not behavior.get("scaleUp", {}).get("stabilizationWindowSeconds", 0) <= 60:
            found.append(f"{where}: adds pods too late")
        target = spec["scaleTargetRef"]["name"]
        owners = [each for each in installation.served if installation.scaling(each) is scaling]
        if not owners:
            found.append(f"{where}: there is no {target}")
        found += [
            f"{each.where}: states replicas, which the autoscaler owns"
            for each in owners
            if "replicas" in each.spec
        ]
    return found
