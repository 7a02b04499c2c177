"""The browser of this machine, and Playwright that drives it."""

import os
import shutil
from typing import Final

from scripts.environment import FRONTEND, VENV, Command

PLAYWRIGHT: Final = FRONTEND / "node_modules" / "@playwright" / "test" / "cli.js"
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """The one that CHROMIUM names, else the first on the PATH; None when there is none."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


def playwright(*arguments: str) -> Command:
    """The command line of a run of browser tests, in `frontend`."""
    return [VENV / "bin" / "node", PLAYWRIGHT, "test", *arguments]


def with_node() -> dict[str, str]:
    """The caller's environment in which the project's own Node comes first."""
    return os.environ | {"PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
