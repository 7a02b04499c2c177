"""Sockets that end with the deadline: looking up the name, connecting, TLS, writing and reading.

An httpcore network backend beneath httpx's pool.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpcore
import httpx

from agenturclient.outbound.deadline import left, within

if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Iterable

    from agenturclient.outbound.resolver import Resolver

# As httpcore spells the options of a socket.
SocketOption = (
    tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
)


def transport(
    *,
    verify: ssl.SSLContext | bool = True,
    limits: httpx.Limits,
    resolver: Resolver,
    most_addresses: int,
) -> httpx.HTTPTransport:
    """An httpx transport whose every socket operation ends with the deadline.

    It reaches into a private attribute of httpx (0.28) and httpcore (1.0): both are pinned, and a
    test with a dripping server notices when it no longer works.
    """
    made = httpx.HTTPTransport(verify=verify, limits=limits, retries=0, trust_env=False)
    pool = made._pool  # noqa: SLF001 - there is no public way to set the backend
    if not hasattr(pool, "_network_backend"):
        raise TypeError("httpx keeps its connections differently: the deadline cannot be set")
    pool._network_backend = _Backend(resolver, most_addresses)  # noqa: SLF001 - as above
    return made


def _cap(timeout: float | None, used_up: type[httpcore.TimeoutException]) -> float | None:
    """The time-out of one operation: what was asked for, or the time left where that is less."""
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
        # Not the inner stream's: it grants the time-out to each piece that the other side takes.
        line: socket.socket = self._inner.get_extra_info("socket")
        rest = memoryview(buffer)
        while rest:
            line.settimeout(_cap(timeout, httpcore.WriteTimeout))
            try:
                rest = rest[line.send(rest) :]
            except TimeoutError as failure:
                raise httpcore.WriteTimeout(str(failure)) from failure
            except OSError as failure:
                raise httpcore.WriteError(str(failure)) from failure

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
    """Opens sockets. The time to connect covers the look-up and all addresses together."""

    def __init__(self, resolver: Resolver, most_addresses: int) -> None:
        self._inner = httpcore.SyncBackend()
        self._resolver = resolver
        self._most = most_addresses

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        options = list(socket_options or ())
        with within(float("inf") if timeout is None else timeout):
            found = self._resolver.addresses(host, port, left())[: self._most]
            for number, address in enumerate(found, start=1):
                whole = _cap(None, httpcore.ConnectTimeout)
                # An even share of what is left: an address that stays silent leaves the others one.
                share = whole if whole is None else whole / (len(found) - number + 1)
                try:
                    made = self._inner.connect_tcp(address, port, share, local_address, options)
                    return _Stream(made)
                except (httpcore.ConnectError, httpcore.ConnectTimeout):
                    if number == len(found):
                        raise
        raise httpcore.ConnectError("the name has no address")

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(min(seconds, left()))
