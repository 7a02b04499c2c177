"""The HTTP clients of this process and one attempt with one of them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias

import httpx

from agenturclient.outbound import deadline, sockets
from agenturclient.outbound.messages import NoAnswer, NotSent, Reason, Request, Response
from agenturclient.outbound.resolver import Resolver

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)

# Makes the transport for (kept-alive or not, TLS settings): the wire, replaceable in a test.
TransportFactory: TypeAlias = "Callable[[bool, ssl.SSLContext], httpx.BaseTransport]"


@dataclass(frozen=True)
class ConnectionPolicy:
    """How connections are made and kept; seconds and bytes.

    `connect_seconds` cover the look-up of the name and all of its addresses, of which
    `most_addresses` are tried; then the TLS handshake has as much again. `look_ups` may be under
    way at once. `kept_seconds`: fewer than servers usually keep an idle connection, so that they
    close none just as we send. An answer longer than `largest_answer` is cut off.
    """

    connect_seconds: float = 2.0
    kept_seconds: float = 4.0
    look_ups: int = 4
    most_addresses: int = 4
    largest_answer: int = 16 * 1024 * 1024


class Clients:
    """Two httpx clients, made on first use in each process (a forked copy makes its own).

    Reads share a pool of kept connections. A write gets a fresh connection: a kept one may be
    closed by the server just as we send, and then nobody knows whether it was received.
    """

    def __init__(
        self, policy: ConnectionPolicy | None = None, transport: TransportFactory | None = None
    ) -> None:
        self._policy = policy or ConnectionPolicy()
        self._timeout = httpx.Timeout(None, connect=self._policy.connect_seconds)
        self._transport = transport or self._real_transport
        self._lock = Lock()
        self._made: tuple[int, httpx.Client, httpx.Client] | None = None

    def attempt(self, request: Request, *, fresh: bool) -> Response:
        """Send once. Raises NotSent or NoAnswer; any complete answer is returned."""
        if deadline.left() <= 0:
            raise NotSent(Reason.DEADLINE)
        client = self._client(fresh=fresh)
        try:
            with client.stream(
                request.method,
                request.url,
                headers=dict(request.headers),
                content=request.body,
            ) as answer:
                body = self._read(answer)
                headers = {name.lower(): value for name, value in answer.headers.items()}
                return Response(answer.status_code, headers, body)
        except _NEVER_SENT as failure:
            raise NotSent(Reason.UNREACHABLE, type(failure).__name__) from failure
        except httpx.PoolTimeout as failure:
            raise NotSent(Reason.BUSY, type(failure).__name__) from failure
        except httpx.TimeoutException as failure:
            raise NoAnswer(Reason.DEADLINE, type(failure).__name__) from failure
        except httpx.HTTPError as failure:
            raise NoAnswer(Reason.BROKEN, type(failure).__name__) from failure

    def close(self) -> None:
        """Close what is kept open; the next call opens it again."""
        with self._lock:
            made, self._made = self._made, None
        for client in made[1:] if made else ():
            client.close()

    def _client(self, *, fresh: bool) -> httpx.Client:
        with self._lock:
            if self._made is None or self._made[0] != os.getpid():
                context = httpx.create_ssl_context()
                kept, single = (
                    httpx.Client(
                        transport=self._transport(keep, context),
                        timeout=self._timeout,
                        trust_env=False,
                    )
                    for keep in (True, False)
                )
                self._made = (os.getpid(), kept, single)
            return self._made[2] if fresh else self._made[1]

    def _real_transport(self, keep: bool, context: ssl.SSLContext) -> httpx.BaseTransport:  # noqa: FBT001 - passed by position as a callable
        # As many connections as calls: the bulkheads are the limit, so no call waits for a pool.
        limits = httpx.Limits(
            max_connections=None,
            max_keepalive_connections=None if keep else 0,
            keepalive_expiry=self._policy.kept_seconds,
        )
        return sockets.transport(
            verify=context,
            limits=limits,
            resolver=Resolver(self._policy.look_ups),
            most_addresses=self._policy.most_addresses,
        )

    def _read(self, answer: httpx.Response) -> bytes:
        body = bytearray()
        for chunk in answer.iter_bytes():
            body += chunk
            if len(body) > self._policy.largest_answer:
                raise NoAnswer(Reason.TOO_LARGE)
        return bytes(body)
