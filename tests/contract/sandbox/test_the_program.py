"""The program itself: it says where it is, ends cleanly, and forgets nothing that it answered."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from sandbox.testing import RunningSandbox
from tests.contract.sandbox.orders import TODAY, held, read, sold, statuses
from tests.contract.sandbox.osdm_client import OsdmClient
from tests.contract.sandbox.osdm_file import OsdmFile

ROOT = Path(__file__).resolve().parents[3]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def program(state: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], RunningSandbox]]:
    """`python -m sandbox` in a process group of its own, from the moment it says where it is."""
    port = free_port()
    process = subprocess.Popen(  # noqa: S603 - our own program
        [
            sys.executable,
            "-m",
            "sandbox",
            "--port",
            str(port),
            "--state",
            str(state),
            "--clock",
            TODAY.isoformat(),
            *more,
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        base = f"http://127.0.0.1:{port}"
        name = "strict" if "strict" in more else "plain"
        line = process.stdout.readline()
        assert line == f"Sandbox distributor ({name}) at {base}, books at {base}/\n"
        yield process, RunningSandbox(base)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)
        process.stdout.close()


def test_killed_hard_it_still_knows_every_booking_it_answered(
    tmp_path: Path, file: OsdmFile
) -> None:
    state = tmp_path / "state.sqlite3"
    with program(state) as (process, sandbox), OsdmClient(sandbox, file) as client:
        confirmed, waiting = sold(client), held(client, reference="AC-2")
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)
    with program(state) as (process, sandbox), OsdmClient(sandbox, file) as client:
        assert statuses(read(client, confirmed["id"])) == ["FULFILLED"]
        assert statuses(read(client, waiting["id"])) == ["PREBOOKED"]
        link = confirmed["fulfillments"][0]["fulfillmentDocuments"][0]["downloadLink"]
        again = f"{sandbox.base_url}/{link.split('/', 3)[3]}"
        assert httpx.get(again).content.startswith(b"%PDF-")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_when_asked_to(tmp_path: Path, how: signal.Signals) -> None:
    with program(tmp_path / "state.sqlite3", "--personality", "strict") as (process, _):
        process.send_signal(how)
        assert process.wait(timeout=15) == 0


def test_its_clock_can_be_set_at_the_start(tmp_path: Path) -> None:
    with program(tmp_path / "state.sqlite3", "--clock", "2027-06-01T08:00:00") as (_, sandbox):
        assert sandbox.clock().isoformat().startswith("2027-06-01T08:0")


def test_under_its_own_server_an_answer_can_be_lost_too(tmp_path: Path, file: OsdmFile) -> None:
    with (
        program(tmp_path / "state.sqlite3") as (_, sandbox),
        OsdmClient(sandbox, file) as client,
    ):
        for fault, state in (("reset-before", "PREBOOKED"), ("lost-after", "FULFILLED")):
            booking = held(client)
            sandbox.fault("fulfillment", fault, times=1)
            with pytest.raises(httpx.TransportError):
                client.http.post(f"/bookings/{booking['id']}/fulfillments", json={})
            assert statuses(read(client, booking["id"])) == [state]
