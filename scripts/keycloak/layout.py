"""What a local cluster is to be: how many nodes, where, with which realms and people."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scripts.keycloak.folders import DECLARED, HOST, KeycloakProblem

REALM: Final = "agenturclient"
_MOST_NODES: Final = 9
_HIGHEST_JGROUPS: Final = 15535  # JGroups also listens 50000 above


@dataclass(frozen=True)
class Layout:
    """What a cluster is made of. It takes the ports `port` to `port + 39`."""

    port: int = 8180
    nodes: int = 2
    variant: str = "stateless"
    shop_url: str = f"http://{HOST}:8000"

    def __post_init__(self) -> None:
        if not 1 <= self.nodes <= _MOST_NODES:
            raise KeycloakProblem(f"NODES must be between 1 and {_MOST_NODES}, not {self.nodes}.")
        if self.port + 39 > _HIGHEST_JGROUPS:
            raise KeycloakProblem(f"KEYCLOAK_PORT must be below {_HIGHEST_JGROUPS - 38}.")


@dataclass(frozen=True)
class DemoUser:
    """Someone to sign in as."""

    username: str
    password: str
    groups: tuple[str, ...]


def realm_files() -> list[Path]:
    """What a local cluster applies, in this order; `mail.json` needs a mail server."""
    return [
        DECLARED / "realm" / f"{REALM}.json",
        DECLARED / "demo" / "voyages-leman.json",
        DECLARED / "demo" / f"{REALM}.json",
    ]


def declared_users() -> list[dict[str, Any]]:
    """Everybody whom those files name, as Keycloak has it."""
    return [
        user
        for file in realm_files()
        for user in json.loads(file.read_text("utf-8")).get("users", [])
    ]
