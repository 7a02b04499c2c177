"""Nobody else uses this port, or this state, on this machine."""

import fcntl
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def only_one(state: Path, what: str) -> Iterator[None]:
    """Hold the lock of a state folder; ends the program when another `what` holds it."""
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (state / "run.lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"{what} already runs with the state in {state}. Stop it first.")
        yield


def need_free(number: int, name: str) -> None:
    """End the program when a port is taken; `name` is the variable that chooses another."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError as error:
            sys.exit(f"Port {number} cannot be used ({error.strerror}). Choose another: {name}=...")
