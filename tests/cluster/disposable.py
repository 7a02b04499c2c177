"""The cluster that the tests may do anything to: three nodes, and nobody misses it afterwards."""

import json
import os
import subprocess
from pathlib import Path
from typing import Final

from tests.cluster.kubectl import Kubectl

NEEDED: Final = (
    "needs a disposable cluster with three nodes by KUBECONFIG, such as one of kind or k3d, and "
    "kubectl on the PATH"
)
# What kind and k3d call a context. Any other must be named in DISPOSABLE_CLUSTER.
_MADE_FOR_TESTS: Final = ("kind-", "k3d-")
_NODES: Final = 3


class NotDisposable(Exception):
    """The cluster of KUBECONFIG may be somebody's; the text says what to do about it."""


def named_by_environment(kubeconfig: str) -> Kubectl:
    """The cluster of a KUBECONFIG.

    Raises NotDisposable unless its context is called as kind and k3d do, or DISPOSABLE_CLUSTER
    holds the context's name.
    """
    kubectl = Kubectl(kubeconfig)
    context = kubectl.run("config", "current-context").strip()
    refuse_unless_disposable(context, os.environ.get("DISPOSABLE_CLUSTER", ""))
    return kubectl


def refuse_unless_disposable(context: str, allowed: str) -> None:
    """Raises NotDisposable, with what would allow it."""
    if not context.startswith(_MADE_FOR_TESTS) and context != allowed:
        raise NotDisposable(
            f"The context {context!r} may be a cluster that somebody needs: these tests drain its "
            f"nodes. If it is not, say DISPOSABLE_CLUSTER={context}."
        )


def usable_nodes(kubectl: Kubectl) -> list[str]:
    """The names of three nodes in as many zones, labelled as such where they are not.

    Raises NotDisposable when there are not exactly three nodes that take pods.
    """
    nodes = [each for each in kubectl.list("nodes") if not each["spec"].get("taints")]
    if len(nodes) != _NODES:
        raise NotDisposable(f"The tests need {_NODES} nodes that take pods, not {len(nodes)}.")
    for number, node in enumerate(nodes):
        if "topology.kubernetes.io/zone" not in node["metadata"]["labels"]:
            zone = f"topology.kubernetes.io/zone=zone-{number}"
            kubectl.run("label", "node", node["metadata"]["name"], zone)
    return sorted(node["metadata"]["name"] for node in nodes)


def version(kubectl: Kubectl) -> str:
    """What the cluster says it is."""
    text = kubectl.run("version", "--output", "json")
    return str(json.loads(text)["serverVersion"]["gitVersion"])


class ControlPlane:
    """A real control plane on loopback with pretended nodes, built by the scripts of a folder.

    Nothing runs in its pods. They get ready by `stages.yaml`, where an annotation on a pod says
    when one does not.
    """

    def __init__(self, scripts: Path, folder: Path, port: int) -> None:
        self._scripts = scripts
        self._folder = folder
        self._environment = os.environ | {
            "R": str(folder),
            "PORT": str(port),
            "STAGES": str(Path(__file__).with_name("stages.yaml")),
        }

    def build(self) -> None:
        """Takes minutes the first time, seconds when nothing has changed."""
        self._script("build.sh", 1500)

    def start(self) -> Kubectl:
        """Up in about ten seconds."""
        self._script("up.sh", 120)
        path = f"{self._folder / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        return Kubectl(str(self._folder / "admin.kubeconfig"), binaries=path)

    def stop(self) -> None:
        """End all of its processes."""
        self._script("down.sh", 120)

    def _script(self, name: str, seconds: float) -> None:
        log = self._folder.with_suffix(f".{name}.log")
        with log.open("w") as output:
            subprocess.run(  # noqa: S603 - a script of the tree beside ours
                [self._scripts / name],
                env=self._environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=seconds,
                check=True,
            )
