"""One Keycloak server process of a cluster."""

import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL, SIGTERM
from typing import Final

from scripts.environment import Command
from scripts.keycloak.distribution import QUICK_JAVA
from scripts.keycloak.folders import HOST, KeycloakProblem
from scripts.supervisor import Child

_START_SECONDS: Final = 180.0
_STOP_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.1
_JAVA_HEAP: Final = "-Xms128m -Xmx384m"


@dataclass(frozen=True)
class Ports:
    """Where a node listens; the last one with its address. JGroups also takes 50000 above."""

    web: int
    management: int
    jgroups: tuple[str, int]


class Node:
    """A node that can be started, stopped in order and killed."""

    def __init__(
        self,
        name: str,
        command: Command,
        ports: Ports,
        *,
        settings: Mapping[str, str],
        log: Path,
    ) -> None:
        self.name = name
        self.ports = ports
        own = {
            "KC_HTTP_HOST": HOST,
            "KC_HTTP_PORT": str(ports.web),
            "KC_HTTP_MANAGEMENT_HOST": HOST,
            "KC_HTTP_MANAGEMENT_PORT": str(ports.management),
            "KC_CACHE_EMBEDDED_NETWORK_BIND_ADDRESS": ports.jgroups[0],
            "KC_CACHE_EMBEDDED_NETWORK_BIND_PORT": str(ports.jgroups[1]),
            "KC_PROXY_TRUSTED_ADDRESSES": HOST,
            # The proxy here looks twice a second; a gateway's default is slower.
            "KC_SHUTDOWN_DELAY": "3s",
            "KC_SHUTDOWN_TIMEOUT": "10s",
            "JAVA_OPTS_KC_HEAP": _JAVA_HEAP,
        }
        java = f"{QUICK_JAVA} {settings.get('JAVA_OPTS_APPEND', '')}".strip()
        self._child = Child(
            f"Keycloak {name}",
            command,
            environment={**settings, **own, "JAVA_OPTS_APPEND": java},
            log=log,
        )

    @property
    def pid(self) -> int | None:
        """Its process."""
        return self._child.pid

    @property
    def address(self) -> str:
        """The node itself, past the proxy."""
        return f"http://{HOST}:{self.ports.web}"

    @property
    def management_address(self) -> str:
        """Health and metrics."""
        return f"http://{HOST}:{self.ports.management}"

    def start(self) -> None:
        """Start it; `await_ready` tells when it serves."""
        self._child.start()

    def await_ready(self, seconds: float = _START_SECONDS) -> None:
        """Return once it is ready. Raises KeycloakProblem when it ends or stays silent."""
        end = time.monotonic() + seconds
        while not self.is_ready():
            if not self.is_running() or time.monotonic() > end:
                raise KeycloakProblem(
                    f"{self._child.last_lines()}\n{self._child.name} does not get ready."
                    f" Its log: {self._child.log}"
                )
            time.sleep(_POLL_SECONDS)

    def is_ready(self) -> bool:
        """Whether it lives and says that it can serve."""
        return self.is_running() and self.readiness() == "UP"

    def readiness(self) -> str:
        """UP, DOWN or, when there is no answer, nothing."""
        address = f"{self.management_address}/health/ready"
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - our own loopback address
                return "UP"
        except urllib.error.HTTPError:
            return "DOWN"
        except OSError:
            return ""

    def is_running(self) -> bool:
        """Whether its process lives."""
        return self._child.is_running()

    def keep_alive(self) -> None:
        """Start it again when it has died, after a pause that grows while it keeps dying."""
        self._child.keep_alive()

    def stop(self) -> None:
        """End it in order, as an update does; returns when it has ended."""
        self._child.signal(SIGTERM)
        self._await_end(_STOP_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End it at once, as a machine that loses its power does."""
        self._child.signal(SIGKILL)
        self._await_end(_STOP_SECONDS)

    def restart(self) -> None:
        """Stop it in order, start it again and wait until it serves."""
        self.stop()
        self.start()
        self.await_ready()

    def begin_stop(self) -> None:
        """Ask it to end, without waiting."""
        self._child.signal(SIGTERM)

    def _await_end(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while self.is_running() and time.monotonic() < end:
            time.sleep(_POLL_SECONDS)
