"""The shop on which rollouts are tried: its settings, its careless second door, both its books."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from sandbox.testing import RunningSandbox
from scripts.ha.processes import Release
from scripts.ha.site import PORTS, Site
from scripts.haproxy import HOST, ProxyMissing
from scripts.mariadb import ServerMissing
from tests.faults.cluster import rows_of

PORT: Final = int(os.environ.get("HA_PORT", "8420"))
CARELESS: Final = f"http://{HOST}:{PORT + PORTS - 1}"
"""A door to the same shop that never asks again and knows no workload for the page's files."""

_CARELESS_DOOR: Final = f"""
defaults careless
    mode http
    timeout connect 2s
    timeout client 75s
    timeout server 60s
    timeout queue 5s
    timeout check 2s
    retries 0
    default-server check inter 500ms fall 2 rise 1
    option httpchk GET /health/ready
    http-check expect status 200

frontend careless
    bind $host:{PORT + PORTS - 1}
    default_backend careless

backend careless
    balance roundrobin
$webs
"""
_KEPT: Final = ("PATH", "HOME", "LANG")
_SETTINGS: Final = {
    "PYTHONUNBUFFERED": "1",
    "DJANGO_SETTINGS_MODULE": "agenturclient.settings",
    "DEMO_MODE": "1",
    "SECRET_KEY": "only-for-this-test-" + "x" * 50,
    "LOG_LEVEL": "WARNING",
    # One process with what two may have under way: what is started for every rollout shares two
    # cores with the people and their browser.
    "WEB_WORKERS": "1",
    "WEB_THREADS": "40",
    "BULKHEAD_SEARCH": "10",
    "BULKHEAD_HOLD": "6",
    "BULKHEAD_ISSUE": "6",
    "BULKHEAD_AFTER_SALES": "4",
}


class Shop(Site):
    """A shop with both its books, as `tests.faults.books` wants them."""

    def __init__(self, folder: Path, release: Release) -> None:
        super().__init__(folder, PORT, release, more_proxy=_CARELESS_DOOR)
        self.distributor = RunningSandbox(self.distributor_address)

    @property
    def passwords(self) -> dict[str, str]:
        """User name -> password."""
        return {user["username"]: user["password"] for user in self.users}

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask our database; a question mark stands for each value."""
        return rows_of(self.login, query, *values)


@contextmanager
def running_shop(folder: Path, release: Release) -> Iterator[Shop]:
    """A shop that serves; skips the test on a machine without a server or a proxy."""
    try:
        shop = Shop(folder, release)
    except (ServerMissing, ProxyMissing) as missing:
        pytest.skip(str(missing))
    with shop:
        shop.start({name: os.environ[name] for name in _KEPT if name in os.environ} | _SETTINGS)
        yield shop
