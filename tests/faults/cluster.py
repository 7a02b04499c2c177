"""The shop as it runs in production: two web instances and two recover processes on MariaDB, behind
a proxy that breaks the calls to the distributor.
"""

import json
import signal
import time
from collections import Counter as Tally
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from sandbox.testing import RunningSandbox
from scripts.mariadb import HOST, Login, MariaDB
from scripts.supervisor import Child
from tests.faults.processes import (
    DEADLINE_SECONDS,
    Settings,
    await_answer,
    kill,
    prepare,
    recover_child,
    run_manage,
    sandbox_child,
    shop_settings,
    web_child,
)
from tests.faults.proxy import FaultProxy

MySQLdb = pytest.importorskip("MySQLdb", reason="mysqlclient is not installed")

# A lease lasts five seconds longer than the operation may take; this is past it.
_PAST_LEASE_SECONDS: Final = DEADLINE_SECONDS + 6.0
_BREATH_SECONDS: Final = 1.0
_CONNECT_SECONDS: Final = 5


@dataclass
class Harm:
    """What was done to the processes: how often each, and when (UNIX time) which was away."""

    kills: Tally[str] = field(default_factory=Tally)
    pauses: Tally[str] = field(default_factory=Tally)
    outages: list[tuple[float, float]] = field(default_factory=list)

    @contextmanager
    def outage(self) -> Iterator[None]:
        """Something is away for as long as this lasts."""
        begun = time.time()
        yield
        self.outages.append((begun, time.time()))


class Cluster:
    """One shop with its own distributor of one personality, on a database server that is shared.

    Ports: two of the web, the proxy's, the distributor's. All that starts a process here must be
    called from one thread that lives as long as they do.
    """

    def __init__(
        self, folder: Path, personality: str, port: int, *, server: MariaDB, seed: int
    ) -> None:
        folder.mkdir()
        self.personality = personality
        self.addresses = tuple(f"http://{HOST}:{port + each}" for each in (0, 1))
        self.distributor = RunningSandbox(f"http://{HOST}:{port + 3}")
        self.proxy = FaultProxy(port + 2, port + 3, seed=seed, patience=DEADLINE_SECONDS + 1)
        self.harm = Harm()
        self._folder, self._server = folder, server
        self._login = server.create_database(f"shop_{personality}")
        self._sandbox = sandbox_child(folder, port + 3, personality, self._settings(port))
        self._webs = [
            web_child(f"Web-{each}", folder, self._settings(port, each)) for each in (0, 1)
        ]
        self._recovers = [
            recover_child(f"Recover-{each}", folder, self._settings(port)) for each in (0, 1)
        ]

    def _settings(self, port: int, instance: int = 0) -> Settings:
        proxy = f"http://{HOST}:{port + 2}"
        settings = shop_settings(self._login.url, port + instance, proxy, self.personality)
        # Two processes and their threads share two cores: short waits instead of long queues.
        return settings | {
            "WEB_WORKERS": "1",
            "LOG_LEVEL": "WARNING",
            "SEARCH_DEADLINE_SECONDS": str(DEADLINE_SECONDS),
            "OFFER_DEADLINE_SECONDS": str(DEADLINE_SECONDS),
        }

    def start(self) -> None:
        """Make the database and start everything; returns when it serves."""
        prepare(self._any_settings(), self._folder)
        self.proxy.start()
        self._start_sandbox()
        for child in (*self._recovers, *self._webs):
            child.start()
        for number in (0, 1):
            self._await_web(number)

    def stop(self) -> None:
        """End everything that was started here."""
        for child in (*self._webs, *self._recovers, self._sandbox):
            kill(child)
        self.proxy.stop()

    def users(self) -> Mapping[str, str]:
        """User name -> password."""
        rows: list[dict[str, str]] = json.loads((self._folder / "users.json").read_text())
        return {row["username"]: row["password"] for row in rows}

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask our database; a question mark stands for each value."""
        return rows_of(self._login, query, *values)

    def reconcile(self) -> int:
        """The exit code of our own comparison of the books: 0 when they agree."""
        return run_manage(self._any_settings(), "reconcile", "--days", "1").returncode

    # ------------------------------------------------------------------ harm

    def kill_web(self, number: int) -> None:
        """SIGKILL for one instance, which comes back; the other goes on serving."""
        self._kill(self._webs[number], "web")
        self._webs[number].start()
        self._await_web(number)

    def kill_recover(self, number: int) -> None:
        """SIGKILL for one recover process, which comes back."""
        self._kill(self._recovers[number], "recover")
        self._recovers[number].start()

    def kill_distributor(self) -> None:
        """SIGKILL for the distributor, which comes back with what it knew."""
        with self.harm.outage():
            self._kill(self._sandbox, "distributor")
            self._start_sandbox()

    def kill_database(self) -> None:
        """SIGKILL for MariaDB in the middle of commits; it comes back with what was committed."""
        with self.harm.outage():
            self._server.kill()
            self.harm.kills["MariaDB"] += 1
            time.sleep(_BREATH_SECONDS)
            self._server.start()

    def pause_web(self, number: int) -> None:
        """SIGSTOP for one instance until its leases have ended, then SIGCONT."""
        self._pause(self._webs[number], "web")

    def pause_recover(self, number: int) -> None:
        """SIGSTOP for one recover process until its leases have ended, then SIGCONT."""
        self._pause(self._recovers[number], "recover")

    def refuse_connections(self) -> None:
        """The distributor's port is closed for a few seconds."""
        with self.harm.outage():
            self.proxy.refuse()
            time.sleep(_BREATH_SECONDS * 3)
            self.proxy.accept()
        self.harm.pauses["port closed"] += 1

    def _kill(self, child: Child, name: str) -> None:
        kill(child)
        self.harm.kills[name] += 1
        time.sleep(_BREATH_SECONDS)

    def _pause(self, child: Child, name: str) -> None:
        with self.harm.outage():
            child.signal(signal.SIGSTOP)
            time.sleep(_PAST_LEASE_SECONDS)
            child.signal(signal.SIGCONT)
        self.harm.pauses[f"{name} stopped past its lease"] += 1

    def _start_sandbox(self) -> None:
        self._sandbox.start()
        await_answer(self._sandbox, f"{self.distributor.base_url}/sandbox/health")

    def _await_web(self, number: int) -> None:
        await_answer(self._webs[number], f"{self.addresses[number]}/health/ready")

    def _any_settings(self) -> Settings:
        return self._settings(int(self.addresses[0].rsplit(":", 1)[1]))


def rows_of(login: Login, query: str, *values: object) -> list[tuple[Any, ...]]:
    """Ask a database of ours; a question mark stands for each value."""
    with closing(connect(login)) as connection, closing(connection.cursor()) as cursor:
        cursor.execute(query.replace("%", "%%").replace("?", "%s"), values)
        return list(cursor.fetchall())


def connect(login: Login) -> Any:
    """A connection of the driver's own, for questions about the whole."""
    return MySQLdb.connect(
        host=HOST,
        port=login.port,
        user=login.user,
        password=login.password,
        database=login.database,
        autocommit=True,
        connect_timeout=_CONNECT_SECONDS,
    )
