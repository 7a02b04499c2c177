"""A distributor that stalls slows down nothing that does not need it.

The measure: orders, sign-in and health are asked at the same steady rates in the same run, on the
same machine - in calm, with nobody else there, before and after; and in between while 200 agents
search and each call to the distributor takes 30 seconds. Each stream's 99th percentile may at most
double.
"""

import json
import os
from collections import Counter as Tally
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from sandbox.testing import RunningSandbox
from scripts.shop import Shop
from tests.faults.conftest import Tell
from tests.faults.counter import Counter
from tests.faults.pressure import Browser, Crowd, Habits, Timings, steadily
from tests.faults.processes import (
    AGENT,
    await_answer,
    kill,
    prepare,
    recover_child,
    sandbox_child,
    shop_settings,
    web_child,
)

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

_PORT: Final = 8190
_STALL_SECONDS: Final = 30.0
_SEARCHING: Final = 200
_ARRIVE_SECONDS: Final = 10.0
# An agent reads what the page says, waits as long as it says, and clicks.
_THINK_SECONDS: Final = (2.0, 8.0)
_MEASURED_SECONDS: Final = float(os.environ.get("STALLED_SECONDS", "30"))
_DRAFTS: Final = 20
# Requests a second of each stream. A sign-in hashes a password: half a second of a processor.
_RATES: Final = {"orders": 10.0, "login": 1.0, "health": 10.0}
# Two processors are shared by the shop, the sandbox and this test. A request that takes two
# milliseconds waits for more than that when it meets a slice of another process: below this many
# seconds, doubling is not distinguishable from that.
_NOISE_SECONDS: Final = 0.05
_ROW: Final = "{:<8} {:>8} {:>10} {:>10} {:>12} {:>12} {:>10}"


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """The shop as it is configured, on SQLite, with its distributor behind it."""
    distributor = f"http://127.0.0.1:{_PORT + 1}"
    settings = shop_settings(
        f"sqlite:///{tmp_path / 'agenturclient.sqlite3'}", _PORT, distributor, "plain"
    )
    shortened = [name for name in settings if name.endswith(("_DEADLINE_SECONDS", "RESET_SECONDS"))]
    for name in shortened:  # the other tests are in a hurry
        del settings[name]
    prepare(settings, tmp_path)
    sandbox = sandbox_child(tmp_path, _PORT + 1, "plain", settings)
    web = web_child("Web", tmp_path, settings)
    recover = recover_child("Recover", tmp_path, settings)
    try:
        sandbox.start()
        await_answer(sandbox, f"{distributor}/sandbox/health")
        recover.start()
        web.start()
        await_answer(web, f"http://127.0.0.1:{_PORT}/health/ready")
        yield _PORT
    finally:
        for child in (web, recover, sandbox):
            kill(child)


def test_a_stalled_distributor_slows_down_nothing_that_does_not_need_it(
    port: int, tmp_path: Path, tell: Tell
) -> None:
    users = {
        row["username"]: row["password"]
        for row in json.loads((tmp_path / "users.json").read_text(encoding="utf-8"))
    }
    counter = Counter(Shop.sign_in(f"http://127.0.0.1:{port}", AGENT, users[AGENT]))
    for _ in range(_DRAFTS):
        counter.draft()
    habits = Habits(_search(counter), _ARRIVE_SECONDS, _THINK_SECONDS)
    with closing(_signed_in(port, AGENT, users[AGENT])) as browser:
        crowd = Crowd(_SEARCHING, browser, habits)

    _measure(port, users, seconds=3.0)  # nothing is measured cold
    before = _measure(port, users, seconds=_MEASURED_SECONDS / 2)
    distributor = RunningSandbox(f"http://127.0.0.1:{port + 1}")
    distributor.fault("offers", "delay", seconds=_STALL_SECONDS)
    crowd.begin()
    stalled = _measure(port, users, seconds=_MEASURED_SECONDS)
    ended = crowd.go()
    distributor.clear_faults()
    after = _measure(port, users, seconds=_MEASURED_SECONDS / 2)

    calm = {name: timings.with_(after[name]) for name, timings in before.items()}
    tell("A stalled distributor", _table(calm, stalled, ended))
    assert ended["distributor-slow"] > 0  # the distributor did stall
    assert set(ended) <= {"distributor-slow", "distributor-busy", "distributor-paused"}
    for name, timings in stalled.items():
        assert set(timings.statuses) == {200}, name
        assert timings.percentile(0.99) <= _allowed(calm[name]), name


def _measure(port: int, users: dict[str, str], *, seconds: float) -> dict[str, Timings]:
    agent, visitor = _signed_in(port, AGENT, users[AGENT]), Browser(port)
    visitor.arrive()
    names = cycle(users.items())
    sends = {
        "orders": lambda: agent.ask("GET", "/api/v1/orders").status,
        "login": lambda: visitor.try_password(*next(names)).status,
        "health": lambda: visitor.ask("GET", "/health/ready").status,
    }
    with closing(agent), closing(visitor), ThreadPoolExecutor(len(sends)) as pool:
        running = {
            name: pool.submit(steadily, send, rate=_RATES[name], seconds=seconds)
            for name, send in sends.items()
        }
        return {name: timings.result() for name, timings in running.items()}


def _signed_in(port: int, username: str, password: str) -> Browser:
    browser = Browser(port)
    assert browser.sign_in(username, password) == 200
    return browser


def _search(counter: Counter) -> dict[str, Any]:
    places = [counter.shop.get(f"/places?q={code}&limit=1")["places"][0] for code in ("BN", "ZUE")]
    day = datetime.now(ZoneInfo("Europe/Zurich")).date() + timedelta(days=9)
    return {
        "origin": places[0]["id"],
        "destination": places[1]["id"],
        "when": f"{day}T09:00",
        "travellers": [{"ref": "P1", "kind": "person", "age": 41, "cards": []}],
    }


def _allowed(calm: Timings) -> float:
    return max(2 * calm.percentile(0.99), _NOISE_SECONDS)


def _table(calm: dict[str, Timings], stalled: dict[str, Timings], ended: Tally[str]) -> str:
    lines = [
        _ROW.format("", "asked", "calm p50", "calm p99", "stalled p50", "stalled p99", "allowed")
    ]
    for name, timings in calm.items():
        figures = [timings.percentile(0.5), timings.percentile(0.99)]
        figures += [
            stalled[name].percentile(0.5),
            stalled[name].percentile(0.99),
            _allowed(timings),
        ]
        told = [f"{figure * 1000:.0f} ms" for figure in figures]
        lines.append(_ROW.format(name, len(stalled[name].seconds), *told))
    lines.append(f"{_SEARCHING} agents searched: {dict(ended)}")
    return "\n".join(lines)
