"""Small servers that misbehave, each on a free loopback port of its own."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator


@dataclass
class Server:
    """A server and how many connections it has seen."""

    port: int
    connections: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/"


@contextmanager
def serving(
    converse: Callable[[socket.socket, Server], None], context: ssl.SSLContext | None = None
) -> Iterator[Server]:
    """A server that has this conversation on each connection."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    server = Server(listener.getsockname()[1])
    threads: list[threading.Thread] = []

    def talk(accepted: socket.socket) -> None:
        with suppress(OSError):
            line = context.wrap_socket(accepted, server_side=True) if context else accepted
            with line:
                line.settimeout(5)
                converse(line, server)

    def listen() -> None:
        while not server.stopping.is_set():
            with suppress(TimeoutError):
                accepted, _ = listener.accept()
                server.connections += 1
                threads.append(threading.Thread(target=talk, args=(accepted,)))
                threads[-1].start()

    loop = threading.Thread(target=listen)
    loop.start()
    try:
        yield server
    finally:
        server.stopping.set()
        loop.join()
        for thread in threads:
            thread.join()
        listener.close()


def read_request(line: socket.socket) -> bytes:
    """The head of a request, and a body if it came with it."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = line.recv(4096)
        if not more:
            break
        data += more
    return data


def drip(line: socket.socket, server: Server) -> None:
    """A head at once, then a byte of the body every tenth of a second, for five seconds."""
    read_request(line)
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n")
    for _ in range(50):
        if server.stopping.wait(0.1):
            return
        line.sendall(b".")


def drip_headers(line: socket.socket, server: Server) -> None:
    """The head itself, a byte every tenth of a second."""
    read_request(line)
    for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 50:
        if server.stopping.wait(0.1):
            return
        line.sendall(bytes([byte]))


def stay_silent(line: socket.socket, server: Server) -> None:
    """Nothing at all."""
    read_request(line)
    server.stopping.wait(5)


def hang_up(line: socket.socket, _server: Server) -> None:
    """The connection ends without an answer."""
    read_request(line)


def answer(line: socket.socket, server: Server) -> None:
    """OK to every request, as long as the other side goes on asking."""
    while not server.stopping.is_set() and read_request(line):
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
