"""`make build`: the image's tree in `var/image`, and the proof that it runs by itself.

Carries out the Dockerfile in plain folders (`stages`), then serves from the result with nothing
else on the path (`proof`). Needs what the page's and the driver's set-up need: `gcc`, `pkg-config`
and the headers of the database client. BUILD_PORT is where the proof listens.
"""

import os
import shutil
import sys
from pathlib import Path
from typing import Final

from scripts.environment import ROOT, port, state_dir
from scripts.image.dockerfile import NotUnderstood, read_stages
from scripts.image.moved import NotProven, can_run
from scripts.image.proof import prove
from scripts.image.stages import Builder, Outside
from scripts.steps import say

_DEFAULT_PORT: Final = 8190


def main() -> None:
    """Build, prove, and leave the tree."""
    target = state_dir() / "image"
    shutil.rmtree(target, ignore_errors=True)
    stages = read_stages(ROOT / "Dockerfile")
    try:
        builder = Builder(ROOT, target, base_python())
        trees = []
        for stage in stages:
            say(f"Stage {stage.name or 'image'}:")
            trees.append(builder.carry_out(stage))
        prove(trees[-1], stages[-1], port("BUILD_PORT", _DEFAULT_PORT))
    except (NotUnderstood, Outside, NotProven) as problem:
        sys.exit(str(problem))
    for tree in trees[:-1]:
        shutil.rmtree(tree.folder)
    size = sum(path.lstat().st_size for path in trees[-1].folder.rglob("*"))
    say(f"The image's tree: {trees[-1].folder} ({size / 1e6:.0f} MB)")


def base_python() -> str:
    """What plays the base image's Python: this one, below a virtual environment that it may be in.

    A superuser's own may be out of the image's user's reach; then the system's of the same
    version, where it has what is needed to compile the driver.
    """
    own: str = sys._base_executable  # type: ignore[attr-defined]  # noqa: SLF001 - has no public name
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    system = Path("/usr/bin", version)
    if os.geteuid() == 0 and not can_run([own], {}) and Path("/usr/include", version).is_dir():
        return str(system) if can_run([str(system)], {}) else own
    return own


if __name__ == "__main__":
    main()
