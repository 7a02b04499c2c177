"""The HAProxy in front of a local cluster."""

import shutil
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from signal import SIGTERM
from string import Template
from typing import Final

from scripts.keycloak.folders import DECLARED, HOST, KeycloakProblem, clean_environment
from scripts.keycloak.node import Node
from scripts.supervisor import Child

_START_SECONDS: Final = 10.0
_POLL_SECONDS: Final = 0.05
_SYSTEM: Final = "/usr/sbin:/usr/local/sbin"  # not on the PATH of a normal user


class Proxy:
    """Asks the nodes whether they are ready, and sends people to those that are."""

    def __init__(self, folder: Path, nodes: Sequence[Node], *, public: int, internal: int) -> None:
        """Raises KeycloakProblem when HAProxy is not installed."""
        self._public = public
        settings = folder / "haproxy.cfg"
        text = (DECLARED / "cluster" / "haproxy.cfg").read_text("utf-8")
        servers = "\n".join(
            f"    server {node.name} {HOST}:{node.ports.web} check port {node.ports.management}"
            for node in nodes
        )
        settings.write_text(
            Template(text).safe_substitute(
                host=HOST, public_port=public, internal_port=internal, servers=servers
            ),
            encoding="utf-8",
        )
        self._child = Child(
            "Proxy",
            [haproxy(), "-db", "-f", settings],
            environment=clean_environment(),
            log=folder / "haproxy.log",
        )

    def start(self) -> None:
        """Start it; returns when it listens. Raises KeycloakProblem."""
        self._child.start()
        end = time.monotonic() + _START_SECONDS
        while not _listens(self._public):
            if not self._child.is_running() or time.monotonic() > end:
                raise KeycloakProblem(f"{self._child.last_lines()}\nHAProxy does not start.")
            time.sleep(_POLL_SECONDS)

    def keep_alive(self) -> None:
        """Start it again when it has died, after a pause that grows while it keeps dying."""
        self._child.keep_alive()

    def stop(self) -> None:
        """End it."""
        self._child.signal(SIGTERM)
        while self._child.is_running():
            time.sleep(_POLL_SECONDS)


def haproxy() -> str:
    """The program. Raises KeycloakProblem when it is missing."""
    path = shutil.which("haproxy") or shutil.which("haproxy", path=_SYSTEM)
    if path is None:
        raise KeycloakProblem(
            "HAProxy is missing: install it, on Debian and Ubuntu with `apt install haproxy`."
        )
    return path


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0
