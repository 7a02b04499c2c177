"""The register is complete: 24 cases, each with a test, and each test of a guard with its guard."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cases.guards import GUARDS

if TYPE_CHECKING:
    from tests.cases.guard import Edit, Guard

_ROOT = Path(__file__).resolve().parents[2]
_NUMBER = re.compile(r"def (test_case_(\d\d)_\w+)\(")
_TESTS = {
    name: int(number)
    for module in Path(__file__).parent.glob("test_*.py")
    for name, number in _NUMBER.findall(module.read_text())
}


def test_every_case_has_a_test_and_a_guard() -> None:
    assert sorted(set(_TESTS.values())) == list(range(1, 25))
    guarded = {number for name, number in _TESTS.items() for each in GUARDS if each.case in name}
    assert sorted(guarded) == list(range(1, 25))


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.case)
def test_every_guard_belongs_to_a_case(guard: Guard) -> None:
    assert [name for name in _TESTS if name.startswith(guard.case)]


@pytest.mark.parametrize(
    "edit",
    dict.fromkeys(edit for guard in GUARDS for edit in guard.edits),
    ids=lambda edit: edit.file,
)
def test_every_guard_stands_where_the_register_says(edit: Edit) -> None:
    assert (_ROOT / edit.file).read_text().count(edit.kept) == 1
