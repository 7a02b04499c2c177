"""Arithmetic across files: do all pods together fit what the overlay says there is."""

from typing import Final

from tests.deploy.policies.installation import CONNECTIONS, NODES, Installation, Workload
from tests.deploy.policies.rendering import Object

# A fail-over opens all connections anew while the server still holds the old ones.
_SHARE: Final = 0.6
_OF_RECOVER: Final = 3
_LANES: Final = tuple(
    f"BULKHEAD_{each}"
    for each in ("SEARCH", "HOLD", "ISSUE", "AFTER_SALES", "SIGN_IN", "DIRECTORY")
)
_UNITS: Final = {"m": 1e-3, "": 1.0, "Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30}


def connections_fit_the_database(installation: Installation) -> list[str]:
    """All pools at their fullest, in the middle of a rollout, take 60 % of max_connections at most.

    A web pod has one connection per thread, `recover` one for sales, one for people and one for
    the nightly comparison, any other command one; Keycloak has its pool.
    """
    total = sum(
        _connections(installation, each) * _pods_at_most(installation, each)
        for each in installation.workloads
    )
    allowed = _SHARE * installation.stated(CONNECTIONS)
    if total <= allowed:
        return []
    return [f"{total} connections, of which the database has {allowed:g} to give"]


def _connections(installation: Installation, workload: Workload) -> int:
    told = installation.environment(workload.main)
    if "KC_DB_POOL_MAX_SIZE" in told:
        return int(told["KC_DB_POOL_MAX_SIZE"])
    if "DATABASE_URL" not in told:
        return 0
    words = workload.main.get("args", [])
    if "recover" in words:
        return _OF_RECOVER
    if not any(each.startswith("agenturclient.wsgi") for each in words):
        return 1
    names = ("WEB_WORKERS", "WEB_THREADS")
    workers, threads = (int(installation.setting(each, workload.main)) for each in names)
    return workers * threads


def threads_are_left_for_orders(installation: Installation) -> list[str]:
    """Calls that wait for somebody else never take the last thread (performance.md 3)."""
    found = []
    for workload in installation.served:
        if "DATABASE_URL" not in installation.environment(workload.main):
            continue
        lanes = sum(int(installation.setting(each, workload.main)) for each in _LANES)
        threads = int(installation.setting("WEB_THREADS", workload.main))
        if lanes >= threads:
            found.append(f"{workload.where}: {lanes} calls may be in flight on {threads} threads")
    return found


def _pods_at_most(installation: Installation, workload: Workload) -> int:
    """How many pods of all releases together, in the middle of a rollout."""
    surge = workload.spec.get("strategy", {}).get("rollingUpdate", {}).get("maxSurge", 0)
    # What comes to an end may be tried again while the last attempt is on its way out.
    return installation.most(workload) + int(surge if workload in installation.served else 1)


def the_quota_holds_everything(installation: Installation) -> list[str]:
    """At its fullest, in the middle of a rollout: else the pod that is to come first is refused."""
    quotas = installation.of("ResourceQuota")
    if not quotas:
        return ["there is no ResourceQuota: a pod that states no limits would be let in"]
    found = []
    needed: dict[str, float] = {"pods": 0.0}
    for workload in installation.workloads:
        pods = _pods_at_most(installation, workload)
        needed["pods"] += pods
        for name, amount in _pod_asks(workload).items():
            needed[name] = needed.get(name, 0.0) + pods * amount
    hard = quotas[0]["spec"]["hard"]
    for name, amount in sorted(needed.items()):
        if name not in hard:
            found.append(f"ResourceQuota: says nothing of {name}")
        elif _quantity(hard[name]) < amount:
            found.append(f"ResourceQuota: {name} is {hard[name]}, needed are {amount:g}")
    return found


def _pod_asks(workload: Workload) -> dict[str, float]:
    """What a pod counts for: its containers together, or the one before them that asks for more."""
    asked: dict[str, float] = {}
    for kind, name in (("requests", "cpu"), ("requests", "memory"), ("limits", "memory")):
        together = sum(_asks(each, kind, name) for each in workload.pod["containers"])
        before = [_asks(each, kind, name) for each in workload.pod.get("initContainers", [])]
        asked[f"{kind}.{name}"] = max([together, *before])
    return asked


def _asks(container: Object, kind: str, name: str) -> float:
    return _quantity(container.get("resources", {}).get(kind, {}).get(name, 0))


def _quantity(text: str | float) -> float:
    """An amount as Kubernetes writes it: 500m, 2, 512Mi, 10Gi."""
    text = str(text)
    number = text.rstrip("mKMGi")
    return float(number) * _UNITS[text[len(number) :]]


def every_node_can_be_drained(installation: Installation) -> list[str]:
    """A drained node leaves a place for its pod elsewhere, where no two share a node.

    Web pods may fill all nodes, when the autoscaler says so: then one of them waits for its node.
    """
    nodes = installation.stated(NODES)
    return [
        f"{workload.where}: needs all {nodes} nodes, so that a pod of a drained one has no place"
        for workload in installation.served
        if installation.scaling(workload) is None and installation.least(workload) >= nodes > 2
    ]
