"""A namespace in which a release is rolled out, and what can be seen of it."""

import subprocess
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from scripts.environment import ROOT
from tests.cluster.kubectl import Kubectl, Object, as_account
from tests.cluster.release import Release, secrets

_ROLLOUT: Final = ROOT / "deploy" / "rollout"
_POLL_SECONDS: Final = 0.2
COMPONENT: Final = "app.kubernetes.io/component"


class Place:
    """One namespace; what is rolled out into it comes from `deploy/rollout`, as its own account."""

    def __init__(self, kubectl: Kubectl, namespace: str, folder: Path) -> None:
        self.kubectl = kubectl.inside(namespace)
        self.namespace = namespace
        self._folder = folder

    def prepare(self, release: Release) -> None:
        """What an administrator does once: namespace, limits, roles, secrets."""
        place = release.written(self._folder)
        self._rollout(self.kubectl, str(place), "--prepare")  # and it tells which secrets to make
        given = self.kubectl.apply(secrets(release.objects, self.namespace))
        assert given.returncode == 0, given.stderr
        ended = self._rollout(self.kubectl, str(place), "--prepare")
        assert ended.returncode == 0, ended.stdout + ended.stderr

    def rollout(
        self, release: Release, *options: str, seconds: int = 90
    ) -> subprocess.CompletedProcess[str]:
        """Rolled out by the account that is made for it; `seconds` for each step."""
        assert release.namespace == self.namespace
        place = release.written(self._folder)
        deployer = as_account(self.kubectl, "deployer", self._folder)
        return self._rollout(
            deployer, str(place), "--allow-tags", "--timeout", str(seconds), *options
        )

    def _rollout(self, kubectl: Kubectl, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - the program of this tree
            [_ROLLOUT, *arguments],
            env=kubectl.environment,
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )

    def heap(self, release: Release) -> None:
        """Everything at once, without the order that `deploy/rollout` keeps."""
        self.kubectl.ask("delete", "jobs", "--all")  # a Job cannot be changed
        given = self.kubectl.apply(release.objects + secrets(release.objects, self.namespace))
        assert given.returncode == 0, given.stderr

    def open(self, release: Release) -> None:
        """Prepared, rolled out, and as many pods there as the overlay promises."""
        self.prepare(release)
        ended = self.rollout(release)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        self.wait(lambda: self.ready("web") >= least(release, "web"), "all web pods ready")

    def pods(self, component: str) -> list[Object]:
        """The pods of a workload that are not on their way out."""
        found = self.kubectl.list("pods", f"{COMPONENT}={component}")
        return [each for each in found if "deletionTimestamp" not in each["metadata"]]

    def has_had(self, component: str) -> bool:
        """Whether the cluster has made a pod of that workload."""
        return bool(self.kubectl.list("pods", f"{COMPONENT}={component}"))

    def ready(self, component: str) -> int:
        """How many of them are ready."""
        return sum(_is_ready(each) for each in self.pods(component))

    def per_node(self, component: str) -> Counter[str]:
        """How many of them run on each node."""
        nodes = (each["spec"].get("nodeName") for each in self.pods(component))
        return Counter(name for name in nodes if name)

    def releases(self, component: str) -> set[str]:
        """Which releases its pods are of."""
        return {each["metadata"]["annotations"]["release"] for each in self.pods(component)}

    def migrated_before(self, component: str, number: int) -> bool:
        """Whether the migration had ended before the first pod of that release was made."""
        job = self.kubectl.get("job", "migrate")
        ended = job.get("status", {}).get("completionTime")
        first = min(
            _time(each["metadata"]["creationTimestamp"])
            for each in self.pods(component)
            if each["metadata"]["annotations"]["release"] == str(number)
        )
        return ended is not None and _time(ended) <= first

    def wait(self, met: Callable[[], Any], what: str, seconds: float = 60) -> None:
        """Until it is met."""
        end = time.monotonic() + seconds
        while not met():
            assert time.monotonic() < end, f"not within {seconds} s: {what}"
            time.sleep(_POLL_SECONDS)

    def close(self) -> None:
        """Taken away, without waiting for the end of it."""
        self.kubectl.ask("delete", "namespace", self.namespace, "--wait=false")


def least(release: Release, name: str) -> int:
    """How many pods of a workload the release promises at least."""
    for scaling in release.of("HorizontalPodAutoscaler"):
        if scaling["spec"]["scaleTargetRef"]["name"] == name:
            return int(scaling["spec"]["minReplicas"])
    kind = "StatefulSet" if name == "keycloak" else "Deployment"
    return int(release.one(kind, name)["spec"]["replicas"])


def _is_ready(pod: Object) -> bool:
    return any(
        each["type"] == "Ready" and each["status"] == "True"
        for each in pod.get("status", {}).get("conditions", [])
    )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
