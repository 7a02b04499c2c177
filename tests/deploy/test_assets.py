"""The page's files while two releases serve: each page gets every file that it names."""

import json
import re
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from agenturclient.ops.assets import ShelfBroken, fill
from scripts.environment import PYTHON
from scripts.supervisor import Child
from tests.deploy.production import ROOT

V1 = {"index-1aaa.js": "one", "same-5555.woff2": "letters"}
V2 = {"index-2bbb.js": "two", "same-5555.woff2": "letters"}
V3 = {"index-3ccc.js": "three"}

Serve = Callable[[Path], str]


def built(folder: Path, files: dict[str, str]) -> Path:
    """What the page's build makes of a release."""
    (folder / "assets").mkdir(parents=True)
    for name, content in files.items():
        (folder / "assets" / name).write_text(content)
    script = next(name for name in files if name.endswith(".js"))
    (folder / "index.html").write_text(f'<script type="module" src="/static/assets/{script}">')
    (folder / "mark.svg").write_text(f"<svg>{script}</svg>")
    return folder


def hashed(shelf: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in (shelf / "assets").iterdir()}


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Shows a shelf under the address that is returned."""
    servers: list[tuple[ThreadingHTTPServer, threading.Thread]] = []

    def start(shelf: Path) -> str:
        root = tmp_path / f"root-{len(servers)}"
        root.mkdir()
        (root / "static").symlink_to(shelf)
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(root)))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def one(tmp_path: Path) -> Path:
    """The shelf of the first release."""
    fill(tmp_path / "one", built=built(tmp_path / "v1", V1))
    return tmp_path / "one"


def test_the_first_release_stands_alone(one: Path) -> None:
    assert hashed(one) == V1
    assert sorted(file.name for file in one.iterdir()) == ["assets", "mark.svg", "releases.json"]


@pytest.mark.parametrize("source", ["folder", "address"])
def test_a_shelf_holds_this_release_and_the_one_before(
    one: Path, tmp_path: Path, serve: Serve, source: str
) -> None:
    former = serve(one) if source == "address" else str(tmp_path / "v1")

    releases = fill(tmp_path / "two", built=built(tmp_path / "v2", V2), source=former)

    assert hashed(tmp_path / "two") == V1 | V2
    assert [sorted(release) for release in releases] == [sorted(V2), sorted(V1)]
    assert (tmp_path / "two" / "mark.svg").read_text() == "<svg>index-2bbb.js</svg>"


def test_compressed_copies_stand_beside_their_files_and_nobody_asks_for_them(
    tmp_path: Path, serve: Serve
) -> None:
    copies = {"index-1aaa.js.gz": "1", "index-1aaa.js.br": "1"}
    fill(tmp_path / "one", built=built(tmp_path / "v1", V1 | copies))

    releases = fill(
        tmp_path / "two", built=built(tmp_path / "v2", V2), source=serve(tmp_path / "one")
    )

    assert hashed(tmp_path / "one") == V1 | copies
    assert hashed(tmp_path / "two") == V1 | V2
    assert [sorted(release) for release in releases] == [sorted(V2), sorted(V1)]


def test_a_pod_that_starts_late_takes_what_stands_behind_its_own_release(
    one: Path, tmp_path: Path, serve: Serve
) -> None:
    v2 = built(tmp_path / "v2", V2)
    fill(tmp_path / "two", built=v2, source=serve(one))

    fill(tmp_path / "late", built=v2, source=serve(tmp_path / "two"))

    assert hashed(tmp_path / "late") == V1 | V2


def test_the_release_before_the_last_is_forgotten(one: Path, tmp_path: Path, serve: Serve) -> None:
    fill(tmp_path / "two", built=built(tmp_path / "v2", V2), source=serve(one))

    fill(tmp_path / "three", built=built(tmp_path / "v3", V3), source=serve(tmp_path / "two"))

    assert hashed(tmp_path / "three") == V2 | V3


def test_a_release_that_is_taken_back_keeps_the_files_of_the_one_that_was_tried(
    one: Path, tmp_path: Path, serve: Serve
) -> None:
    fill(tmp_path / "two", built=built(tmp_path / "v2", V2), source=serve(one))

    fill(tmp_path / "back", built=tmp_path / "v1", source=serve(tmp_path / "two"))

    assert hashed(tmp_path / "back") == V1 | V2


def test_a_shelf_is_made_anew_each_time(one: Path, tmp_path: Path) -> None:
    fill(one, built=built(tmp_path / "v2", V2))

    assert hashed(one) == V2


def test_with_nobody_at_the_address_a_release_is_the_first(tmp_path: Path, serve: Serve) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        silent = f"http://127.0.0.1:{free.getsockname()[1]}"
        fill(tmp_path / "shelf", built=built(tmp_path / "v1", V1), source=silent)
    assert hashed(tmp_path / "shelf") == V1

    (tmp_path / "nothing").mkdir()
    fill(tmp_path / "shelf", built=tmp_path / "v1", source=serve(tmp_path / "nothing"))
    assert hashed(tmp_path / "shelf") == V1


DIGEST = "0" * 64


@pytest.mark.parametrize(
    ("listing", "told"),
    [
        ("<html>", "is not JSON"),
        ("[]", "is not a list of releases"),
        ('{"releases": [["a.js"]]}', "is not a list of releases"),
        (f'{{"releases": [{{"../a.js": "{DIGEST}"}}]}}', "is not a list of releases"),
        (f'{{"releases": [{{"index-1aaa.js": "{DIGEST}"}}]}}', "is not what releases.json says"),
    ],
)
def test_a_shelf_that_serves_something_else_stops_the_rollout(
    one: Path, tmp_path: Path, serve: Serve, listing: str, told: str
) -> None:
    (one / "releases.json").write_text(listing)

    with pytest.raises(ShelfBroken, match=told):
        fill(tmp_path / "two", built=built(tmp_path / "v2", V2), source=serve(one))


def test_a_file_that_is_listed_and_not_there_stops_the_rollout(
    one: Path, tmp_path: Path, serve: Serve
) -> None:
    (one / "assets" / "index-1aaa.js").unlink()

    with pytest.raises(HTTPError, match="404"):
        fill(tmp_path / "two", built=built(tmp_path / "v2", V2), source=serve(one))


# ---------------------------------------------------------------- the workload as it runs


class Answer:
    """Status, headers and text of a GET."""

    def __init__(self, address: str) -> None:
        try:
            with urlopen(address, timeout=10) as answer:  # noqa: S310 - our own loopback address
                self.status, self.headers = answer.status, answer.headers
                self.text = answer.read().decode()
        except HTTPError as error:
            with error:
                self.status, self.headers, self.text = error.code, error.headers, error.read()


@pytest.fixture
def workload(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The shelf of the second release, served by gunicorn with nothing in the environment but what
    this workload needs: its address, and its drain file.
    """
    fill(tmp_path / "two", built=built(tmp_path / "v2", V2), source=str(built(tmp_path / "v1", V1)))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    child = Child(
        "Assets",
        [
            *(PYTHON, "-m", "gunicorn", "agenturclient.ops.assets_server"),
            *("--config", "python:agenturclient.ops.gunicorn_config"),
        ],
        environment={
            "WEB_BIND": f"127.0.0.1:{port}",
            "WEB_WORKERS": "1",
            "WEB_THREADS": "4",
            "ASSETS_DIR": str(tmp_path / "two"),
            "DRAIN_FILE": str(tmp_path / "drain"),
        },
        log=tmp_path / "assets.log",
        folder=ROOT,
    )
    child.start()
    address = f"http://127.0.0.1:{port}"
    while child.is_running() and "Booting worker" not in child.log.read_text():
        threading.Event().wait(0.02)
    yield address, tmp_path / "drain"
    child.signal(signal.SIGTERM)
    while child.exit_code() is None:
        threading.Event().wait(0.02)


