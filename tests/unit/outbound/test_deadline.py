"""A deadline ends everything: dripping, silence, nested deadlines, over TLS too."""

from __future__ import annotations

import os
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from agenturclient.outbound import deadline
from agenturclient.outbound.client import Clients
from agenturclient.outbound.messages import NoAnswer, NotSent, Reason, Request
from tests.unit.outbound.certificates import (
    server_context,
    trusting_context,
    write_certificate,
)
from tests.unit.outbound.servers import (
    answer,
    drip,
    drip_headers,
    hang_up,
    serving,
    stay_silent,
)
from tests.unit.outbound.wires import transport_over

if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Callable
    from pathlib import Path

    import httpx

    from tests.unit.outbound.servers import Server

SOON = 0.4


def time_of(url: str, clients: Clients, seconds: float = SOON) -> tuple[float, Reason]:
    """How long a call took that had so many seconds, and why it ended."""
    started = time.monotonic()
    with deadline.within(seconds), pytest.raises(NoAnswer) as caught:
        clients.attempt(Request("GET", url), fresh=True)
    return time.monotonic() - started, caught.value.reason


@pytest.mark.parametrize("misbehave", [drip, drip_headers, stay_silent])
def test_the_deadline_ends_an_answer_that_never_does(
    misbehave: Callable[[socket.socket, Server], None],
) -> None:
    with serving(misbehave) as server:
        took, reason = time_of(server.url, Clients())
    assert SOON <= took < SOON + 1
    assert reason is Reason.DEADLINE


def test_the_deadline_ends_a_dripping_answer_over_tls(tmp_path: Path) -> None:
    certificate = tmp_path / "localhost.pem"
    write_certificate(certificate)

    def transport(keep: bool, context: ssl.SSLContext) -> httpx.BaseTransport:  # noqa: FBT001 - the factory's signature
        del keep, context
        return transport_over(trusting_context(certificate))

    with serving(drip, server_context(certificate)) as server:
        own = Clients(transport=transport)
        took, reason = time_of(f"https://localhost:{server.port}/", own, 1.5)
    assert 1.5 <= took < 2.5
    assert reason is Reason.DEADLINE


def test_threads_have_deadlines_of_their_own() -> None:
    clients = Clients()
    with serving(answer) as server:  # reading the certificates is not what is timed
        clients.attempt(Request("GET", server.url), fresh=True)
    with serving(stay_silent) as server, ThreadPoolExecutor(3) as pool:
        waits = [0.3, 1.5, 2.7]
        took = list(pool.map(lambda wait: time_of(server.url, clients, wait)[0], waits))
    assert all(wait <= each < wait + 1 for wait, each in zip(waits, took, strict=True))


def test_the_nearer_of_two_deadlines_counts() -> None:
    with deadline.within(5):
        with deadline.within(60):
            assert deadline.left() <= 5
        with deadline.within(1):
            assert deadline.left() <= 1
        assert 4 < deadline.left() <= 5
    assert deadline.left() == float("inf")


def test_nothing_is_sent_when_the_deadline_is_used_up() -> None:
    with serving(answer) as server, deadline.within(0), pytest.raises(NotSent) as caught:
        Clients().attempt(Request("GET", server.url), fresh=False)
    assert caught.value.reason is Reason.DEADLINE
    assert server.connections == 0


def test_a_connection_that_ends_without_an_answer_may_have_been_heard() -> None:
    with serving(hang_up) as server, pytest.raises(NoAnswer) as caught:
        Clients().attempt(Request("POST", server.url), fresh=True)
    assert caught.value.reason is Reason.BROKEN


def test_a_closed_port_was_certainly_not_reached() -> None:
    with serving(answer) as server:
        gone = server.url
    with pytest.raises(NotSent) as caught:
        Clients().attempt(Request("POST", gone), fresh=True)
    assert caught.value.reason is Reason.UNREACHABLE


def test_reads_keep_a_connection_and_writes_take_a_fresh_one() -> None:
    clients = Clients()
    with serving(answer) as server:
        for _ in range(3):
            clients.attempt(Request("GET", server.url), fresh=False)
        kept = server.connections
        for _ in range(3):
            clients.attempt(Request("POST", server.url), fresh=True)
        clients.close()
    assert (kept, server.connections) == (1, 4)


def test_a_forked_process_opens_connections_of_its_own() -> None:
    clients = Clients()
    with serving(answer) as server:
        clients.attempt(Request("GET", server.url), fresh=False)
        with warnings.catch_warnings():  # newer Pythons warn of forking beside threads
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child == 0:
            response = clients.attempt(Request("GET", server.url), fresh=False)
            os._exit(0 if response.status == 200 else 1)
        _, status = os.waitpid(child, 0)
        opened_by_child = server.connections - 1
        clients.attempt(Request("GET", server.url), fresh=False)
        opened = server.connections
        clients.close()
    assert (status, opened_by_child, opened) == (0, 1, 2)
