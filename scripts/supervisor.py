"""Keeps a few processes running: starts them, restarts one that dies, stops all of them.

Each process leads a group of its own, so that Ctrl-C reaches the supervisor alone and the stop is
in order; on Linux the kernel ends them too when the supervisor itself is killed.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from types import FrameType
from typing import Final

from scripts.steps import say

_POLL_SECONDS: Final = 0.2
_STOP_SECONDS: Final = 8.0
_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 30.0
_STEADY_SECONDS: Final = 60.0
_START_SECONDS: Final = 60.0
_PR_SET_PDEATHSIG: Final = 1


class Child:
    """One process: its command, its log, and how often it had to be started of late."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str],
        log: Path,
        folder: Path | None = None,
    ) -> None:
        """`folder` is where it works, the caller's own when left out."""
        self.name = name
        self.log = log
        self._folder = folder
        self._command = [str(part) for part in command]
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._pause = _FIRST_PAUSE / 2
        self._again_at: float | None = None
        log.unlink(missing_ok=True)

    def start(self) -> None:
        """Start it, after what may be left of an earlier start; its output goes to its log."""
        self._end_group()
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - the supervisor has one thread
            )
        self._started = time.monotonic()

    @property
    def pid(self) -> int | None:
        """The process that leads its group, the last one started."""
        return None if self._process is None else self._process.pid

    def exit_code(self) -> int | None:
        """None while it runs."""
        return None if self._process is None else self._process.poll()

    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def keep_alive(self) -> None:
        """Restart it when it has died, after a pause that doubles while it keeps dying."""
        code = self.exit_code()
        if code is None:
            return
        now = time.monotonic()
        if self._again_at is None:
            steady = now - self._started > _STEADY_SECONDS
            self._pause = _FIRST_PAUSE if steady else min(self._pause * 2, _LONGEST_PAUSE)
            self._again_at = now + self._pause
            say(f"{self.name} {_how(code)}; starting it again in {self._pause:.0f} s.")
        elif now >= self._again_at:
            self._again_at = None
            self.start()
            say(f"{self.name} is started again.")

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to its whole group, if it still runs."""
        if self._process is not None and self.is_running():
            os.killpg(self._process.pid, number)

    def _end_group(self) -> None:
        """A process that died may leave some of its own, which hold its port."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def last_lines(self, count: int = 12) -> str:
        """The end of its log, indented, for a message about a failed start."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:]
        return "\n".join(f"  | {line}" for line in lines)


class Supervisor:
    """The processes of one run and the wish to stop them."""

    def __init__(self) -> None:
        self._children: list[Child] = []
        self._stopping = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)

    def start(self, child: Child, *, answers_at: str | None = None) -> None:
        """Start a process and, given an address, wait until it answers there.

        Ends the program with its last log lines when it exits or stays silent for a minute.
        """
        self._children.append(child)
        child.start()
        end = time.monotonic() + _START_SECONDS
        while answers_at and not self._stopping and not _answers(answers_at):
            code = child.exit_code()
            if code is not None or time.monotonic() > end:
                reason = _how(code) if code is not None else f"is silent at {answers_at}"
                self._stop_all()
                sys.exit(f"{child.last_lines()}\n{child.name} {reason}. Its log: {child.log}")
            time.sleep(_POLL_SECONDS)

    def watch(self) -> None:
        """Keep all processes alive until a signal asks for the end; then stop them."""
        while not self._stopping:
            for child in self._children:
                child.keep_alive()
            time.sleep(_POLL_SECONDS)
        self._stop_all()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._stopping = True

    def _stop_all(self) -> None:
        say("Stopping ...")
        started = time.monotonic()
        for child in reversed(self._children):
            child.signal(signal.SIGTERM)
        while any(child.exit_code() is None for child in self._children):
            if time.monotonic() - started > _STOP_SECONDS:
                for child in self._children:
                    child.signal(signal.SIGKILL)
            time.sleep(_POLL_SECONDS)
        say(f"Stopped in {time.monotonic() - started:.1f} s.")


def _answers(address: str) -> bool:
    """Whether something is there and does not say that it cannot serve yet."""
    try:
        with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - our own loopback address
            return True
    except urllib.error.HTTPError as answer:
        return answer.code < HTTPStatus.INTERNAL_SERVER_ERROR
    except OSError:
        return False


def _how(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"


def _end_with_parent() -> None:
    """In the child, before its program: ask the kernel for SIGTERM when the parent dies."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
