"""Cutting a connection, for the faults in which an answer never arrives."""

import contextlib
import errno
import socket
import struct
from typing import Any, NoReturn

LINGER_NONE = struct.pack("ii", 1, 0)
SOCKETS = ("gunicorn.socket", "werkzeug.socket")


class Lost(ConnectionResetError):
    """The connection is cut on purpose. Servers take it for a caller who has gone, and close."""

    def __init__(self) -> None:
        super().__init__(errno.ECONNRESET, "cut on purpose")


def cut(environ: dict[str, Any], *, reset: bool) -> NoReturn:
    """Close the caller's connection without an answer, or with a TCP reset; raises Lost.

    Raises TypeError under a server that does not give its socket away.
    """
    connection = next((environ[name] for name in SOCKETS if name in environ), None)
    if not isinstance(connection, socket.socket):
        raise TypeError(f"this server offers none of {SOCKETS}")
    # The caller may have gone already, which is what we want.
    with contextlib.suppress(OSError):
        if reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NONE)
            connection.shutdown(socket.SHUT_RD)
        else:
            connection.shutdown(socket.SHUT_RDWR)
    raise Lost
