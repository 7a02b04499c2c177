"""`make run`: a shop on this machine, served the way production serves it.

Migrates the database, makes the demo users, and keeps three programs running: the sandbox
distributor, gunicorn and `manage.py recover`. `--dev` serves with Django's reloading server and
Vite instead of gunicorn and the built page. PORT is 8000 unless given; the sandbox listens at
SANDBOX_PORT, else a hundred above. With AUTH=keycloak people sign in at the cluster that
`make keycloak` runs.
"""

import fcntl
import json
import os
import socket
import sys
import time
from pathlib import Path
from typing import Final, TextIO

from scripts.environment import (
    FRONTEND,
    PYTHON,
    ROOT,
    VENV,
    Command,
    connection_file,
    demo_environment,
    port,
    state_dir,
    uses_sandbox,
    write_private,
)
from scripts.steps import run_step, say
from scripts.supervisor import Child, Supervisor

_DEFAULT_PORT: Final = 8000
_SANDBOX_DISTANCE: Final = 100
_VITE_PORT: Final = 5173


def main(arguments: list[str]) -> None:
    """Prepare, start, say where and who, then watch until Ctrl-C."""
    started = time.monotonic()
    web_port = port("PORT", _DEFAULT_PORT)
    sandbox_port = port("SANDBOX_PORT", web_port + _SANDBOX_DISTANCE)
    environment = demo_environment(web_port=web_port, sandbox_port=sandbox_port)
    os.chdir(ROOT)
    with _only_one():
        _need_free(web_port, "PORT")
        sandbox = uses_sandbox(environment, sandbox_port)
        if sandbox:
            _need_free(sandbox_port, "SANDBOX_PORT")
        users = _prepare(environment)
        supervisor = Supervisor()
        if sandbox:
            _start_sandbox(supervisor, environment, sandbox_port)
        address = _start_shop(supervisor, environment, web_port, dev="--dev" in arguments)
        _welcome(address, users, time.monotonic() - started)
        if sandbox:
            say(f"Books of the sandbox distributor: http://127.0.0.1:{sandbox_port}/")
        say(f"Logs: {state_dir() / 'log'}   Stop: Ctrl-C")
        supervisor.watch()


def _only_one() -> TextIO:
    """The lock of this state folder, held until the program ends."""
    lock = (state_dir() / "run.lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"A shop already runs with the state in {state_dir()}. Stop it first.")
    return lock


def _need_free(number: int, name: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError as error:
            sys.exit(f"Port {number} cannot be used ({error.strerror}). Choose another: {name}=...")


def _manage(title: str, environment: dict[str, str], *arguments: str) -> str:
    command: Command = [PYTHON, ROOT / "manage.py", *arguments]
    log = _log(arguments[0])
    return run_step(title, command, log=log, folder=ROOT, environment=environment)


def _log(name: str) -> Path:
    return state_dir() / "log" / f"{name}.log"


def _prepare(environment: dict[str, str]) -> list[dict[str, str]]:
    """Bring the database up to date; returns the demo users with their passwords."""
    _manage("Database file", environment, "prepare_database")
    _manage("Database tables", environment, "migrate", "--no-input")
    kept = str(_passwords(environment))
    output = _manage("Demo users", environment, "seed_demo", "--passwords", kept, "--json")
    _log("seed_demo").unlink()  # passwords belong into files that say so
    users: list[dict[str, str]] = json.loads(output)
    write_private(state_dir() / "users.json", output)  # the list that `make demo` and tests read
    return users


def _passwords(environment: dict[str, str]) -> Path:
    """The file of the demo users' passwords: with Keycloak those that it has made."""
    if environment.get("AUTH") != "keycloak":
        return state_dir() / "demo-users.json"
    kept = state_dir() / "keycloak-users.json"
    known = json.loads(connection_file().read_text(encoding="utf-8"))
    write_private(kept, json.dumps(known["users"]))
    return kept


def _child(name: str, command: Command, environment: dict[str, str]) -> Child:
    return Child(name.capitalize(), command, environment=environment, log=_log(name))


def _start_sandbox(supervisor: Supervisor, environment: dict[str, str], number: int) -> None:
    command: Command = [PYTHON, "-m", "sandbox", "--port", str(number)]
    command += ["--state", state_dir() / "sandbox.sqlite3"]
    command += ["--personality", environment.get("PERSONALITY", "plain")]
    child = _child("sandbox", command, environment)
    supervisor.start(child, answers_at=f"http://127.0.0.1:{number}/sandbox/health")


def _start_shop(
    supervisor: Supervisor, environment: dict[str, str], number: int, *, dev: bool
) -> str:
    """Start the web server, recover and, for development, Vite; returns the page's address."""
    manage: Command = [PYTHON, ROOT / "manage.py"]
    web: Command = [PYTHON, "-m", "gunicorn", "agenturclient.wsgi:application"]
    web += ["--config", "python:agenturclient.ops.gunicorn_config"]
    if dev:
        web = [*manage, "runserver", f"127.0.0.1:{number}"]
    address = f"http://127.0.0.1:{number}"
    supervisor.start(_child("web", web, environment), answers_at=f"{address}/health/ready")
    supervisor.start(_child("recover", [*manage, "recover"], environment))
    if not dev:
        return address
    vite = FRONTEND / "node_modules" / "vite" / "bin" / "vite.js"
    page_address = f"http://127.0.0.1:{_VITE_PORT}"
    command: Command = [VENV / "bin" / "node", vite, FRONTEND]
    command += ["--port", str(_VITE_PORT), "--strictPort", "--host", "127.0.0.1"]
    proxied = environment | {"API_PORT": str(number)}
    supervisor.start(_child("vite", command, proxied), answers_at=page_address)
    return page_address


def _welcome(address: str, users: list[dict[str, str]], seconds: float) -> None:
    say(f"\nAgenturclient runs at {address}   (started in {seconds:.1f} s)\n")
    columns = list(users[0]) if users else []
    widths = {name: max(len(name), *(len(user[name]) for user in users)) for name in columns}
    if users:
        say("  " + "  ".join(name.ljust(widths[name]) for name in columns))
    for user in users:
        say("  " + "  ".join(user[name].ljust(widths[name]) for name in columns))
    say("")


if __name__ == "__main__":
    main(sys.argv[1:])
