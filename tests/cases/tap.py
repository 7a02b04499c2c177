"""Between Django and its database: a commit is cut off just before, or just after it happened."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# A packet of the protocol: three bytes of length, one of sequence; 3 is a query.
_COMMIT = b"\x03COMMIT"
_HEADER = 4
_POLL_SECONDS = 0.05
_LOOPBACK = "127.0.0.1"


class Cut(StrEnum):
    """When the connection is lost."""

    BEFORE = "before the commit arrives"
    AFTER = "after the commit, before its answer"


@dataclass
class Tap:
    """A port in front of the database's. `next_commit` is the fate of the next one."""

    behind: int
    listener: socket.socket
    next_commit: Cut | None = None
    cuts: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    @property
    def port(self) -> int:
        """Where Django connects."""
        return int(self.listener.getsockname()[1])

    def serve(self) -> None:
        """Take connections until it is stopped."""
        while not self.stopping.is_set():
            with suppress(TimeoutError):
                client, _ = self.listener.accept()
                thread = threading.Thread(target=self._pass_on, args=(client,))
                self._threads.append(thread)
                thread.start()

    def end(self) -> None:
        """Stop, and wait for all connections."""
        self.stopping.set()
        for thread in self._threads:
            thread.join(10)

    def _pass_on(self, client: socket.socket) -> None:
        with (
            suppress(OSError),
            client,
            socket.create_connection((_LOOPBACK, self.behind)) as server,
        ):
            back = threading.Thread(target=self._pass_back, args=(server, client))
            back.start()
            client.settimeout(_POLL_SECONDS)
            try:
                self._pass_forth(client, server)
            finally:
                for end in (server, client):
                    with suppress(OSError):
                        end.shutdown(socket.SHUT_RDWR)
                back.join(10)

    def _pass_forth(self, client: socket.socket, server: socket.socket) -> None:
        while not self.stopping.is_set():
            try:
                data = client.recv(65536)
            except TimeoutError:
                continue
            if not data:
                return
            cut = self.next_commit if data[_HEADER:].upper() == _COMMIT else None
            if cut is not None:
                self.next_commit, self.cuts = None, self.cuts + 1
            if cut is Cut.AFTER:
                # Nobody listens to the answer any more.
                client.shutdown(socket.SHUT_RDWR)
                server.sendall(data)
                self.stopping.wait(0.3)
            if cut is not None:
                return
            server.sendall(data)

    def _pass_back(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                client.sendall(data)


@contextmanager
def tapped(behind: int) -> Iterator[Tap]:
    """A tap in front of a port of this machine."""
    with socket.create_server((_LOOPBACK, 0)) as listener:
        listener.settimeout(_POLL_SECONDS)
        tap = Tap(behind, listener)
        loop = threading.Thread(target=tap.serve)
        loop.start()
        try:
            yield tap
        finally:
            tap.end()
            loop.join()
