"""The line between the adapter and a running sandbox: real sockets, and what can go wrong on them.

It passes every request on until it is told to play a trick on one.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

_POLL_SECONDS = 0.05
_LONGEST_SECONDS = 20
_HEAD_ENDS = b"\r\n\r\n"


@dataclass(frozen=True)
class Asked:
    """A request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def key(self) -> str:
        """Its idempotency key."""
        return self.headers.get("idempotency-key", "")

    def is_for(self, what: str) -> bool:
        """Whether it is `what`: a method and how the path ends, without its query."""
        method, end = what.split(" ")
        return self.method == method and self.path.split("?")[0].endswith(end)


@dataclass
class Exchange:
    """One request and what is to become of it: the trick decides."""

    asked: Asked
    line: socket.socket
    way: Line

    def forward(self) -> bytes:
        """Let the distributor have it; returns the whole answer."""
        connection = HTTPConnection(urlsplit(self.way.far).netloc, timeout=_LONGEST_SECONDS)
        try:
            connection.request(
                self.asked.method, self.asked.path, self.asked.body or None, self.asked.headers
            )
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        with self.way.lock:
            self.way.arrived.append(self.asked)
        kept = {name: value for name, value in response.getheaders() if name in _PASSED_ON}
        return answer(response.status, body, kept)

    def reply(self, data: bytes) -> None:
        """Send an answer, or a piece of one."""
        self.line.sendall(data)

    def drip(self, data: bytes, seconds: float) -> None:
        """Send a byte every tenth of a second for so long."""
        for byte in data[: int(seconds * 10)]:
            if self.way.stopping.wait(0.1):
                return
            self.line.sendall(bytes([byte]))


Trick = Callable[[Exchange], bool]
"""Returns whether the connection stays open."""

_PASSED_ON = ("Content-Type", "Retry-After", "Location")


def answer(status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> bytes:
    """A complete answer in bytes."""
    told = {"Content-Type": "application/json", **(headers or {}), "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"HTTP/1.1 {status} Status\r\n{head}\r\n".encode() + body


def pass_on(exchange: Exchange) -> bool:
    """What a line does."""
    exchange.reply(exchange.forward())
    return True


@dataclass
class Line:
    """The line. `asked` is everything that came in, `arrived` what was passed on.

    `one_answer_each`: the far side closes each connection after its first answer without saying
    so, as servers do that have kept it for long enough.
    """

    far: str
    listener: socket.socket
    port: int
    secure: ssl.SSLContext | None = None
    asked: list[Asked] = field(default_factory=list)
    arrived: list[Asked] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopping: threading.Event = field(default_factory=threading.Event)
    one_answer_each: bool = False
    resets: int = 0
    _tricks: list[tuple[str, Trick]] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)
    _fillers: list[socket.socket] = field(default_factory=list)
    _open: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Where the adapter finds it."""
        return f"https://localhost:{self.port}" if self.secure else f"http://127.0.0.1:{self.port}"

    def once(self, what: str, trick: Trick) -> None:
        """Play a trick on the next request that is `what`, after those that wait already."""
        with self.lock:
            self._tricks.append((what, trick))

    def came(self, what: str) -> list[Asked]:
        """The requests of a kind that came in."""
        return [each for each in self.asked if each.is_for(what)]

    def reached(self, what: str) -> list[Asked]:
        """The requests of a kind that the distributor received."""
        return [each for each in self.arrived if each.is_for(what)]

    def shut(self) -> None:
        """Refuse every further connection."""
        self._open.clear()
        self.stopping.wait(2 * _POLL_SECONDS)  # whoever accepts keeps the port open
        self.listener.close()

    def reset_next(self, connections: int) -> None:
        """Reset the next connections as soon as they say something."""
        self.resets = connections

    def swallow(self) -> None:
        """A black hole: no further connection is refused, and none is ever made."""
        self._open.clear()
        self.stopping.wait(2 * _POLL_SECONDS)  # until nobody accepts any more
        self.listener.listen(0)
        for _ in range(4):  # the queue of the kernel is full when one of these has to wait
            filler = socket.socket()
            filler.settimeout(0)
            filler.connect_ex(("127.0.0.1", self.port))
            self._fillers.append(filler)

    def reopen(self) -> None:
        """Take connections again, on the same port."""
        self._open.clear()
        for filler in self._fillers:
            filler.close()
        self._fillers.clear()
        self.listener.close()
        self.listener = _listen(self.port)
        self._open.set()

    def serve(self) -> None:
        """Take connections until it is stopped."""
        while not self.stopping.is_set():
            if not self._open.wait(_POLL_SECONDS):
                continue
            with suppress(OSError):
                accepted, _ = self.listener.accept()
                thread = threading.Thread(target=self._talk, args=(accepted,))
                self._threads.append(thread)
                thread.start()

    def end(self) -> None:
        """Stop, and wait until every conversation has ended."""
        self.stopping.set()
        for thread in self._threads:
            thread.join(_LONGEST_SECONDS)
        for filler in self._fillers:
            filler.close()
        self.listener.close()

    def start(self) -> None:
        """Take connections from now on."""
        self._open.set()

    def _talk(self, accepted: socket.socket) -> None:
        with suppress(OSError), accepted:
            if self.resets:
                self.resets -= 1
                accepted.recv(1)
                # Closing with a linger of zero sends a reset.
                accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            line = self.secure.wrap_socket(accepted, server_side=True) if self.secure else accepted
            with line:
                line.settimeout(_POLL_SECONDS)
                self._converse(line)

    def _converse(self, line: socket.socket) -> None:
        answers = 0
        while (asked := self._read(line)) is not None:
            if self.one_answer_each and answers:
                return
            with self.lock:
                self.asked.append(asked)
                trick = self._next_trick(asked)
            answers += 1
            if not trick(Exchange(asked, line, self)):
                return

    def _next_trick(self, asked: Asked) -> Trick:
        for index, (what, trick) in enumerate(self._tricks):
            if asked.is_for(what):
                del self._tricks[index]
                return trick
        return pass_on

    def _read(self, line: socket.socket) -> Asked | None:
        data = b""
        while _HEAD_ENDS not in data:
            more = self._receive(line)
            if not more:
                return None
            data += more
        head, _, body = data.partition(_HEAD_ENDS)
        first, *rest = head.decode().split("\r\n")
        method, path, _ = first.split(" ")
        headers = {
            name.lower(): value for name, _, value in (each.partition(": ") for each in rest)
        }
        while len(body) < int(headers.get("content-length", "0")):
            body += self._receive(line)
        return Asked(method, path, headers, body)

    def _receive(self, line: socket.socket) -> bytes:
        while not self.stopping.is_set():
            with suppress(TimeoutError):
                return line.recv(65536)
        return b""


def _listen(port: int) -> socket.socket:
    listener = socket.create_server(("127.0.0.1", port))
    listener.settimeout(_POLL_SECONDS)
    return listener


@contextmanager
def line_to(far: str, secure: ssl.SSLContext | None = None) -> Iterator[Line]:
    """A line to the distributor at this address, on a free port of this machine."""
    listener = _listen(0)
    line = Line(far, listener, listener.getsockname()[1], secure)
    line.start()
    loop = threading.Thread(target=line.serve)
    loop.start()
    try:
        yield line
    finally:
        line.end()
        loop.join()
