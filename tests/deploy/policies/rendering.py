"""Renders an overlay into the objects that a cluster is given."""

import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import yaml

from scripts.environment import ROOT

Object = dict[str, Any]

OVERLAYS: Final = ROOT / "deploy" / "overlays"
MISSING: Final = "rendering deploy/ needs kubectl or kustomize on the PATH"
_SECONDS: Final = 60


class NotRendered(Exception):
    """An overlay cannot be rendered; the text holds the renderer's words."""


def renderer() -> list[str] | None:
    """The command that renders the folder named after it, None when this machine has none."""
    for name, command in (("kubectl", "kustomize"), ("kustomize", "build")):
        if found := shutil.which(name):
            return [found, command]
    return None


def overlays() -> list[str]:
    """The name of every overlay."""
    return sorted(path.parent.name for path in OVERLAYS.glob("*/kustomization.yaml"))


def rendered(folder: Path) -> list[Object]:
    """The objects of an overlay, in the renderer's order.

    Raises NotRendered.
    """
    command = renderer()
    if command is None:
        raise NotRendered(MISSING)
    result = subprocess.run(  # noqa: S603 - the renderer that was found, a folder of ours
        [*command, str(folder)], capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    if result.returncode:
        raise NotRendered(f"{folder.name}: {result.stderr.strip()}")
    return [each for each in yaml.safe_load_all(result.stdout) if each]


def named(an_object: Object) -> str:
    """Kind and name, as kubectl writes them."""
    return f"{an_object['kind']}/{an_object['metadata']['name']}"
