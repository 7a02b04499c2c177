"""The HAProxy in front of a local cluster."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from scripts.haproxy import HAProxy, ProxyFailed, ProxyMissing, haproxy
from scripts.keycloak.folders import DECLARED, HOST, KeycloakProblem
from scripts.keycloak.node import Node

_TEMPLATE: Final = DECLARED / "cluster" / "haproxy.cfg"


class Proxy:
    """Asks the nodes whether they are ready, and sends people to those that are."""

    def __init__(self, folder: Path, nodes: Sequence[Node], *, public: int, internal: int) -> None:
        """Raises KeycloakProblem when HAProxy is not installed."""
        need_haproxy()
        self._public = public
        servers = "\n".join(
            f"    server {node.name} {HOST}:{node.ports.web} check port {node.ports.management}"
            for node in nodes
        )
        values = {
            "host": HOST,
            "public_port": public,
            "internal_port": internal,
            "servers": servers,
        }
        self._haproxy = HAProxy(folder, _TEMPLATE.read_text("utf-8"), values)

    @property
    def pid(self) -> int | None:
        """Its process."""
        return self._haproxy.pid

    def start(self) -> None:
        """Start it; returns when it listens. Raises KeycloakProblem."""
        try:
            self._haproxy.start(self._public)
        except ProxyFailed as failure:
            raise KeycloakProblem(str(failure)) from failure

    def keep_alive(self) -> None:
        """Start it again when it has died, after a pause that grows while it keeps dying."""
        self._haproxy.keep_alive()

    def stop(self) -> None:
        """End it."""
        self._haproxy.stop()


def need_haproxy() -> None:
    """Raises KeycloakProblem when HAProxy is not installed."""
    try:
        haproxy()
    except ProxyMissing as missing:
        raise KeycloakProblem(str(missing)) from missing
