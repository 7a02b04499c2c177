"""Each of the 24 fault cases fails without the guard that it is about.

A guard is taken away in a copy of the tree, and the case is run there by a pytest of its own: no
function of the product is replaced, and nothing of it has to be made replaceable.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cases.guards import GUARDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cases.guard import Guard

_ROOT = Path(__file__).resolve().parents[2]
_COPIED = ("agenturclient", "sandbox", "scripts", "tests", "manage.py", "pyproject.toml")
_SUMMARY = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
_SKIPPED = re.compile(r"^SKIPPED \[\d+\] \S+ (.+)$", re.MULTILINE)
_FAILED, _PASSED = 1, 0
# One case of each kind: within a process, with a process of its own, with a database of its own.
_SAMPLES = "test_case_01 or test_case_14 or test_case_20_a_node_that_became"

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of everything that the cases need."""
    copy = tmp_path_factory.mktemp("tree")
    for name in _COPIED:
        source = _ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)
    return copy


@pytest.fixture
def without(tree: Path, guard: Guard) -> Iterator[Path]:
    """The copy without one guard."""
    before = {edit.file: (tree / edit.file).read_text() for edit in guard.edits}
    for edit in guard.edits:
        assert before[edit.file].count(edit.kept) == 1
        (tree / edit.file).write_text(before[edit.file].replace(edit.kept, edit.removed))
    yield tree
    for name, text in before.items():
        (tree / name).write_text(text)


def run(tree: Path, case: str) -> tuple[int, str]:
    """Run the tests of a case in a tree; pytest's exit status and what it said."""
    result = subprocess.run(  # noqa: S603 - pytest itself
        [
            *(sys.executable, "-B", "-m", "pytest", "-q", "-x", "-rfEs", "-p", "no:cacheprovider"),
            *("tests/cases", "--ignore", "tests/cases/test_register.py", "-k", case),
        ],
        cwd=tree,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    return result.returncode, result.stdout + result.stderr


def test_the_copy_is_good(tree: Path) -> None:
    """Else a failure below would prove nothing."""
    code, said = run(tree, _SAMPLES)
    assert code == _PASSED, said[-3000:]


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.case}: {guard.rule}")
def test_a_case_fails_without_its_guard(without: Path, guard: Guard) -> None:
    code, said = run(without, guard.case)
    if code == _PASSED and (missing := _SKIPPED.findall(said)):
        pytest.skip("; ".join(missing))
    assert code == _FAILED, said[-3000:]
    assert any(guard.case in node for node in _SUMMARY.findall(said)), said[-3000:]
