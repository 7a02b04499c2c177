"""Serving the sandbox as a program of its own: one process, many threads."""

import sys
from typing import Any

from gunicorn.app.base import BaseApplication

from sandbox.app import Sandbox

THREADS = 32


class Server(BaseApplication):  # type: ignore[misc] # gunicorn has no types
    """Gunicorn, started from Python instead of from its command line."""

    def __init__(self, make_app: "Any", address: str, announcement: str) -> None:
        self._make_app = make_app
        self._address = address
        self._announcement = announcement
        super().__init__()

    def load_config(self) -> None:
        """Settings; the announcement comes when the socket listens and not before."""
        settings = {
            "bind": [self._address],
            "workers": 1,
            "threads": THREADS,
            "worker_class": "gthread",
            "loglevel": "warning",
            "graceful_timeout": 5,
            "timeout": 0,
            "keepalive": 30,
            "control_socket_disable": True,  # it would lie in the home directory, one for all
            "post_worker_init": self._announce,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Sandbox:
        """The application, made in the worker so that no connection is inherited by a fork."""
        app: Sandbox = self._make_app()
        return app

    def _announce(self, _worker: object) -> None:
        sys.stdout.write(f"{self._announcement}\n")
        sys.stdout.flush()
