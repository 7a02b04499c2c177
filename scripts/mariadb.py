"""A MariaDB server of one's own, from this machine's binaries: for tests and for local runs.

Its data lie in a folder of the caller, it listens on loopback only, and it may be killed and
started again as a test likes. A commit that was acknowledged survives that
(`innodb_flush_log_at_trx_commit=1`). Administration goes through the socket, as the user who
started it; each database has a user of its own with a password.
"""

import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL, SIGTERM, Signals
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote

from scripts.supervisor import Child

HOST: Final = "127.0.0.1"
_SERVER, _INSTALLER, _CLIENT = "mariadbd", "mariadb-install-db", "mariadb"
_START_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.02
_SYSTEM: Final = "/usr/sbin:/usr/local/sbin"  # not on the PATH of a normal user
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")


class ServerMissing(Exception):
    """This machine has no MariaDB server; the text says in one sentence what to install."""


class ServerFailed(Exception):
    """The server did not start, or did not accept a statement; the text holds its words."""


@dataclass(frozen=True)
class Login:
    """A database and the user who may do anything in it."""

    database: str
    user: str
    password: str = field(repr=False)
    port: int

    @property
    def url(self) -> str:
        """As the program's setting DATABASE_URL takes it."""
        password = quote(self.password, safe="")
        return f"mysql://{self.user}:{password}@{HOST}:{self.port}/{self.database}"


class MariaDB:
    """One server. As a context manager it is started at the beginning and stopped at the end.

    Start it from a thread that lives as long as the server is to: on Linux the kernel ends the
    server together with the thread that started it.
    """

    def __init__(self, folder: Path, *, port: int = 0, options: Sequence[str] = ()) -> None:
        """`folder` for data, socket and log, made when missing; port 0 takes a free one.

        `options` are further options of mariadbd, such as `--max-connections=50`.

        Raises ServerMissing.
        """
        self._programs = {name: _found(name) for name in (_SERVER, _INSTALLER, _CLIENT)}
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.port = port or _free_port()
        self._data = folder.resolve() / "data"
        # Of its own: a server that starts clears the folder of what another is working with.
        self._temporary = folder.resolve() / "tmp"
        self._temporary.mkdir(exist_ok=True)
        self.socket = self._data / "mariadb.sock"
        self._user = pwd.getpwuid(os.geteuid()).pw_name
        self._child = Child(
            "MariaDB",
            [
                *(self._programs[_SERVER], "--no-defaults", f"--datadir={self._data}"),
                *(f"--user={self._user}", f"--bind-address={HOST}", f"--port={self.port}"),
                # Below the data folder, where the server works: an absolute path could be longer
                # than a socket's name may be.
                *(f"--socket={self.socket.name}", "--pid-file=mariadb.pid", "--skip-name-resolve"),
                *("--character-set-server=utf8mb4", "--transaction-isolation=READ-COMMITTED"),
                *("--innodb-flush-log-at-trx-commit=1", "--innodb-buffer-pool-size=128M"),
                f"--tmpdir={self._temporary}",
                *("--innodb-log-file-size=32M", "--max-connections=200", "--skip-log-bin"),
                *options,
            ],
            environment=dict(os.environ),
            log=folder / "mariadb.log",
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start it on the data it has, else on fresh ones; returns when it answers.

        Raises ServerFailed.
        """
        if not self._data.exists():
            self._install()
        self._child.start()
        end = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self._child.exit_code() is not None or time.monotonic() > end:
                self.kill()
                raise ServerFailed(f"MariaDB does not start:\n{self._child.last_lines()}")
            time.sleep(_POLL_SECONDS)

    def stop(self) -> None:
        """End it in order (SIGTERM), at the latest after half a minute."""
        self._end(SIGTERM, _STOP_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End it at once (SIGKILL), as a machine that loses its power does."""
        self._end(SIGKILL, _STOP_SECONDS)

    def restart(self) -> None:
        """Start it again with the same data, address and users, whether it runs or not."""
        self.stop()
        self.start()

    @property
    def pid(self) -> int | None:
        """Its process."""
        return self._child.pid

    def is_running(self) -> bool:
        """Whether its process lives."""
        return self._child.is_running()

    def signal(self, number: Signals) -> None:
        """Send it a signal, such as SIGSTOP and SIGCONT."""
        self._child.signal(number)

    def sql(self, statements: str, *, database: str = "") -> str:
        """Run statements as the administrator; their rows, columns separated by tabs.

        Raises ServerFailed with the server's words.
        """
        result = subprocess.run(
            [
                *(self._programs[_CLIENT], "--no-defaults", f"--socket={self.socket.name}"),
                *(f"--user={self._user}", "--batch", "--skip-column-names"),
                *((f"--database={database}",) if database else ()),
            ],
            cwd=self._data,
            input=statements,
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            raise ServerFailed(result.stderr.strip())
        return result.stdout

    def create_database(self, name: str, *, password: str = "", charset: str = "utf8mb4") -> Login:
        """A database and a user of the same name, who may drop and make it again.

        Both may exist already: then the user gets this password, else a generated one.
        """
        if not _NAME.fullmatch(name):
            raise ValueError(f"Not a name for a database: {name!r}")
        login = Login(name, name, password or secrets.token_urlsafe(24), self.port)
        pattern = name.replace("_", r"\_")  # in a grant, _ stands for any letter
        user = f"'{login.user}'@'{HOST}'"
        quoted = login.password.replace("\\", "\\\\").replace("'", "''")
        self.sql(
            f"CREATE DATABASE IF NOT EXISTS `{name}` CHARACTER SET {charset};"
            f"CREATE USER IF NOT EXISTS {user};"
            f"ALTER USER {user} IDENTIFIED BY '{quoted}';"
            f"GRANT ALL ON `{pattern}`.* TO {user};"
        )
        return login

    def _install(self) -> None:
        """Make the system tables, whole or not at all."""
        draft = self._data.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        result = subprocess.run(
            [
                *(self._programs[_INSTALLER], "--no-defaults", f"--datadir={draft}"),
                *(f"--user={self._user}", "--skip-test-db", "--skip-name-resolve"),
                f"--tmpdir={self._temporary}",
                "--auth-root-authentication-method=socket",
                f"--auth-root-socket-user={self._user}",
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            raise ServerFailed(f"{_INSTALLER} failed:\n{result.stdout}{result.stderr}")
        draft.rename(self._data)

    def _answers(self) -> bool:
        """Whether it is ready; both of its doors are open once it serves the socket."""
        try:
            self.sql("SELECT 1")
        except ServerFailed:
            return False
        return True

    def _end(self, number: Signals, seconds: float) -> None:
        end = time.monotonic() + seconds
        self._child.signal(number)
        while self._child.is_running() and time.monotonic() < end:
            time.sleep(_POLL_SECONDS)


def _found(program: str) -> str:
    path = shutil.which(program) or shutil.which(program, path=_SYSTEM)
    if path is None:
        raise ServerMissing(
            f"{program} is missing: install a MariaDB server, on Debian and Ubuntu with"
            " `apt install mariadb-server`."
        )
    return path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
