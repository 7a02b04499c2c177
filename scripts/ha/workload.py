"""So many processes of one kind, and how those of another release take their place."""

import threading
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Final

from scripts.ha.processes import Place, Process, Release
from scripts.preparation import log_file

REPLICAS: Final = 2
SLOTS: Final = 2 * REPLICAS
"""How many of one kind there are at most: during a roll the old ones are still on their way out."""

Make = Callable[[Release, Place], Process]


class Workload:
    """What Kubernetes calls a Deployment: surge 1, none unavailable.

    `first_port` is the first of SLOTS ports, 0 for processes that do not listen.
    """

    def __init__(self, kind: str, make: Make, *, state: Path, first_port: int = 0) -> None:
        self.kind = kind
        self.members: list[Process] = []
        self._make = make
        self._state = state
        self._ports = range(first_port, first_port + SLOTS) if first_port else range(0)
        self._numbers = count(1)
        self._leaving: list[tuple[Process, threading.Thread]] = []

    def start(self, release: Release, environment: Mapping[str, str]) -> None:
        """Start all of them. Raises NeverReady."""
        for _ in range(REPLICAS):
            self.members.append(self._made(release, environment))
            self.members[-1].start()

    def roll(
        self, release: Release, environment: Mapping[str, str], *, drain: bool = True
    ) -> Iterator[tuple[Process, Process]]:
        """Replace one after the other; yields the old and the new one as each begins to leave.

        It leaves beside the next one's start, as in Kubernetes. `drain`: see `Server.leave`.

        Raises NeverReady, and then those that were not replaced yet go on serving.
        """
        for place, old in enumerate(self.members):
            new = self._made(release, environment)
            new.start()
            self.members[place] = new
            thread = threading.Thread(target=old.leave, kwargs={"drain": drain})
            thread.start()
            self._leaving.append((old, thread))
            yield old, new

    def await_leaving(self) -> None:
        """Return when all that were replaced have ended."""
        for _, thread in self._leaving:
            thread.join()
        self._leaving.clear()

    def keep_alive(self) -> None:
        """Start again what has died."""
        for member in self.members:
            member.keep_alive()

    def stop(self) -> None:
        """End all of them, side by side."""
        for member in self.members:
            member.begin_stop()
        for member in self.members:
            member.end()
        self.await_leaving()

    @property
    def proxy_lines(self) -> str:
        """The places where one of them may be, as HAProxy wants them told."""
        return "\n".join(f"    server {self.kind}-{port} $host:{port}" for port in self._ports)

    def _made(self, release: Release, environment: Mapping[str, str]) -> Process:
        """On a port that none of the others has."""
        left = [process for process, thread in self._leaving if thread.is_alive()]
        taken = {process.port for process in (*self.members, *left)}
        port = next((each for each in self._ports if each not in taken), 0)
        log = log_file(self._state, f"{self.kind}-{next(self._numbers)}")
        return self._make(release, Place(environment, log, port))
