"""Where a local run keeps its state, and the environment it gives to its processes.

Everything lives under `var/`: the database, the sandbox's memory, logs, the secret key and the
demo passwords. Delete the folder to start afresh. `STATE_DIR` names another one, so that a test
run does not touch a shop that somebody works in.
"""

import json
import os
import secrets
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
VENV: Final = ROOT / ".venv"
PYTHON: Final = VENV / "bin" / "python"
SCANNER: Final = VENV / "scanner" / "bin" / "checkov"
FRONTEND: Final = ROOT / "frontend"
Command = list[str | Path]
_PRIVATE: Final = 0o600
_HIGHEST_PORT: Final = 65535
_AUTH: Final = ("local", "keycloak")


def state_dir() -> Path:
    """The folder of this run's state, made when missing; for its owner only."""
    folder = ROOT / os.environ.get("STATE_DIR", "var")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / "log").mkdir(exist_ok=True)
    return folder


def port(name: str, default: int) -> int:
    """A port from the environment; ends the program with a sentence when it is not one."""
    raw = os.environ.get(name, "") or str(default)
    if not raw.isdecimal() or not 0 < int(raw) <= _HIGHEST_PORT:
        sys.exit(f"{name} must be a port between 1 and {_HIGHEST_PORT}, not {raw!r}.")
    return int(raw)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=_PRIVATE)
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def demo_environment(*, web_port: int, sandbox_port: int) -> dict[str, str]:
    """The environment of demo mode: the caller's own, `.env`, then what a demonstration needs.

    The secret key is made at the first run and kept, so that a restart ends nobody's session.
    """
    state = state_dir()
    key = state / "secret-key"
    if not key.exists():
        write_private(key, secrets.token_urlsafe(64))
    given = _dot_env(ROOT / ".env") | {name: value for name, value in os.environ.items() if value}
    own = {
        "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
        "DEMO_MODE": "1",
        "WEB_BIND": f"127.0.0.1:{web_port}",
        "PUBLIC_URL": f"http://127.0.0.1:{web_port}",
    }
    defaults = {
        "DATABASE_URL": f"sqlite:///{state / 'agenturclient.sqlite3'}",
        "OSDM_BASE_URL": f"http://127.0.0.1:{sandbox_port}",
        "DJANGO_SETTINGS_MODULE": "agenturclient.settings",
    }
    defaults |= _sign_in(given)
    if "SECRET_KEY" not in given:
        defaults["SECRET_KEY_FILE"] = str(key)
    return defaults | given | own


def uses_sandbox(environment: dict[str, str], sandbox_port: int) -> bool:
    """Whether the shop is to sell from the sandbox; not when `.env` names a real distributor."""
    return environment["OSDM_BASE_URL"] == f"http://127.0.0.1:{sandbox_port}"


def connection_file() -> Path:
    """What `make keycloak` tells of its cluster, secrets and demo users included.

    KEYCLOAK_CONNECTION names that of another cluster.
    """
    named = os.environ.get("KEYCLOAK_CONNECTION")
    return Path(named) if named else state_dir() / "keycloak" / "run" / "connection.json"


def _sign_in(given: dict[str, str]) -> dict[str, str]:
    """The settings of sign-in: local, or with AUTH=keycloak at the cluster on this machine."""
    wanted = given.get("AUTH", "local")
    if wanted not in _AUTH:
        sys.exit(f"AUTH must be one of {', '.join(_AUTH)}, not {wanted!r}.")
    if wanted == "local":
        return {}
    if not connection_file().exists():
        sys.exit("No Keycloak runs here. Start one with `make keycloak` in another terminal first.")
    known = json.loads(connection_file().read_text(encoding="utf-8"))
    return {
        "AUTH_MODE": "oidc",
        "OIDC_ISSUER": known["issuer"],
        "OIDC_INTERNAL_URL": known["internal_url"],
        "OIDC_RP_CLIENT_ID": known["client_id"],
        "OIDC_RP_CLIENT_SECRET": known["client_secret"],
        "OIDC_ADMIN_CLIENT_ID": known["admin_client_id"],
        "OIDC_ADMIN_CLIENT_SECRET": known["admin_client_secret"],
    }


def _dot_env(path: Path) -> dict[str, str]:
    """NAME=value lines; lines that start with # and empty values do not count."""
    if not path.exists():
        return {}
    pairs = (
        line.split("=", 1)
        for line in path.read_text(encoding="utf-8").splitlines()
        if "=" in line and not line.lstrip().startswith("#")
    )
    values = {name.strip(): value.strip().strip("\"'") for name, value in pairs}
    return {name: value for name, value in values.items() if value}
