"""How gunicorn serves the program, in a demonstration as in production.

Threads, because a request mostly waits for the distributor; two processes, so that one that dies
leaves another. The application is loaded in the worker: connections are made after the fork.
"""

from pathlib import Path

from agenturclient.env import Environment

env = Environment()

bind = env.text("WEB_BIND", "127.0.0.1:8000")
workers = env.number("WEB_WORKERS", 2, least=1)
threads = env.number("WEB_THREADS", 16, least=2)
worker_class = "gthread"
preload_app = False
control_socket_disable = True  # nothing uses it, and it wants a home directory

# Longer than the longest operation (30 s), so that a stop lets a sale come to its end.
graceful_timeout = 45
timeout = 60
keepalive = 75
backlog = 256

# The worker's heartbeat is a file: in memory, so that a slow disk is not mistaken for a stall.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - gunicorn names it safely

accesslog = None  # one line per request is written by the program itself, with its request id
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "agenturclient.ops.logs.JsonLines"}},
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "json",
        }
    },
    "root": {"handlers": ["stdout"], "level": "INFO"},
    "loggers": {"gunicorn.error": {"handlers": [], "level": "INFO", "propagate": True}},
}

env.complete()
