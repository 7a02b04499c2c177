"""What a local run keeps and hands to its processes."""

import json
import re
import stat
import sys
from pathlib import Path

import pytest

from scripts import environment
from scripts.steps import run_step
from tests.deploy.production import ROOT, run_python


def asked(state: Path, expression: str, **given: str) -> str:
    """An expression over the environment `env` of a run on port 8124 with this state folder."""
    code = (
        "import json\n"
        "from scripts.environment import demo_environment, uses_sandbox\n"
        "env = demo_environment(web_port=8124, sandbox_port=8224)\n"
        f"print(json.dumps({expression}))"
    )
    result = run_python("-c", code, environment={"STATE_DIR": str(state), **given})
    assert result.returncode == 0, result.stderr
    return str(json.loads(result.stdout))


def test_the_secret_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    state = tmp_path / "state"
    file = state / "secret-key"

    first = asked(state, "env['SECRET_KEY_FILE']"), file.read_text()
    second = asked(state, "env['SECRET_KEY_FILE']"), file.read_text()

    assert first == second == (str(file), file.read_text())
    assert len(first[1]) >= 50
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(state.stat().st_mode) == 0o700


def test_the_processes_are_told_the_port_and_where_the_sandbox_is(tmp_path: Path) -> None:
    names = "WEB_BIND PUBLIC_URL OSDM_BASE_URL DEMO_MODE"

    told = asked(tmp_path, f"' '.join(env[name] for name in '{names}'.split())")

    assert told == "127.0.0.1:8124 http://127.0.0.1:8124 http://127.0.0.1:8224 1"


def test_a_real_distributor_in_the_environment_takes_the_sandboxs_place(tmp_path: Path) -> None:
    expression = "uses_sandbox(env, 8224)"

    assert asked(tmp_path, expression) == "True"
    assert asked(tmp_path, expression, OSDM_BASE_URL="https://osdm.example") == "False"


def test_a_settings_file_is_read_without_its_comments_and_empty_values(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text('# NAME=no\n#OTHER=no\nOSDM_SCOPE="a b"\n LOG_LEVEL = INFO \nEMPTY=\n')

    assert environment._dot_env(file) == {"OSDM_SCOPE": "a b", "LOG_LEVEL": "INFO"}
    assert environment._dot_env(tmp_path / "missing") == {}


@pytest.mark.parametrize("given", ["0", "65536", "http", "-1"])
def test_a_port_that_is_none_ends_with_a_sentence(given: str) -> None:
    result = run_python("-m", "scripts.run", environment={"PORT": given})

    assert result.returncode == 1
    assert result.stderr == f"PORT must be a port between 1 and 65535, not '{given}'.\n"


def test_every_command_of_the_makefile_is_explained() -> None:
    result = run_python(
        "-c", "import subprocess; subprocess.run(['make'], check=True)", environment={}
    )
    phony = (ROOT / "Makefile").read_text().split(".PHONY:")[1].splitlines()[0].split()

    told = [line.split()[0] for line in result.stdout.splitlines()[1:]]
    assert sorted(told) == sorted(phony)


def test_a_step_that_fails_shows_the_end_of_its_output_and_says_which_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "step.log"
    code = "for n in range(40): print('line', n)\nraise SystemExit(3)"

    with pytest.raises(SystemExit) as ended:
        run_step("Page", [sys.executable, "-c", code], log=log, folder=tmp_path)

    lines = str(ended.value).splitlines()
    assert lines[0] == "  | line 25"
    assert lines[-2:] == ["  | line 39", f"Page failed (exit 3). The whole output: {log}"]
    assert capsys.readouterr().out == ""


def test_a_step_that_works_says_how_long_it_took_and_returns_its_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [sys.executable, "-c", "print('done')"]

    output = run_step("Page", command, log=tmp_path / "step.log", folder=tmp_path)

    assert output == "done\n"
    assert re.fullmatch(r"  Page: \d+\.\d s\n", capsys.readouterr().out)
