"""The metrics page: who may see it, what it tells, and that it sums up all processes."""

import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.test import Client, override_settings
from prometheus_client.parser import text_string_to_metric_families

from agenturclient.ops import gunicorn_config
from scripts.supervisor import Child
from tests.deploy.production import ROOT, run_python

TOKEN = "only-for-this-test"
SHOWN = {"Authorization": f"Bearer {TOKEN}"}

# Name and labels (in the order of their names) -> value.
Numbers = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def read(text: str) -> Numbers:
    """Every number of a page."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def answered(found: Numbers, **labels: str) -> float:
    """Requests that were answered with these labels."""
    return sum(
        value
        for (name, carried), value in found.items()
        if name == "agenturclient_requests_total" and labels.items() <= dict(carried).items()
    )


@pytest.mark.django_db
@override_settings(METRICS_TOKEN=TOKEN)
def test_whoever_shows_the_token_sees_the_page() -> None:
    answer = Client().get("/metrics", headers=SHOWN)
    found = read(answer.content.decode())
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=")
    assert found["agenturclient_database_up", ()] == 1
    assert ("process_resident_memory_bytes", ()) in found


@pytest.mark.parametrize("shown", ["", "Bearer ", "Bearer wrong", TOKEN, f"Basic {TOKEN}"])
@override_settings(METRICS_TOKEN=TOKEN)
def test_for_anybody_else_there_is_no_such_page(shown: str) -> None:
    answer = Client().get("/metrics", headers={"Authorization": shown})
    assert (answer.status_code, answer.content) == (404, b"")


@pytest.mark.parametrize("shown", ["", "Bearer ", "Bearer None"])
@override_settings(METRICS_TOKEN="")
def test_there_is_no_page_where_no_token_was_set(shown: str) -> None:
    assert Client().get("/metrics", headers={"Authorization": shown}).status_code == 404


@pytest.mark.django_db
@override_settings(METRICS_TOKEN=TOKEN)
def test_requests_are_counted_by_the_view_that_answered_and_never_by_address() -> None:
    def page() -> Numbers:
        return read(Client().get("/metrics", headers=SHOWN).content.decode())

    before = page()
    Client().get("/api/v1/orders/AC0000012?q=Keller")
    Client().get("/health/live")
    Client().get("/static/nothing.js")
    Client().generic("KELLER", "/health/live")
    after = page()

    for labels in (
        {"view": "api.orders.Order", "method": "GET", "status": "401"},
        {"view": "ops.health.live", "method": "GET", "status": "200"},
        {"view": "none", "method": "GET", "status": "404"},
        {"view": "ops.health.live", "method": "other", "status": "405"},
    ):
        assert answered(after, **labels) - answered(before, **labels) == 1, labels
    told = " ".join(f"{name} {labels}" for name, labels in after)
    assert "AC0000012" not in told
    assert "Keller" not in told
    assert "KELLER" not in told


@pytest.mark.django_db
@override_settings(METRICS_TOKEN=TOKEN)
def test_the_duration_of_requests_is_told() -> None:
    Client().get("/health/live")
    found = read(Client().get("/metrics", headers=SHOWN).content.decode())
    labels = (("method", "GET"), ("view", "ops.health.live"))
    assert found["agenturclient_request_seconds_count", labels] >= 1
    assert found["agenturclient_request_seconds_sum", labels] > 0


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """The program as gunicorn serves it, two processes; asks it for a page."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = kept | {
        "PYTHONPATH": str(ROOT),
        "DEMO_MODE": "1",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}",
        "WEB_BIND": f"127.0.0.1:{port}",
        "METRICS_TOKEN": TOKEN,
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "gunicorn", "agenturclient.wsgi:application"]
    command += ["--config", "python:agenturclient.ops.gunicorn_config"]
    web = Child("Web", command, environment=environment, log=tmp_path / "web.log")

    def ask(path: str) -> str:
        with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            connection.request("GET", path, headers=SHOWN)
            return connection.getresponse().read().decode()

    web.start()
    try:
        eventually(lambda: ask("/health/live") == "alive\n")
        eventually(lambda: len(processes(read(ask("/metrics")))) == 2)
        yield ask
    finally:
        web.signal(signal.SIGTERM)
        eventually(lambda: web.exit_code() is not None)


def test_one_page_sums_up_all_processes_and_outlives_each_of_them(
    served: Callable[[str], str],
) -> None:
    def asked() -> float:
        return answered(read(served("/metrics")), view="ops.health.live")

    before = asked()
    for _ in range(40):
        served("/health/live")
    assert [asked() - before for _ in range(6)] == [40] * 6

    first, second = processes(read(served("/metrics")))
    folder = folder_of(first)
    assert list(folder.glob(f"gauge_livesum_{first}.db"))
    os.kill(int(first), signal.SIGKILL)
    eventually(lambda: first not in (now := processes(read(served("/metrics")))) and len(now) > 1)
    assert second in processes(read(served("/metrics")))
    assert asked() - before == 40
    # What it had under way ended with it; what it had counted did not.
    assert not list(folder.glob(f"gauge_livesum_{first}.db"))
    assert list(folder.glob(f"counter_{first}.db"))


def test_nothing_is_left_behind(served: Callable[[str], str]) -> None:
    first, _ = processes(read(served("/metrics")))
    folder, master = folder_of(first), master_of(first)
    assert folder.stat().st_mode & 0o777 == 0o700
    os.kill(master, signal.SIGTERM)
    eventually(lambda: not folder.exists())


def test_a_killed_one_with_the_same_number_is_in_nobodys_way() -> None:
    asked = (
        "import os; os.getpid = lambda: 1;"
        "from agenturclient.ops import gunicorn_config; print(gunicorn_config.raw_env[0])"
    )
    first, second = (run_python("-c", asked, environment={}).stdout for _ in range(2))
    assert "agenturclient-metrics-1-" in first
    assert first != second


def folder_of(pid: str) -> Path:
    """Where the processes of gunicorn count."""
    around = Path(gunicorn_config.raw_env[0].partition("=")[2]).parent
    (found,) = around.glob(f"agenturclient-metrics-{master_of(pid)}-*")
    return found


def master_of(pid: str) -> int:
    """The process that started this one."""
    return int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").split(")")[1].split()[1])


def processes(found: Numbers) -> list[str]:
    """The ids of the processes that the page tells of."""
    return [
        dict(labels)["pid"] for name, labels in found if name == "process_resident_memory_bytes"
    ]


def eventually(condition: Callable[[], bool]) -> None:
    """Wait up to 20 seconds for it."""
    end = time.monotonic() + 20
    while not _holds(condition):
        assert time.monotonic() < end
        time.sleep(0.1)


def _holds(condition: Callable[[], bool]) -> bool:
    try:
        return condition()
    except OSError:
        return False
