"""The processes of a shop, started, drained and ended each as Kubernetes does it with a pod."""

import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL, SIGTERM
from typing import Final

from scripts import programs
from scripts.environment import Command
from scripts.haproxy import HOST
from scripts.steps import run_step
from scripts.supervisor import Child

# What Kubernetes waits for, scaled down to a proxy that looks twice a second: 10 s and 15 s there.
MIN_READY_SECONDS: Final = 1.0
PRE_STOP_SECONDS: Final = 4.0
# gunicorn's graceful_timeout and what its master needs then; recover needs less.
_GRACE_SECONDS: Final = 50.0
_START_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.05


class NeverReady(Exception):
    """A process ended, or stayed silent, before it served; the text holds its last words."""


@dataclass(frozen=True)
class Release:
    """A version of the program: what it is called, and the tree that its processes run from."""

    name: str
    tree: Path


@dataclass(frozen=True)
class Place:
    """Where a process runs: its settings, its log, and its port when it listens."""

    environment: Mapping[str, str]
    log: Path
    port: int = 0


class Process:
    """One process; it is called as its log is."""

    def __init__(self, release: Release, command: Command, place: Place) -> None:
        self.release = release
        self.port = place.port
        self.log = place.log
        self.name = place.log.stem
        self._child = Child(
            self.name,
            command,
            environment=place.environment,
            log=place.log,
            folder=release.tree,
        )

    @property
    def pid(self) -> int | None:
        """The process that leads its group."""
        return self._child.pid

    def start(self) -> None:
        """Start it."""
        self._child.start()

    def is_running(self) -> bool:
        """Whether its process lives."""
        return self._child.is_running()

    def keep_alive(self) -> None:
        """Start it again when it has died, after a pause that grows while it keeps dying."""
        self._child.keep_alive()

    def leave(self, *, drain: bool = True) -> None:
        """Go, as a pod does that was deleted. Only what serves has to `drain` first."""
        del drain
        self.end()

    def begin_stop(self) -> None:
        """SIGTERM: what it has under way comes to its end first."""
        self._child.signal(SIGTERM)

    def end(self) -> None:
        """SIGTERM, then wait for its end; after the time of grace SIGKILL, as Kubernetes does."""
        self.begin_stop()
        end = time.monotonic() + _GRACE_SECONDS
        while self.is_running() and time.monotonic() < end:
            time.sleep(_POLL_SECONDS)
        self.kill()

    def kill(self) -> None:
        """SIGKILL for the process and all its own; returns when it has ended."""
        self._child.signal(SIGKILL)
        while self.is_running():
            time.sleep(_POLL_SECONDS)

    def await_answer(self, address: str) -> None:
        """Return once it answers there that all is well. Raises NeverReady."""
        end = time.monotonic() + _START_SECONDS
        while not answers(address):
            if not self.is_running() or time.monotonic() > end:
                words = self._child.last_lines()
                self.kill()
                raise NeverReady(f"{words}\n{self.name} does not serve. Its log: {self.log}")
            time.sleep(_POLL_SECONDS)


class Recover(Process):
    """A process that finds out what became of unfinished operations."""

    def __init__(self, release: Release, place: Place) -> None:
        super().__init__(release, programs.RECOVER, place)


class Server(Process):
    """A gunicorn of ours; it drains once a file of its own exists."""

    def __init__(self, release: Release, command: Command, place: Place) -> None:
        self.drain_file = place.log.with_suffix(".drain")
        self.drain_file.unlink(missing_ok=True)
        own = {"WEB_BIND": f"{HOST}:{place.port}", "DRAIN_FILE": str(self.drain_file)}
        super().__init__(
            release, command, Place({**place.environment, **own}, place.log, place.port)
        )

    def start(self) -> None:
        """Start it; returns when it has been ready for a moment. Raises NeverReady."""
        super().start()
        self.await_answer(f"http://{HOST}:{self.port}/health/ready")
        time.sleep(MIN_READY_SECONDS)

    def leave(self, *, drain: bool = True) -> None:
        """Say that it is not ready, so that the proxy asks others, and go some seconds later.

        Without `drain` go at once, while the proxy still asks it.
        """
        if drain:
            self.drain_file.touch()
            time.sleep(PRE_STOP_SECONDS)
        self.end()


class Web(Server):
    """The program."""

    def __init__(self, release: Release, place: Place) -> None:
        super().__init__(release, programs.WEB, place)


class Assets(Server):
    """The page's files of its release and of the one that serves at `source` now."""

    def __init__(self, release: Release, place: Place, *, source: str) -> None:
        shelf = {
            "ASSETS_DIR": str(place.log.with_suffix(".shelf")),
            "ASSETS_FROM": source,
            "WEB_WORKERS": "1",  # it does nothing but read files
        }
        self._environment = {**place.environment, **shelf}
        super().__init__(release, programs.ASSETS, Place(self._environment, place.log, place.port))

    def start(self) -> None:
        """Fill its shelf, then start it. Raises NeverReady."""
        try:
            run_step(
                f"Files of {self.release.name} for {self.name}",
                programs.FILL_SHELF,
                log=self.log.with_suffix(".fill.log"),
                folder=self.release.tree,
                environment=self._environment,
            )
        except SystemExit as end:  # of a program; here only of this rollout
            raise NeverReady(str(end)) from end
        super().start()


def answers(address: str) -> bool:
    """Whether somebody is there and says that all is well."""
    try:
        with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - our own loopback address
            return True
    except (urllib.error.URLError, OSError):
        return False
