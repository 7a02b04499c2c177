"""A hard end for everything that a call does, a dripping answer included.

httpx's timeouts are per socket operation: an answer that drips a byte a second never meets one. So
the time left caps every single socket operation, in a network backend of our own beneath httpx's
pool. Looking up a name is not covered: keep the resolver's own time-out short.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

import httpcore
import httpx

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Iterator

_END: ContextVar[float | None] = ContextVar("outbound_deadline", default=None)

# As httpcore spells the options of a socket.
SocketOption = (
    tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Everything inside ends within so many seconds; a deadline around it that is nearer stays."""
    end = time.monotonic() + seconds
    outer = _END.get()
    token = _END.set(end if outer is None else min(outer, end))
    try:
        yield
    finally:
        _END.reset(token)


def left() -> float:
    """Seconds left, never negative; infinite without a deadline."""
    end = _END.get()
    return float("inf") if end is None else max(0.0, end - time.monotonic())


def transport(*, verify: ssl.SSLContext | bool = True, limits: httpx.Limits) -> httpx.HTTPTransport:
    """An httpx transport whose every socket operation ends with the deadline.

    It reaches into a private attribute of httpx (0.28) and httpcore (1.0): both are pinned, and a
    test with a dripping server notices when it no longer works.
    """
    made = httpx.HTTPTransport(verify=verify, limits=limits, retries=0, trust_env=False)
    pool = made._pool  # noqa: SLF001 - there is no public way to set the backend
    if not hasattr(pool, "_network_backend"):
        raise TypeError("httpx keeps its connections differently: the deadline cannot be set")
    pool._network_backend = _Backend()  # noqa: SLF001 - as above
    return made


def _cap(timeout: float | None, used_up: type[httpcore.TimeoutException]) -> float | None:
    rest = left()
    if rest <= 0:
        raise used_up("deadline used up")
    if rest == float("inf"):
        return timeout
    return rest if timeout is None else min(timeout, rest)


class _Stream(httpcore.NetworkStream):
    """A socket, each operation capped."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _cap(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _cap(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        capped = _cap(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, capped))


class _Backend(httpcore.NetworkBackend):
    """Opens sockets, each operation capped."""

    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        capped = _cap(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.connect_tcp(host, port, capped, local_address, socket_options))

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(min(seconds, left()))
