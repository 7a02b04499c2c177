"""Runs one step of work, says how long it took, and says clearly when it failed."""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

_TICK_SECONDS: Final = 5.0
_SHOWN_LINES: Final = 15


def say(text: str) -> None:
    """One line for the person at the terminal, at once."""
    print(text, flush=True)


def run_step(
    title: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    folder: Path,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run a command with its output in `log`; returns that output.

    A line shows every five seconds that it still works. When it fails, the program ends with the
    last lines of the output and one sentence that names the step.
    """
    started = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            env=None if environment is None else dict(environment),
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
        code: int | None = None
        while code is None:
            try:
                code = process.wait(_TICK_SECONDS)
            except subprocess.TimeoutExpired:
                say(f"  ... {title}: {time.monotonic() - started:.0f} s")
            except KeyboardInterrupt:
                process.terminate()
                process.wait()
                sys.exit(f"Interrupted during: {title}.")
    text = log.read_text(encoding="utf-8", errors="replace")
    if code:
        tail = "\n".join(f"  | {line}" for line in text.splitlines()[-_SHOWN_LINES:])
        sys.exit(f"{tail}\n{title} failed (exit {code}). The whole output: {log}")
    say(f"  {title}: {time.monotonic() - started:.1f} s")
    return text
