"""Real processes of the product beside the test: on the same database, over the same line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING
from uuid import uuid4

from django.conf import settings
from django.db import connection

from tests.cases.fates import Fate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from tests.cases.conftest import Scene

ROOT = Path(__file__).resolve().parents[2]
_LONGEST_SECONDS = 60
_KEPT = ("PATH", "HOME", "LANG")
_HANDED_ON = [
    "OSDM_TOKEN_URL",
    "OSDM_JOURNEY_URL",
    "OSDM_OFFER_URL",
    "OSDM_BOOKING_URL",
    "OSDM_AFTERSALES_URL",
    "OSDM_CLIENT_ID",
    "OSDM_CLIENT_SECRET",
    "HOLD_DEADLINE_SECONDS",
    "ISSUE_DEADLINE_SECONDS",
    "REFUND_DEADLINE_SECONDS",
]


@contextmanager
def selling(
    scene: Scene,
    number: str,
    fate: Fate = Fate.NONE,
    *,
    key: UUID | None = None,
    says: IO[bytes] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that sells an order and meets its fate; killed at the end if it still lives.

    `says` is where it writes its log.
    """
    agent = asdict(scene.desk.actor)
    agent |= {
        "role": agent["role"].value,
        "permissions": sorted(each.value for each in agent["permissions"]),
    }
    moment = scene.desk.clock.now().isoformat()
    program = [sys.executable, "-m", "tests.cases.victim", fate, number, json.dumps(agent)]
    process = subprocess.Popen(  # noqa: S603 - our own program
        [*program, moment, str(key or uuid4())],
        cwd=ROOT,
        env=environment(scene),
        stdout=says,
        stderr=says,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def sell_until_killed(scene: Scene, number: str, fate: Fate) -> None:
    """Sell in a process that is killed on the way."""
    with selling(scene, number, fate) as process:
        assert process.wait(_LONGEST_SECONDS) == -9


def wait_until_asleep(process: subprocess.Popen[bytes]) -> None:
    """Wait until a process has stopped itself."""
    end = time.monotonic() + _LONGEST_SECONDS
    while _state(process.pid) != "T":
        assert process.poll() is None, "it has ended"
        assert time.monotonic() < end, "it goes on"
        time.sleep(0.02)


def environment(scene: Scene) -> dict[str, str]:
    """What a process needs to be one of ours."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "agenturclient.settings",
        "DEMO_MODE": "1",
        "LOG_LEVEL": "INFO",
        "DATABASE_URL": _database_url(),
        "OSDM_BASE_URL": scene.line.url,
        "CONNECT_DEADLINE_SECONDS": "0.5",
        **{name: str(getattr(settings, name)) for name in _HANDED_ON},
    }


def _database_url() -> str:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    login = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
    return f"mysql://{login}/{database['NAME']}"


def _state(pid: int) -> str:
    """The letter that the kernel has for what a process does: T is stopped."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
