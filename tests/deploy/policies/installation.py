"""One overlay as a cluster is given it, and what the program says about itself.

A policy is a function from an installation to the findings, one sentence each; none is good.
"""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from tests.deploy.policies.rendering import Object, named

Policy = Callable[["Installation"], list[str]]

NODES: Final = "agenturclient/nodes"
CONNECTIONS: Final = "agenturclient/database-connections"
COMPONENT: Final = "app.kubernetes.io/component"
_MAKERS: Final = ("Deployment", "StatefulSet", "Job", "CronJob")
_SERVED: Final = ("Deployment", "StatefulSet")


@dataclass(frozen=True)
class Program:
    """What the program says about itself; times in seconds."""

    defaults: Mapping[str, str]
    """Every setting with its default as `.env.example` tells it; empty: none, or a derived one."""
    realm: frozenset[str]
    """Every variable that the applier of Keycloak's realm reads."""
    graceful_timeout: float
    """How long gunicorn waits for requests in flight."""
    worker_timeout: float
    """How long gunicorn waits for a sign of life."""


@dataclass(frozen=True)
class Workload:
    """Something that makes pods, and the pods as it makes them."""

    maker: Object

    @property
    def where(self) -> str:
        """Kind and name."""
        return named(self.maker)

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.maker["metadata"]["name"])

    @property
    def kind(self) -> str:
        """Its kind."""
        return str(self.maker["kind"])

    @property
    def spec(self) -> Object:
        """What is said of the workload."""
        return dict(self.maker["spec"])

    @property
    def template(self) -> Object:
        """What is said of each pod: metadata and spec."""
        inner = self.maker["spec"]
        if self.kind == "CronJob":
            inner = inner["jobTemplate"]["spec"]
        return dict(inner["template"])

    @property
    def labels(self) -> dict[str, str]:
        """The labels of its pods."""
        return dict(self.template["metadata"].get("labels", {}))

    @property
    def pod(self) -> Object:
        """The pods' spec."""
        return dict(self.template["spec"])

    @property
    def containers(self) -> list[Object]:
        """All containers, also those that run before the others."""
        return [*self.pod.get("initContainers", []), *self.pod["containers"]]

    @property
    def main(self) -> Object:
        """The container that does the work: the first."""
        return dict(self.pod["containers"][0])


@dataclass(frozen=True)
class Installation:
    """The objects of one overlay."""

    name: str
    objects: list[Object]
    program: Program

    @cached_property
    def workloads(self) -> list[Workload]:
        """Everything that makes pods."""
        return [Workload(each) for each in self.objects if each["kind"] in _MAKERS]

    @cached_property
    def served(self) -> list[Workload]:
        """What is always there, in contrast to what comes to an end."""
        return [each for each in self.workloads if each.kind in _SERVED]

    def workload(self, name: str) -> Workload:
        """The one of that name.

        Raises LookupError.
        """
        for each in self.workloads:
            if each.name == name:
                return each
        raise LookupError(f"{self.name} has no workload {name}")

    def of(self, kind: str) -> list[Object]:
        """All objects of a kind."""
        return [each for each in self.objects if each["kind"] == kind]

    def stated(self, annotation: str) -> int:
        """A number that the overlay states on its namespace."""
        return int(self.of("Namespace")[0]["metadata"]["annotations"][annotation])

    def scaling(self, workload: Workload) -> Object | None:
        """The autoscaler of a workload."""
        for each in self.of("HorizontalPodAutoscaler"):
            target = each["spec"]["scaleTargetRef"]
            if (target["kind"], target["name"]) == (workload.kind, workload.name):
                return each
        return None

    def least(self, workload: Workload) -> int:
        """How many pods of it there are at least, while nothing is amiss."""
        scaling = self.scaling(workload)
        return int(scaling["spec"]["minReplicas"] if scaling else workload.spec.get("replicas", 1))

    def most(self, workload: Workload) -> int:
        """How many pods of one release there are at most."""
        scaling = self.scaling(workload)
        return int(scaling["spec"]["maxReplicas"] if scaling else workload.spec.get("replicas", 1))

    def environment(self, container: Object) -> dict[str, str]:
        """The variables that a container is given by name or by ConfigMap.

        A value from elsewhere (a secret, the pod itself) is its reference as text.
        """
        maps = {each["metadata"]["name"]: each["data"] for each in self.of("ConfigMap")}
        found: dict[str, str] = {}
        for source in container.get("envFrom", []):
            reference = source.get("configMapRef", {}).get("name", "")
            prefix = source.get("prefix", "")
            found |= {prefix + name: value for name, value in maps.get(reference, {}).items()}
        for each in container.get("env", []):
            found[each["name"]] = each.get("value", str(each.get("valueFrom", "")))
        return found

    def setting(self, name: str, container: Object) -> str:
        """What the program in that container reads: as given here, or its default."""
        return self.environment(container).get(name) or self.program.defaults[name]

    def broken(self, change: Callable[["Installation"], Any]) -> "Installation":
        """A copy to which `change` has done something wrong."""
        copy = Installation(self.name, deepcopy(self.objects), self.program)
        change(copy)
        # What was looked up for the change may be different after it.
        return Installation(copy.name, copy.objects, copy.program)


def selects(selector: Mapping[str, Any] | None, labels: Mapping[str, str]) -> bool:
    """Whether a label selector picks something with these labels; an empty one picks all."""
    if selector is None:
        return False
    wanted = selector.get("matchLabels", {})
    return all(labels.get(name) == value for name, value in wanted.items()) and all(
        _meets(each, labels) for each in selector.get("matchExpressions", [])
    )


def _meets(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    value, values = labels.get(expression["key"]), expression.get("values", [])
    return {
        "In": value in values,
        "NotIn": value not in values,
        "Exists": value is not None,
        "DoesNotExist": value is None,
    }[str(expression["operator"])]


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value at the end of a path, with the path."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{number}]")
    else:
        yield path, value
