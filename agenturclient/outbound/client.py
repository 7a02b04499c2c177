"""The HTTP clients of this process and one attempt with one of them."""

from __future__ import annotations

import os
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias

import httpx

from agenturclient.outbound import deadline
from agenturclient.outbound.messages import NoAnswer, NotSent, Reason, Request, Response

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

_LARGEST_BODY = 16 * 1024 * 1024
# Fewer seconds than servers usually keep an idle connection: they close it, we do not race them.
_KEPT_SECONDS = 4.0
# More than all bulkheads together: the pool is never what a call waits for.
_POOL_SIZE = 50
_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)

# Makes the transport for (kept-alive or not, TLS settings): the wire, replaceable in a test.
TransportFactory: TypeAlias = "Callable[[bool, ssl.SSLContext], httpx.BaseTransport]"


class Clients:
    """Two httpx clients, made on first use in each process (a forked copy makes its own).

    Reads share a pool of kept connections. A write gets a fresh connection: a kept one may be
    closed by the server just as we send, and then nobody knows whether it was received.
    """

    def __init__(
        self,
        connect_seconds: float,
        transport: TransportFactory | None = None,
    ) -> None:
        self._timeout = httpx.Timeout(None, connect=connect_seconds, pool=connect_seconds)
        self._transport = transport or _transport
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
                body = _read(answer)
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


def _transport(keep: bool, context: ssl.SSLContext) -> httpx.BaseTransport:  # noqa: FBT001 - passed by position as a callable
    limits = httpx.Limits(
        max_connections=_POOL_SIZE,
        max_keepalive_connections=_POOL_SIZE if keep else 0,
        keepalive_expiry=_KEPT_SECONDS,
    )
    return deadline.transport(verify=context, limits=limits)


def _read(answer: httpx.Response) -> bytes:
    body = bytearray()
    for chunk in answer.iter_bytes():
        body += chunk
        if len(body) > _LARGEST_BODY:
            raise NoAnswer(Reason.TOO_LARGE)
    return bytes(body)
