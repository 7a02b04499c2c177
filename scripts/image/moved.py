"""A finished tree at a place of its own, where nothing of it can be changed: as a pod sees it."""

import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

from scripts.image.stages import Tree

UID: Final = 10001
"""The image's user."""
_PATIENCE_SECONDS: Final = 60.0
_SYSTEM: Final = "/usr/bin:/bin"


class NotProven(Exception):
    """The tree does not do what an image must; the text says what."""


@dataclass(frozen=True)
class Answer:
    """What came back: status (0 for none), headers with names in lower case, the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def can_run(command: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Whether a Python can be run as the image's user from here."""
    if os.geteuid() != 0:
        return False
    try:
        done = subprocess.run([*command, "-c", ""], env=dict(environment), user=UID, check=False)
    except PermissionError:
        return False
    return done.returncode == 0


def write_protect(folder: Path) -> None:
    """Nothing below it can be changed, and all of it can be read by everybody."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & ~0o222 | 0o444)


class Moved:
    """The tree, write-protected, beside the one folder that may be written.

    Its processes run as the image's user where this one may change users, and with the image's
    environment, what a demonstration needs, and nothing else.
    """

    def __init__(self, place: Path, tree: Tree, port: int) -> None:
        """`place` is an empty folder; what is served listens on `port` of loopback."""
        self._place = place
        self._folder = place / "image"
        shutil.copytree(tree.folder, self._folder, symlinks=True)
        self.scratch = place / "tmp"
        self.scratch.mkdir()
        self.address = f"http://127.0.0.1:{port}"
        here = Tree(self._folder)
        here.workdir = self._folder / tree.workdir.relative_to(tree.folder)
        here.variables = tree.variables
        self._workdir = here.workdir
        self._environment = here.environment(_SYSTEM) | {
            "TMPDIR": str(self.scratch),
            "DEMO_MODE": "1",
            "DATABASE_URL": f"sqlite:///{self.scratch}/proof.sqlite3",
            "ASSETS_DIR": str(self.scratch / "shelf"),
            "WEB_BIND": f"127.0.0.1:{port}",
            "WEB_WORKERS": "1",
        }
        place.chmod(0o755)
        write_protect(self._folder)
        if os.geteuid() == 0:
            os.chown(self.scratch, UID, UID)
        self.user = UID if can_run(["python"], self._environment) else None

    def run(self, *command: str) -> str:
        """A command to its end, its output returned.

        Raises NotProven with that output when it fails.
        """
        output = self._place / "output"
        code = self._start(command, output).wait(_PATIENCE_SECONDS)
        text = output.read_text(encoding="utf-8", errors="replace")
        if code:
            raise NotProven(f"{' '.join(command)} ended with {code}:\n{text}")
        return text

    @contextmanager
    def serving(self, command: Sequence[str]) -> Iterator[None]:
        """A server from ready to SIGTERM.

        Raises NotProven when it does not get ready, or ends otherwise than asked.
        """
        output = self._place / "output"
        process = self._start(command, output)
        try:
            until = time.monotonic() + _PATIENCE_SECONDS
            while self.get("/health/ready").status != HTTPStatus.OK:
                if process.poll() is not None or time.monotonic() > until:
                    raise NotProven(f"it does not get ready:\n{output.read_text(encoding='utf-8')}")
                time.sleep(0.2)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(_PATIENCE_SECONDS)
        if code:
            raise NotProven(f"it ended with {code} when it was asked to stop")

    def get(self, path: str) -> Answer:
        """What the server answers."""
        try:
            with urllib.request.urlopen(f"{self.address}{path}", timeout=10) as answer:  # noqa: S310 - loopback
                headers = {name.lower(): value for name, value in answer.headers.items()}
                return Answer(answer.status, headers, answer.read())
        except urllib.error.HTTPError as refusal:
            with refusal:
                return Answer(refusal.code, {}, refusal.read())
        except OSError:
            return Answer(0, {}, b"")

    def _start(self, command: Sequence[str], output: Path) -> subprocess.Popen[bytes]:
        with output.open("wb") as file:
            return subprocess.Popen(
                list(command),
                cwd=self._workdir,
                env=self._environment,
                user=self.user,
                group=self.user,
                extra_groups=None if self.user is None else [],
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
