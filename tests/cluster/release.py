"""A release as the tests roll it out: an overlay's own objects, with stand-ins for what would run.

Placement, numbers, security, network and order are the overlay's. What differs: the image is one
that any cluster can have and does nothing, so probes ask nothing; waits that only real requests
need are short, so that the proof takes minutes.
"""

import os
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from tests.deploy.policies.installation import Installation
from tests.deploy.policies.loading import installation
from tests.deploy.policies.rendering import Object

OVERLAY: Final = "test"  # the one that states three nodes
MARK: Final = "proof"
_IMAGE: Final = os.environ.get("STAND_IN_IMAGE", "busybox:1.37")
_ALWAYS: Final = {"exec": {"command": ["true"]}, "periodSeconds": 1}
_SERVES: Final = ["sleep", "86400"]
# Instead of minReadySeconds 10, preStop 15 s and a grace of more than a minute.
_PROVEN_SECONDS: Final = 1
_GRACE_SECONDS: Final = 5
_FILE: Final = re.compile(r"/run/secrets/([a-z-]+)/([a-z.-]+)")
_PRETENDED: Final = {
    "fails": ["false"],
    "slow": ["sleep", "5"],
    "never-ready": _SERVES,
    "": ["true"],
}

Change = Callable[[Installation], object]


@dataclass(frozen=True)
class Release:
    """One release in a namespace of its own."""

    namespace: str
    objects: list[Object]

    def written(self, folder: Path) -> Path:
        """A folder that `deploy/rollout` takes in place of an environment."""
        place = folder / self.namespace
        place.mkdir(exist_ok=True)
        text = yaml.safe_dump_all(self.objects, sort_keys=False)
        (place / "objects.yaml").write_text(text, encoding="utf-8")
        kustomization = f"namespace: {self.namespace}\nresources: [objects.yaml]\n"
        (place / "kustomization.yaml").write_text(kustomization, encoding="utf-8")
        return place

    def of(self, kind: str) -> list[Object]:
        """All objects of a kind."""
        return [each for each in self.objects if each["kind"] == kind]

    def one(self, kind: str, name: str) -> Object:
        """The object of that kind and name."""
        return next(each for each in self.of(kind) if each["metadata"]["name"] == name)


def release(namespace: str, number: int = 1, *changes: Change, **pretended: str) -> Release:
    """Release `number` of the overlay, to which `changes` did something.

    `pretended` says of a workload that its pods end without success ("fails"), take five seconds
    ("slow") or never get ready ("never-ready"). A workload's name may be written with underscores.
    """
    overlay = installation(OVERLAY).broken(lambda _: None)
    for change in changes:
        change(overlay)
    moods = {name.replace("_", "-"): mood for name, mood in pretended.items()}
    whole = Installation(overlay.name, overlay.objects, overlay.program)
    for workload in whole.workloads:
        _stand_in(workload.maker, number, moods.get(workload.name, ""))
        # By it a drain is kept to the pods of one test.
        workload.template["metadata"]["labels"][MARK] = namespace
    return Release(namespace, _moved(whole.objects, namespace))


def _stand_in(maker: Object, number: int, mood: str) -> None:
    spec = maker["spec"]
    if "minReadySeconds" in spec:
        spec["minReadySeconds"] = _PROVEN_SECONDS
    served = maker["kind"] in {"Deployment", "StatefulSet"}
    job = spec["jobTemplate"]["spec"] if maker["kind"] == "CronJob" else spec
    if maker["kind"] == "Job":
        job["backoffLimit"] = 0
    template = job["template"]
    # A container that is told something else is another release, as one with another image is.
    marks = {"release": str(number)} | ({"pretend": mood} if mood else {})
    template["metadata"].setdefault("annotations", {}).update(marks)
    pod = template["spec"]
    pod["terminationGracePeriodSeconds"] = _GRACE_SECONDS
    for container in pod.get("initContainers", []):
        container.update(image=_IMAGE, args=["true"])
    for container in pod["containers"]:
        container.update(image=_IMAGE, args=_SERVES if served else _PRETENDED[mood])
        container.pop("lifecycle", None)
        _probe(container, never=mood == "never-ready")


def _probe(container: Object, *, never: bool) -> None:
    for name in ("startupProbe", "readinessProbe", "livenessProbe"):
        if name in container:
            container[name] = deepcopy(_ALWAYS)
    if never and "readinessProbe" in container:
        container["readinessProbe"]["exec"]["command"] = ["false"]


def _moved(objects: list[Object], namespace: str) -> list[Object]:
    """The same in another namespace, of which each test has its own."""
    for each in objects:
        if each["kind"] == "Namespace":
            each["metadata"]["name"] = namespace
        else:
            each["metadata"]["namespace"] = namespace
        for subject in each.get("subjects", []):
            subject["namespace"] = namespace
    return objects


def secrets(objects: list[Object], namespace: str) -> list[Object]:
    """What an administrator would make: every secret with every key that a pod reads."""
    keys: dict[str, dict[str, str]] = {}
    for name, key in _keys(Installation("", objects, installation(OVERLAY).program)):
        keys.setdefault(name, {})[key] = "stand-in"
    return [
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": name, "namespace": namespace},
            "stringData": found,
        }
        for name, found in sorted(keys.items())
    ]


def _keys(whole: Installation) -> Iterator[tuple[str, str]]:
    """Secret and key of each file that a variable names, and of each variable from a secret."""
    for workload in whole.workloads:
        for container in workload.containers:
            for value in whole.environment(container).values():
                yield from _FILE.findall(value)
            for variable in container.get("env", []):
                if reference := variable.get("valueFrom", {}).get("secretKeyRef"):
                    yield reference["name"], reference["key"]
