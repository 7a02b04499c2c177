"""One shop on this machine: gunicorn, `manage.py recover` and the sandbox distributor, on SQLite.

Each is a process of its own that a test may kill; they are told apart by who may die alone.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sandbox.testing import RunningSandbox
from scripts.shop import Shop
from tests.faults.processes import (
    AGENT,
    Settings,
    answers,
    await_answer,
    kill,
    prepare,
    recover_child,
    sandbox_child,
    shop_settings,
    wait_until,
    web_child,
)


class Premises:
    """One shop and its distributor of one personality, with their state in one folder."""

    def __init__(self, folder: Path, personality: str, port: int) -> None:
        self.personality = personality
        self.address = f"http://127.0.0.1:{port}"
        self.distributor = RunningSandbox(f"http://127.0.0.1:{port + 1}")
        self._database = _database(folder)
        self._users = folder / "users.json"
        settings = _settings(folder, personality, port)
        self.sandbox = sandbox_child(folder, port + 1, personality, settings)
        self.web = web_child("Web", folder, settings)
        self.recover = recover_child("Recover", folder, settings)
        self._second = recover_child("Recover-2", folder, settings)

    def start(self) -> None:
        """Start all three and wait until they serve."""
        self.start_sandbox()
        self.recover.start()
        self.start_web()

    def start_sandbox(self) -> None:
        """Start the distributor; what it knew before, it knows again."""
        self.sandbox.start()
        await_answer(self.sandbox, f"{self.distributor.base_url}/sandbox/health")

    def start_web(self) -> None:
        """Start the web processes and wait until they are ready."""
        self.web.start()
        await_answer(self.web, f"{self.address}/health/ready")

    def serves(self) -> bool:
        """Whether the web processes are ready."""
        return answers(f"{self.address}/health/ready")

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
        return Shop.sign_in(self.address, AGENT, users[AGENT])

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What our own database says; nothing is written."""
        address = f"file:{self._database}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=20)) as connection:
            return connection.execute(query, values).fetchall()

    def booking_of(self, number: str) -> str:
        """The distributor's id of the newest booking of an order."""
        query = "SELECT booking_id FROM sales_sale WHERE reference LIKE ? ORDER BY id DESC"
        return str(self.rows(query, f"{number}-%")[0][0])

    def await_strikes(self, seconds: float = 30.0) -> None:
        """Wait until every fault that was switched on has struck."""
        wait_until(lambda: not self.faults(), seconds, f"still to strike: {self.faults()}")

    def has_struck(self, operation: str, fault: str, about: str) -> bool:
        """Whether this fault for one call has happened."""
        waiting = [(each["operation"], each["fault"], each["about"]) for each in self.faults()]
        return (operation, fault, about) not in waiting

    def faults(self) -> list[Any]:
        """The faults that have not struck yet."""
        found: list[Any] = self.distributor.control("GET", "/sandbox/faults")["faults"]
        return found


def furnish(folder: Path) -> None:
    """Make the database and its users, ready to be copied for several shops."""
    prepare(_settings(folder, "plain", 0), folder)


def _database(folder: Path) -> Path:
    return folder / "agenturclient.sqlite3"


def _settings(folder: Path, personality: str, port: int) -> Settings:
    distributor = f"http://127.0.0.1:{port + 1}"
    return shop_settings(f"sqlite:///{_database(folder)}", port, distributor, personality)
