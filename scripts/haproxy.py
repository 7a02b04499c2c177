"""An HAProxy of one's own on this machine: for local runs and for tests."""

import os
import shutil
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from signal import SIGKILL, SIGTERM
from string import Template
from typing import Final

from scripts.supervisor import Child

HOST: Final = "127.0.0.1"
_START_SECONDS: Final = 10.0
_STOP_SECONDS: Final = 10.0
_POLL_SECONDS: Final = 0.05
_SYSTEM: Final = "/usr/sbin:/usr/local/sbin"  # not on the PATH of a normal user


class ProxyMissing(Exception):
    """This machine has no HAProxy; the text says in one sentence what to install."""


class ProxyFailed(Exception):
    """It did not start; the text holds its words."""


class HAProxy:
    """One proxy, with its settings and its log in one folder."""

    def __init__(self, folder: Path, template: str, values: Mapping[str, object]) -> None:
        """`template` is its settings file; each $name in it is filled from `values`.

        Raises ProxyMissing.
        """
        settings = folder / "haproxy.cfg"
        settings.write_text(Template(template).safe_substitute(values), encoding="utf-8")
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        self._child = Child(
            "Proxy",
            [haproxy(), "-db", "-f", settings],
            environment=kept,
            log=folder / "haproxy.log",
        )

    @property
    def pid(self) -> int | None:
        """Its process."""
        return self._child.pid

    def start(self, port: int) -> None:
        """Start it; returns when it listens at `port`. Raises ProxyFailed."""
        self._child.start()
        end = time.monotonic() + _START_SECONDS
        while not _listens(port):
            if not self._child.is_running() or time.monotonic() > end:
                raise ProxyFailed(f"{self._child.last_lines()}\nHAProxy does not start.")
            time.sleep(_POLL_SECONDS)

    def keep_alive(self) -> None:
        """Start it again when it has died, after a pause that grows while it keeps dying."""
        self._child.keep_alive()

    def stop(self) -> None:
        """End it; connections that are open are cut."""
        end = time.monotonic() + _STOP_SECONDS
        self._child.signal(SIGTERM)
        while self._child.is_running() and time.monotonic() < end:
            time.sleep(_POLL_SECONDS)
        self._child.signal(SIGKILL)


def haproxy() -> str:
    """The program. Raises ProxyMissing."""
    path = shutil.which("haproxy") or shutil.which("haproxy", path=_SYSTEM)
    if path is None:
        raise ProxyMissing(
            "HAProxy is missing: install it, on Debian and Ubuntu with `apt install haproxy`."
        )
    return path


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0
