"""The whole product on this machine: gunicorn, `manage.py recover` and the sandbox distributor.

Each is a process of its own that a test may kill; they are told apart by who may die alone.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.error import URLError
from urllib.request import urlopen

from sandbox.testing import RunningSandbox
from scripts.environment import ROOT
from scripts.shop import Shop
from scripts.supervisor import Child

# The longest an operation may take here. A lease lasts five seconds longer.
DEADLINE_SECONDS: Final = 4
_START_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.05
_AGENT: Final = "keller"


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for a condition; fails with what was waited for."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"after {seconds:.0f} s: {what}"
        time.sleep(_POLL_SECONDS)


class Premises:
    """One shop and its distributor of one personality, with their state in one folder."""

    def __init__(self, folder: Path, personality: str, port: int) -> None:
        self.personality = personality
        self.address = f"http://127.0.0.1:{port}"
        self.distributor = RunningSandbox(f"http://127.0.0.1:{port + 1}")
        self._database = folder / "agenturclient.sqlite3"
        self._users = folder / "users.json"
        environment = _environment(self._database, port, personality)
        python, manage = sys.executable, ROOT / "manage.py"
        self.sandbox = Child(
            "Sandbox",
            [
                *(python, "-m", "sandbox", "--state", folder / "sandbox.sqlite3"),
                *("--port", str(port + 1), "--personality", personality),
            ],
            environment=environment,
            log=folder / "sandbox.log",
        )
        self.web = Child(
            "Web",
            [
                *(python, "-m", "gunicorn", "agenturclient.wsgi:application"),
                *("--config", "python:agenturclient.ops.gunicorn_config"),
            ],
            environment=environment,
            log=folder / "web.log",
        )
        self.recover, self._second = (
            Child(
                name,
                [python, manage, "recover"],
                environment=environment,
                log=folder / f"{name.lower()}.log",
            )
            for name in ("Recover", "Recover-2")
        )

    def start(self) -> None:
        """Start all three and wait until they serve."""
        self.start_sandbox()
        self.recover.start()
        self.start_web()

    def start_sandbox(self) -> None:
        """Start the distributor; what it knew before, it knows again."""
        self.sandbox.start()
        self._await_answer(self.sandbox, f"{self.distributor.base_url}/sandbox/health")

    def start_web(self) -> None:
        """Start the web processes and wait until they are ready."""
        self.web.start()
        self._await_answer(self.web, f"{self.address}/health/ready")

    def serves(self) -> bool:
        """Whether the web processes are ready."""
        return _answers(f"{self.address}/health/ready")

    def stop(self) -> None:
        """End everything that was started here."""
        for child in (self.web, self.recover, self._second, self.sandbox):
            kill(child)

    @contextmanager
    def second_recover(self) -> Iterator[None]:
        """Another recover process beside the first."""
        self._second.start()
        try:
            wait_until(lambda: "has started" in self._second.last_lines(), 30, "second recover")
            yield
        finally:
            kill(self._second)

    def agent(self) -> Shop:
        """An agent of one agency, signed in; threads may share it."""
        users = {row["username"]: row["password"] for row in json.loads(self._users.read_text())}
        return Shop.sign_in(self.address, _AGENT, users[_AGENT])

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What our own database says; nothing is written."""
        address = f"file:{self._database}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=20)) as connection:
            return connection.execute(query, values).fetchall()

    def await_strikes(self, seconds: float = 30.0) -> None:
        """Wait until every fault that was switched on has struck."""
        wait_until(lambda: not self.faults(), seconds, f"still to strike: {self.faults()}")

    def faults(self) -> list[Any]:
        """The faults that have not struck yet."""
        found: list[Any] = self.distributor.control("GET", "/sandbox/faults")["faults"]
        return found

    def _await_answer(self, child: Child, address: str) -> None:
        def answers() -> bool:
            assert child.exit_code() is None, child.last_lines()
            return _answers(address)

        wait_until(answers, _START_SECONDS, f"{child.name} is silent at {address}")


def kill(child: Child) -> None:
    """SIGKILL for a process and all its own; returns when it has ended."""
    if child.log.exists():  # else it was never started
        child.signal(signal.SIGKILL)
        wait_until(lambda: child.exit_code() is not None, 10, f"{child.name} lives")


def prepare(folder: Path) -> None:
    """Make the database and its users, ready to be copied for several shops."""
    database = folder / "agenturclient.sqlite3"
    environment = _environment(database, 0, "plain")
    _manage(environment, "prepare_database")
    _manage(environment, "migrate", "--no-input")
    known = str(folder / "passwords.json")
    (folder / "users.json").write_text(
        _manage(environment, "seed_demo", "--passwords", known, "--json")
    )


def _manage(environment: dict[str, str], *arguments: str) -> str:
    result = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def _environment(database: Path, port: int, personality: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    deadline = str(DEADLINE_SECONDS)
    return kept | {
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "agenturclient.settings",
        "DEMO_MODE": "1",
        "SECRET_KEY": "only-for-this-test-" + "x" * 50,
        "DATABASE_URL": f"sqlite:///{database}",
        "WEB_BIND": f"127.0.0.1:{port}",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "OSDM_BASE_URL": f"http://127.0.0.1:{port + 1}",
        "OSDM_HONOURS_KEYS": "1" if personality == "plain" else "0",
        "HOLD_DEADLINE_SECONDS": deadline,
        "ISSUE_DEADLINE_SECONDS": deadline,
        "REFUND_DEADLINE_SECONDS": deadline,
    }


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=2):  # noqa: S310 - our own loopback address
            return True
    except (URLError, OSError):
        return False
