"""A real browser that looks at the page all the while, driven by `frontend/e2e/rollout.spec.ts`."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scripts.browser import playwright, with_node
from scripts.environment import FRONTEND
from scripts.ha.site import Site

_END_SECONDS: Final = 60.0
_LAST_WORDS: Final = 4000


@dataclass(frozen=True)
class Seen:
    """What the browser saw: whole loads of the page, tabs that stayed open over a rollout, files of
    the page, entry scripts (one for each release), and files that did not come.
    """

    loads: int
    tabs: int
    files: int
    entries: list[str]
    missing: list[str]


class Onlooker:
    """One run of the browser, from `start` to `seen`."""

    def __init__(self, site: Site, folder: Path, browser: str) -> None:
        self._until = folder / "until"
        self._told = folder / "seen.json"
        self._log = folder / "browser.log"
        self._environment = with_node() | {
            "CHROMIUM": browser,
            "E2E_BASE_URL": site.address,
            "E2E_SANDBOX_URL": site.distributor_address,
            "E2E_USERS": str(site.folder / "users.json"),
            "HA_UNTIL": str(self._until),
            "HA_SEEN": str(self._told),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Open the browser."""
        command = playwright("rollout.spec.ts", "--output", "test-results/ha")
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own tools
                command, cwd=FRONTEND, env=self._environment, stdout=log, stderr=log
            )

    def seen(self) -> Seen:
        """Close the browser. Fails with the last words of the run when it did not go well."""
        assert self._process is not None
        self._until.touch()
        code = self._process.wait(_END_SECONDS)
        assert code == 0, self._log.read_text("utf-8", errors="replace")[-_LAST_WORDS:]
        return Seen(**json.loads(self._told.read_text("utf-8")))

    def close(self) -> None:
        """End it, whatever it does."""
        self._until.touch()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(_END_SECONDS)
