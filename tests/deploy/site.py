"""A web server of the product as a process of its own: for tests of how it ends, what it says."""

import http.client
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import closing
from http import HTTPStatus
from pathlib import Path

from scripts.environment import PYTHON
from scripts.supervisor import Child
from tests.deploy.production import ROOT

_HOST = "127.0.0.1"


class Site:
    """One gunicorn with the product's own settings, and the file that makes it drain."""

    def __init__(self, folder: Path, *, database: str = "") -> None:
        with socket.socket() as probe:
            probe.bind((_HOST, 0))
            self.port = int(probe.getsockname()[1])
        self.address = f"http://{_HOST}:{self.port}"
        self.drain_file = folder / "drain"
        self.is_ending = False
        self.child = Child(
            "Web",
            [
                *(PYTHON, "-m", "gunicorn", "tests.deploy.slow_site:application"),
                *("--config", "python:agenturclient.ops.gunicorn_config"),
            ],
            environment={
                "PYTHONPATH": str(ROOT),
                "DJANGO_SETTINGS_MODULE": "agenturclient.settings",
                "DEMO_MODE": "1",
                "DATABASE_URL": database or f"sqlite:///{folder / 'shop.sqlite3'}",
                "WEB_BIND": f"{_HOST}:{self.port}",
                "WEB_WORKERS": "1",
                "WEB_THREADS": "8",
                "DRAIN_FILE": str(self.drain_file),
            },
            log=folder / f"web-{self.port}.log",
            folder=ROOT,
        )

    def start(self) -> None:
        """Returns when it is ready."""
        self.child.start()

        def is_ready() -> bool:
            assert self.child.is_running(), self.child.last_lines()
            try:
                with closing(self.connect()) as connection:
                    return ask(connection, "/health/ready")[0] == HTTPStatus.OK
            except ConnectionRefusedError:
                return False

        wait_until(is_ready)

    def kill(self) -> None:
        """SIGKILL; returns when it has ended."""
        self.child.signal(signal.SIGKILL)
        self.await_end()

    def connect(self) -> http.client.HTTPConnection:
        """A connection that is kept for as long as the other side likes."""
        connection = http.client.HTTPConnection(_HOST, self.port, timeout=30)
        connection.connect()
        return connection

    def end(self) -> None:
        """SIGTERM to the first process, as Kubernetes sends it."""
        self.is_ending = True
        assert self.child.pid is not None
        os.kill(self.child.pid, signal.SIGTERM)

    def await_end(self) -> int | None:
        """The exit code."""
        wait_until(lambda: self.child.exit_code() is not None)
        return self.child.exit_code()


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Until it holds; fails after that many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def ask(connection: http.client.HTTPConnection, path: str = "/health/live") -> tuple[int, str, str]:
    """Status, text, and whether the connection is kept."""
    connection.request("GET", path)
    response = connection.getresponse()
    return response.status, response.read().decode(), response.headers["Connection"]
