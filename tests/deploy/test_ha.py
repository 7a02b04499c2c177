"""How `make ha` replaces processes and what its proxy does, tried with small real ones."""

import random
import shutil
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.request import urlopen

import pytest

from scripts.environment import Command
from scripts.ha import processes
from scripts.ha.processes import NeverReady, Place, Process, Release, Server, answers
from scripts.ha.workload import SLOTS, Workload
from scripts.haproxy import HOST, HAProxy, ProxyFailed
from tests.deploy.production import ROOT

_OLD, _NEW, _BROKEN = (Release(name, ROOT) for name in ("old", "new", "broken"))
_FIRST_PORT, _LAST_PORT = 15000, 16000
_SETTINGS: Mapping[str, str] = {}

needs_haproxy = pytest.mark.skipif(
    not (shutil.which("haproxy") or Path("/usr/sbin/haproxy").exists()),
    reason="HAProxy is not installed",
)

# Says what it is until SIGTERM, and 503 while its file to drain exists.
_SERVER = """
import http.server, os, signal, sys
if sys.argv[1] == "broken": sys.exit("no settings")
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(503 if os.path.exists(os.environ["DRAIN_FILE"]) else 200)
        self.end_headers()
        self.wfile.write(sys.argv[1].encode())
    def log_message(self, *words): pass
host, port = os.environ["WEB_BIND"].split(":")
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
http.server.HTTPServer((host, int(port)), Answer).serve_forever()
"""


def command(release: Release) -> Command:
    return [sys.executable, "-c", _SERVER, release.name]


def server(release: Release, place: Place) -> Server:
    return Server(release, command(release), place)


def sleeper(release: Release, place: Place) -> Process:
    return Process(release, [sys.executable, "-c", "import time; time.sleep(60)"], place)


def answer(process: Process) -> str:
    with urlopen(f"http://{HOST}:{process.port}/") as told:
        return str(told.read().decode())


def free_ports(count: int) -> int:
    """The first of so many in a row that nobody uses."""
    starts = list(range(_FIRST_PORT, _LAST_PORT, count))
    random.shuffle(starts)  # tests side by side do not all try the same
    return next(each for each in starts if all(map(is_free, range(each, each + count))))


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) != 0


@pytest.fixture
def state(tmp_path: Path) -> Path:
    (tmp_path / "log").mkdir()
    return tmp_path


@pytest.fixture
def workload(state: Path) -> Iterator[Workload]:
    made = Workload("web", server, state=state, first_port=free_ports(SLOTS))
    try:
        made.start(_OLD, _SETTINGS)
        yield made
    finally:
        made.stop()


def test_one_after_the_other_leaves_when_the_new_one_serves(workload: Workload) -> None:
    old = list(workload.members)
    seen = []

    for gone, come in workload.roll(_NEW, _SETTINGS):
        seen.append((gone.name, gone.is_running(), answer(come), len(workload.members)))
    workload.await_leaving()

    assert seen == [("web-1", True, "new", 2), ("web-2", True, "new", 2)]
    assert [each.is_running() for each in old] == [False, False]
    assert [each.name for each in workload.members] == ["web-3", "web-4"]
    assert len({each.port for each in (*old, *workload.members)}) == 4


def test_an_old_one_drains_for_a_while_before_it_is_told_to_end(workload: Workload) -> None:
    old = workload.members[0]
    begun = time.monotonic()

    next(iter(workload.roll(_NEW, _SETTINGS)))
    while answers(f"http://{HOST}:{old.port}/"):
        assert time.monotonic() < begun + processes.PRE_STOP_SECONDS
    drained = old.is_running()
    workload.await_leaving()

    assert drained
    assert not old.is_running()
    assert time.monotonic() - begun >= processes.PRE_STOP_SECONDS


def test_a_release_that_never_serves_leaves_the_old_ones_where_they_are(workload: Workload) -> None:
    old = list(workload.members)

    with pytest.raises(NeverReady, match="no settings"):
        list(workload.roll(_BROKEN, _SETTINGS))

    assert workload.members == old
    assert [answer(each) for each in old] == ["old", "old"]


def test_one_that_dies_is_started_again(state: Path) -> None:
    workload = Workload("recover", sleeper, state=state)
    workload.start(_OLD, _SETTINGS)
    try:
        first = workload.members[0].pid
        workload.members[0].kill()
        end = time.monotonic() + 10
        while workload.members[0].pid == first and time.monotonic() < end:
            workload.keep_alive()
            time.sleep(0.05)

        assert workload.members[0].is_running()
        assert workload.members[0].pid != first
    finally:
        workload.stop()


@needs_haproxy
def test_a_proxy_whose_settings_are_wrong_says_what_is_wrong(tmp_path: Path) -> None:
    proxy = HAProxy(tmp_path, "frontend $name\n    bind nowhere\n", {"name": "shop"})

    with pytest.raises(ProxyFailed) as failure:
        proxy.start(free_ports(1))

    assert "nowhere" in str(failure.value)
    assert str(failure.value).endswith("HAProxy does not start.")
