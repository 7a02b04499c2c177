"""`make run`: a shop on this machine, served the way production serves it.

Migrates the database, makes the demo users, and keeps three programs running: the sandbox
distributor, gunicorn and `manage.py recover`. `--dev` serves with Django's reloading server and
Vite instead of gunicorn and the built page. PORT is 8000 unless given; the sandbox listens at
SANDBOX_PORT, else a hundred above. With AUTH=keycloak people sign in at the cluster that
`make keycloak` runs.
"""

import os
import sys
import time
from typing import Final

from scripts import programs
from scripts.alone import need_free, only_one
from scripts.environment import (
    FRONTEND,
    ROOT,
    VENV,
    Command,
    demo_environment,
    port,
    state_dir,
    uses_sandbox,
)
from scripts.preparation import log_file, prepare
from scripts.steps import say
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
    with only_one(state_dir(), "A shop"):
        need_free(web_port, "PORT")
        sandbox = uses_sandbox(environment, sandbox_port)
        if sandbox:
            need_free(sandbox_port, "SANDBOX_PORT")
        users = prepare(environment, state_dir())
        supervisor = Supervisor()
        if sandbox:
            _start_sandbox(supervisor, environment, sandbox_port)
        address = _start_shop(supervisor, environment, web_port, dev="--dev" in arguments)
        welcome(address, users, time.monotonic() - started)
        if sandbox:
            say(f"Books of the sandbox distributor: http://127.0.0.1:{sandbox_port}/")
        say(f"Logs: {state_dir() / 'log'}   Stop: Ctrl-C")
        supervisor.watch()


def _child(name: str, command: Command, environment: dict[str, str]) -> Child:
    return Child(
        name.capitalize(), command, environment=environment, log=log_file(state_dir(), name)
    )


def _start_sandbox(supervisor: Supervisor, environment: dict[str, str], number: int) -> None:
    state, personality = state_dir() / "sandbox.sqlite3", environment.get("PERSONALITY", "plain")
    child = _child("sandbox", programs.sandbox(state, number, personality), environment)
    supervisor.start(child, answers_at=f"http://127.0.0.1:{number}/sandbox/health")


def _start_shop(
    supervisor: Supervisor, environment: dict[str, str], number: int, *, dev: bool
) -> str:
    """Start the web server, recover and, for development, Vite; returns the page's address."""
    web = [*programs.MANAGE, "runserver", f"127.0.0.1:{number}"] if dev else programs.WEB
    address = f"http://127.0.0.1:{number}"
    supervisor.start(_child("web", web, environment), answers_at=f"{address}/health/ready")
    supervisor.start(_child("recover", programs.RECOVER, environment))
    if not dev:
        return address
    vite = FRONTEND / "node_modules" / "vite" / "bin" / "vite.js"
    page_address = f"http://127.0.0.1:{_VITE_PORT}"
    command: Command = [VENV / "bin" / "node", vite, FRONTEND]
    command += ["--port", str(_VITE_PORT), "--strictPort", "--host", "127.0.0.1"]
    proxied = environment | {"API_PORT": str(number)}
    supervisor.start(_child("vite", command, proxied), answers_at=page_address)
    return page_address


def welcome(address: str, users: list[dict[str, str]], seconds: float) -> None:
    """Say where the shop is and who may sign in."""
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
