"""What `make run` promises about its processes, tried with real ones."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.deploy.production import ROOT

_PROGRAM = """
import os, sys
from pathlib import Path
from scripts.supervisor import Child, Supervisor

folder = Path(sys.argv[1])
work = "import os, time; open('pids', 'a').write(f'{os.getpid()}\\\\n'); time.sleep(60)"
supervisor = Supervisor()
os.chdir(folder)
command = [sys.executable, "-c", work]
supervisor.start(Child("Worker", command, environment=os.environ, log=folder / "log"))
supervisor.watch()
"""


def wait_for(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def pids(folder: Path) -> list[int]:
    file = folder / "pids"
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own program
        [sys.executable, "-c", _PROGRAM, str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(lambda: len(pids(tmp_path)) == 1)
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


linux_only = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, which Linux has")


@linux_only
def test_a_process_that_is_killed_comes_back(
    supervisor: subprocess.Popen[str], tmp_path: Path
) -> None:
    (first,) = pids(tmp_path)
    os.kill(first, signal.SIGKILL)

    wait_for(lambda: len(pids(tmp_path)) == 2)

    assert is_alive(pids(tmp_path)[1])
    supervisor.terminate()
    told = supervisor.communicate()[0].splitlines()
    assert told[:2] == [
        "Worker was ended by SIGKILL; starting it again in 1 s.",
        "Worker is started again.",
    ]


@linux_only
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_ends_every_process_within_seconds(
    supervisor: subprocess.Popen[str], tmp_path: Path, number: signal.Signals
) -> None:
    (worker,) = pids(tmp_path)
    started = time.monotonic()

    supervisor.send_signal(number)
    supervisor.communicate(timeout=10)

    assert supervisor.returncode == 0
    assert not is_alive(worker)
    assert time.monotonic() - started < 5


@linux_only
def test_the_processes_do_not_outlive_a_supervisor_that_is_killed(
    supervisor: subprocess.Popen[str], tmp_path: Path
) -> None:
    (worker,) = pids(tmp_path)

    supervisor.kill()

    wait_for(lambda: not is_alive(worker))


def test_a_start_that_fails_ends_with_the_log_and_a_sentence(tmp_path: Path) -> None:
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from scripts.supervisor import Child, Supervisor\n"
        "child = Child('Web', [sys.executable, '-c', 'raise SystemExit(\"no table\")'],\n"
        "              environment=os.environ, log=Path(sys.argv[1]) / 'web.log')\n"
        "Supervisor().start(child, answers_at='http://127.0.0.1:9/')\n"
    )

    result = subprocess.run(  # noqa: S603 - our own interpreter, our own program
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        "  | no table",
        f"Web ended with exit code 1. Its log: {tmp_path / 'web.log'}",
    ]
