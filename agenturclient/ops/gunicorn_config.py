"""How gunicorn serves the program, in a demonstration as in production.

Threads, because a request mostly waits for the distributor; two processes, so that one that dies
leaves another. The application is loaded in the worker: connections are made after the fork.
"""

import os
import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from agenturclient.env import Environment
from agenturclient.framework import json_logging
from agenturclient.kernel.drain import drain

if TYPE_CHECKING:
    from gunicorn.http.message import Request
    from gunicorn.workers.base import Worker

env = Environment()

bind = env.text("WEB_BIND", "127.0.0.1:8000")
workers = env.number("WEB_WORKERS", 2, least=1)
threads = env.number("WEB_THREADS", 20, least=2)
worker_class = "gthread"
preload_app = False
control_socket_disable = True  # nothing uses it, and it wants a home directory

# Longer than the longest request (35 s), so that a stop lets a sale come to its end.
graceful_timeout = 45
timeout = 60
keepalive = 75
backlog = 256

_drain_file = env.text("DRAIN_FILE", "")

# The worker's heartbeat is a file: in memory, so that a slow disk is not mistaken for a stall.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - gunicorn names it safely

# Where the processes count together what the metrics page shows; empty at the start. The folder
# around it is everybody's, and one that was killed leaves its own there: a number comes again.
_own_folder = f"agenturclient-metrics-{os.getpid()}-{secrets.token_hex(8)}"
_metrics = Path(
    env.text(
        "PROMETHEUS_MULTIPROC_DIR", str(Path(worker_tmp_dir or tempfile.gettempdir()) / _own_folder)
    )
)
raw_env = [f"PROMETHEUS_MULTIPROC_DIR={_metrics}"]


def on_starting(_server: object) -> None:
    """Called by gunicorn before the first worker."""
    _metrics.mkdir(mode=0o700, parents=True, exist_ok=True)
    _forget_counts()


def post_worker_init(worker: "Worker") -> None:
    """Called by gunicorn in a worker that is about to serve: how it learns that it is to go."""
    drain.watch(lambda: not worker.alive)  # SIGTERM, or its parent is gone
    if _drain_file:
        drain.watch(Path(_drain_file).exists)


def pre_request(_worker: "Worker", request: "Request") -> None:
    """Called by gunicorn before each request: while draining, the answer ends its connection.

    Whoever keeps it for the next request has to open another, which leads elsewhere; so none is
    open any more when the process ends (RFC 9112, section 9.6). gunicorn itself decides before the
    program is called, too early for a request in flight.
    """
    request.must_close = _EndsConnection()


class _EndsConnection:
    """Whether an answer ends its connection, as a truth value: decided when it is first asked for,
    which is as the answer's headers are written, and the same from then on.
    """

    def __init__(self) -> None:
        self._decided: bool | None = None

    def __bool__(self) -> bool:
        if self._decided is None:
            self._decided = drain.is_asked()
        return self._decided


def child_exit(_server: object, worker: "Worker") -> None:
    """Called by gunicorn after a worker has ended: what it had under way ended with it."""
    # Not before the workers are told where to count: the library looks when it is loaded.
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415 - as above

    mark_process_dead(worker.pid, str(_metrics))  # type: ignore[no-untyped-call]  # theirs


def on_exit(_server: object) -> None:
    """Called by gunicorn at the end."""
    _forget_counts()
    if _metrics.name == _own_folder:
        _metrics.rmdir()


def _forget_counts() -> None:
    for file in _metrics.glob("*.db"):
        file.unlink()


accesslog = None  # one line per request is written by the program itself, with its request id
logconfig_dict = json_logging(
    "INFO", {"gunicorn.error": {"handlers": [], "level": "INFO", "propagate": True}}
)

env.complete()
