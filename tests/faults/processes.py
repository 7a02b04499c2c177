"""The processes of a shop on this machine: how each is started, waited for and killed."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

from scripts import programs
from scripts.environment import ROOT, Command
from scripts.supervisor import Child

# The longest an operation may take here. A lease lasts five seconds longer.
DEADLINE_SECONDS: Final = 4
AGENT: Final = "keller"
_START_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.05

Settings = dict[str, str]


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for a condition; fails with what was waited for."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"after {seconds:.0f} s: {what}"
        time.sleep(_POLL_SECONDS)


def shop_settings(database: str, port: int, distributor: str, personality: str) -> Settings:
    """The environment of a shop at a port; database and distributor are addresses."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    deadline = str(DEADLINE_SECONDS)
    return kept | {
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "agenturclient.settings",
        "DEMO_MODE": "1",
        "SECRET_KEY": "only-for-this-test-" + "x" * 50,
        "DATABASE_URL": database,
        "WEB_BIND": f"127.0.0.1:{port}",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "OSDM_BASE_URL": distributor,
        "OSDM_HONOURS_KEYS": "1" if personality == "plain" else "0",
        "HOLD_DEADLINE_SECONDS": deadline,
        "ISSUE_DEADLINE_SECONDS": deadline,
        "REFUND_DEADLINE_SECONDS": deadline,
        "BREAKER_RESET_SECONDS": "2",  # agents wait for it to close again
    }


def sandbox_child(folder: Path, port: int, personality: str, settings: Settings) -> Child:
    """The distributor; what it knew before it was killed, it knows again."""
    command = programs.sandbox(folder / "sandbox.sqlite3", port, personality)
    return _child("Sandbox", folder, command, settings)


def web_child(name: str, folder: Path, settings: Settings) -> Child:
    """An instance of the web server with its workers."""
    return _child(name, folder, programs.WEB, settings)


def recover_child(name: str, folder: Path, settings: Settings) -> Child:
    """A process that finds out what became of unfinished operations."""
    return _child(name, folder, programs.RECOVER, settings)


def _child(name: str, folder: Path, command: Command, settings: Settings) -> Child:
    log = folder / f"{name.lower()}.log"
    return Child(name, command, environment=settings, log=log, folder=ROOT)


def await_answer(child: Child, address: str) -> None:
    """Wait until a process that was just started answers there."""

    def ready() -> bool:
        assert child.exit_code() is None, child.last_lines()
        return answers(address)

    wait_until(ready, _START_SECONDS, f"{child.name} is silent at {address}")


def answers(address: str) -> bool:
    """Whether somebody is there and says that all is well."""
    try:
        with urlopen(address, timeout=2):  # noqa: S310 - our own loopback address
            return True
    except (URLError, OSError):
        return False


def kill(child: Child) -> None:
    """SIGKILL for a process and all its own; returns when it has ended."""
    child.signal(signal.SIGKILL)
    wait_until(lambda: not child.is_running(), 10, f"{child.name} lives")


def prepare(settings: Settings, folder: Path) -> None:
    """Make the database of these settings and its users; their names and passwords go into
    `users.json`.
    """
    manage(settings, "prepare_database")
    manage(settings, "migrate", "--no-input")
    users = manage(settings, "seed_demo", "--passwords", str(folder / "passwords.json"), "--json")
    (folder / "users.json").write_text(users)


def manage(settings: Settings, *arguments: str) -> str:
    """Run a command of ours, which must succeed, and return what it prints."""
    result = run_manage(settings, *arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout


def run_manage(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of ours to its end."""
    return subprocess.run(  # noqa: S603 - our own program
        [*programs.MANAGE, *arguments],
        cwd=ROOT,
        env=settings,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
