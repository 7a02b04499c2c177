"""The database of a local shop brought up to date, and its demo users."""

import json
from collections.abc import Mapping
from pathlib import Path

from scripts import programs
from scripts.environment import ROOT, connection_file, write_private
from scripts.steps import run_step

Environment = Mapping[str, str]


def prepare(environment: Environment, state: Path) -> list[dict[str, str]]:
    """Returns the demo users with their passwords, which are kept in the state folder.

    Ends the program with a sentence when a step fails.
    """
    manage("Database file", environment, state, "prepare_database")
    manage("Database tables", environment, state, "migrate", "--no-input")
    kept = str(_passwords(environment, state))
    output = manage("Demo users", environment, state, "seed_demo", "--passwords", kept, "--json")
    log_file(state, "seed_demo").unlink()  # passwords belong into files that say so
    users: list[dict[str, str]] = json.loads(output)
    write_private(state / "users.json", output)  # the list that `make demo` and tests read
    return users


def manage(
    title: str, environment: Environment, state: Path, *arguments: str, tree: Path = ROOT
) -> str:
    """One of our commands as a step, of the program in this tree; returns what it printed."""
    log = log_file(state, arguments[0])
    command = [*programs.MANAGE, *arguments]
    return run_step(title, command, log=log, folder=tree, environment=environment)


def log_file(state: Path, name: str) -> Path:
    """Where the output of a process or a step goes."""
    return state / "log" / f"{name}.log"


def _passwords(environment: Environment, state: Path) -> Path:
    """The file of the demo users' passwords: with Keycloak those that it has made."""
    if environment.get("AUTH") != "keycloak":
        return state / "demo-users.json"
    kept = state / "keycloak-users.json"
    known = json.loads(connection_file().read_text(encoding="utf-8"))
    write_private(kept, json.dumps(known["users"]))
    return kept