def test_a_page_of_either_release_gets_every_file_that_it_names(
    workload: tuple[str, Path], tmp_path: Path
) -> None:
    address, _ = workload
    for release in ("v1", "v2"):
        page = (tmp_path / release / "index.html").read_text()
        named = re.findall(r'src="([^"]+)"', page)
        assert [Answer(address + path).status for path in named] == [200]
    for name, content in (V1 | V2).items():
        assert Answer(f"{address}/static/assets/{name}").text == content


def test_a_hashed_file_never_changes_and_the_others_may(workload: tuple[str, Path]) -> None:
    address, _ = workload

    hashed_file = Answer(f"{address}/static/assets/index-1aaa.js")
    mark = Answer(f"{address}/static/mark.svg")

    assert hashed_file.headers["Cache-Control"] == "max-age=315360000, public, immutable"
    assert mark.headers["Cache-Control"] == "max-age=60, public"
    assert hashed_file.headers["Content-Type"].startswith("text/javascript")
    assert hashed_file.headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in hashed_file.headers


@pytest.mark.parametrize(
    "path", ["/static/assets/gone-9999.js", "/static/index.html", "/", "/orders", "/static/"]
)
def test_what_is_not_there_is_a_404_and_never_the_page(
    workload: tuple[str, Path], path: str
) -> None:
    answer = Answer(workload[0] + path)

    assert answer.status == 404
    assert answer.text == b"there is no such file\n"


def test_the_workload_is_alive_and_not_ready_while_it_drains(workload: tuple[str, Path]) -> None:
    address, drain_file = workload
    assert Answer(f"{address}/health/ready").text == "ready\n"

    drain_file.touch()

    assert Answer(f"{address}/health/ready").status == 503
    assert Answer(f"{address}/health/live").text == "alive\n"


def test_the_listing_says_what_each_release_has(workload: tuple[str, Path]) -> None:
    listed = json.loads(Answer(f"{workload[0]}/static/releases.json").text)

    assert [sorted(release) for release in listed["releases"]] == [sorted(V2), sorted(V1)]
