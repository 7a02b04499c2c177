"""What the proxy of `make ha` asks again when a process dies under a request."""

from __future__ import annotations

import threading
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from scripts.environment import ROOT
from scripts.haproxy import HOST, HAProxy
from tests.deploy.test_ha import free_ports, needs_haproxy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CONFIG = (ROOT / "scripts" / "ha" / "haproxy.cfg").read_text(encoding="utf-8")
_REQUESTS = 6

pytestmark = needs_haproxy


class _Serving(ThreadingHTTPServer):
    """Ready; to anything but its probe it gives an answer, or dies under it."""

    def __init__(self, port: int, *, dies: bool) -> None:
        super().__init__((HOST, port), _Answer)
        self.dies = dies
        self.asked = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Answer(BaseHTTPRequestHandler):
    server: _Serving

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer()

    def log_message(self, *_words: object) -> None:
        pass

    def _answer(self) -> None:
        if self.path != "/health/ready":
            self.server.asked += 1
            if self.server.dies:
                return
        self.send_response(200)
        self.end_headers()


@pytest.fixture
def webs(tmp_path: Path) -> Iterator[tuple[int, list[_Serving]]]:
    """The proxy's port, and behind it one that answers and one that dies under each request."""
    port = free_ports(3)
    webs = [_Serving(port + 1 + number, dies=number == 1) for number in range(2)]
    servers = "\n".join(
        f"    server web-{number} {HOST}:{port + 1 + number} check" for number in range(2)
    )
    values = {"host": HOST, "port": port, "assets": servers, "webs": servers, "more": ""}
    proxy = HAProxy(tmp_path, _CONFIG, values)
    proxy.start(port)
    try:
        yield port, webs
    finally:
        proxy.stop()
        for web in webs:
            web.shutdown()
            web.server_close()


def _ask(port: int, method: str, path: str) -> list[int]:
    found = []
    for _ in range(_REQUESTS):
        connection = HTTPConnection(HOST, port, timeout=20)
        connection.request(method, path, "{}" if method == "POST" else None)
        found.append(connection.getresponse().status)
        connection.close()
    return found


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/orders"),
        ("POST", "/api/v1/searches"),
        ("POST", "/api/v1/touristic-searches"),
    ],
)
def test_what_only_reads_is_asked_again_elsewhere(
    webs: tuple[int, list[_Serving]], method: str, path: str
) -> None:
    port, (well, dying) = webs

    assert _ask(port, method, path) == [200] * _REQUESTS
    assert dying.asked > 0
    assert well.asked == _REQUESTS


def test_what_may_have_been_done_is_asked_once(webs: tuple[int, list[_Serving]]) -> None:
    port, (well, dying) = webs

    statuses = _ask(port, "POST", "/api/v1/orders/AC1/sale")

    assert dying.asked > 0
    assert statuses.count(502) == dying.asked
    assert well.asked + dying.asked == _REQUESTS
