"""kubectl against the cluster of the tests."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import yaml

Object = dict[str, Any]
_SECONDS: Final = 120


@dataclass(frozen=True)
class Kubectl:
    """One cluster as one user, in one namespace."""

    kubeconfig: str
    namespace: str = "default"
    binaries: str = field(default_factory=lambda: os.environ.get("PATH", os.defpath))

    def inside(self, namespace: str) -> "Kubectl":
        """The same in another namespace."""
        return replace(self, namespace=namespace)

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to use the same cluster as the same user."""
        return os.environ | {"KUBECONFIG": self.kubeconfig, "PATH": self.binaries}

    def ask(
        self, *arguments: str, given: str | None = None, seconds: float = _SECONDS
    ) -> subprocess.CompletedProcess[str]:
        """Run it; whatever comes of it."""
        return subprocess.run(  # noqa: S603 - kubectl with arguments of the tests
            ["kubectl", "--namespace", self.namespace, *arguments],  # noqa: S607 - from the PATH
            input=given,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def run(self, *arguments: str, given: str | None = None) -> str:
        """What it prints; it must succeed."""
        result = self.ask(*arguments, given=given)
        assert result.returncode == 0, f"kubectl {' '.join(arguments)}: {result.stderr}"
        return result.stdout

    def list(self, kind: str, selector: str = "") -> list[Object]:
        """All objects of a kind, or those that a label selector picks."""
        text = self.run("get", kind, "--output", "json", "--selector", selector)
        return list(json.loads(text)["items"])

    def get(self, kind: str, name: str) -> Object:
        """One object, which must be there."""
        return dict(json.loads(self.run("get", kind, name, "--output", "json")))

    def apply(self, objects: Sequence[Object], *options: str) -> subprocess.CompletedProcess[str]:
        """Hand objects over, whatever the cluster says."""
        return self.ask("apply", *options, "--filename", "-", given=yaml.safe_dump_all(objects))

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Run it beside, its output to be read."""
        return subprocess.Popen(  # noqa: S603 - as above
            ["kubectl", "--namespace", self.namespace, *arguments],  # noqa: S607 - from the PATH
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )


def as_account(kubectl: Kubectl, account: str, folder: Path) -> Kubectl:
    """The same cluster and namespace as one of its service accounts, by a token of ten minutes."""
    token = kubectl.run("create", "token", account, "--duration", "10m").strip()
    config: Mapping[str, Any] = json.loads(
        kubectl.run("config", "view", "--raw", "--minify", "--flatten", "--output", "json")
    )
    context = {**config["contexts"][0]["context"], "user": account}
    file = folder / f"{kubectl.namespace}-{account}.kubeconfig"
    file.touch(mode=0o600)
    file.write_text(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": config["clusters"],
                "users": [{"name": account, "user": {"token": token}}],
                "contexts": [{"name": account, "context": context}],
                "current-context": account,
            }
        ),
        encoding="utf-8",
    )
    return replace(kubectl, kubeconfig=str(file))
