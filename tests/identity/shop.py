"""A whole shop that signs people in at a cluster, and a person's browser in it, without scripts."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import time
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urlsplit

import httpx

from scripts.environment import PYTHON, ROOT
from tests.identity.visitor import Client, Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from scripts.keycloak.cluster import Cluster

PORT: Final = 14100
_START_SECONDS: Final = 90.0
_STOP_SECONDS: Final = 30.0


class Shop:
    """A running shop; `environment` is what Playwright's tests have to know of it."""

    def __init__(self, folder: Path, connection: Path) -> None:
        self.address = f"http://127.0.0.1:{PORT}"
        self.environment = {
            "E2E_BASE_URL": self.address,
            "E2E_SANDBOX_URL": f"http://127.0.0.1:{PORT + 1}",
            "E2E_USERS": str(folder / "users.json"),
            "E2E_KEYCLOAK": str(connection),
        }


@contextlib.contextmanager
def running_shop(cluster: Cluster, folder: Path, **settings: str) -> Iterator[Shop]:
    """A shop with a state of its own that signs in at the cluster."""
    name, address = f"agenturclient-{PORT}", f"http://127.0.0.1:{PORT}"
    connection = folder / "connection.json"
    connection.write_text(
        json.dumps(
            cluster.connection()
            | {"client_id": name, "client_secret": cluster.add_shop(name, address)}
        ),
        encoding="utf-8",
    )
    # Not the environment of the tests: their settings would become the shop's.
    around = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    own = around | {
        "AUTH": "keycloak",
        "KEYCLOAK_CONNECTION": str(connection),
        "PORT": str(PORT),
        "SANDBOX_PORT": str(PORT + 1),
        "STATE_DIR": str(folder),
        **settings,
    }
    with (folder / "run.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [PYTHON, "-m", "scripts.run"], cwd=ROOT, env=own, stdout=log, stderr=log
        )
    try:
        _await(process, f"{address}/health/ready")
        yield Shop(folder, connection)
    finally:
        process.terminate()
        process.wait(_STOP_SECONDS)


class Person:
    """Somebody at a browser: one jar for the shop, one for Keycloak."""

    def __init__(self, shop: Shop, cluster: Cluster) -> None:
        self._shop = shop.address
        self._cookies: dict[str, str] = {}
        redirect = f"{shop.address}/auth/callback"
        self._keycloak = Visitor(Client(cluster.issuer, f"agenturclient-{PORT}", "", redirect))

    def sign_in(self, username: str, password: str) -> str:
        """Where the whole way ends: a page of the shop, or its sign-in page with a problem."""
        begin = self._go("GET", "/auth/login?" + urlencode({"next": "/orders"}))
        address = begin.headers["location"]
        if not address.startswith(self._keycloak.client.issuer):
            return address
        page = self._keycloak.go("GET", address)
        answer = self._keycloak.submit(page, username, password)
        back = urlsplit(answer.headers["location"])
        return self._go("GET", f"{back.path}?{back.query}").headers["location"]

    def get(self, path: str = "session") -> tuple[int, dict[str, Any], float]:
        """Status, body and seconds of a call of the page."""
        started = time.monotonic()
        answer = self._go("GET", f"/api/v1/{path}")
        return answer.status_code, answer.json(), time.monotonic() - started

    def _go(
        self, method: str, path: str, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        cookie = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        answer = httpx.request(
            method,
            self._shop + path,
            headers={"Cookie": cookie, **(headers or {})},
            timeout=30,
            trust_env=False,
        )
        for header in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(header).items():
                self._cookies[name] = morsel.value
        return answer


def _await(process: subprocess.Popen[bytes], address: str) -> None:
    end = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(address, trust_env=False).is_success:
                return
        time.sleep(0.2)
    raise TimeoutError("the shop did not start")
