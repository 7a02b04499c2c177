"""Where things lie: what is declared, what is fetched once, and what one cluster needs."""

import os
from pathlib import Path
from typing import Final

from scripts.environment import ROOT, state_dir

DECLARED: Final = ROOT / "keycloak"
HOST: Final = "127.0.0.1"


class KeycloakProblem(Exception):
    """The cluster cannot be set up or started; the text is one sentence for a person."""


def cache() -> Path:
    """The folder of what every cluster of this tree shares: distribution, builds, secrets.

    KEYCLOAK_CACHE names another one, which may outlive the tree.
    """
    folder = ROOT / os.environ.get("KEYCLOAK_CACHE", "var/keycloak")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def run_folder() -> Path:
    """The folder of the cluster of `make keycloak`: its database, its logs."""
    return state_dir() / "keycloak" / "run"


def clean_environment(*more: str) -> dict[str, str]:
    """What a Java program needs of ours, and nothing that Keycloak would take for a setting."""
    kept = ("PATH", "HOME", "LANG", "JAVA_HOME", *more)
    return {name: os.environ[name] for name in kept if name in os.environ}
