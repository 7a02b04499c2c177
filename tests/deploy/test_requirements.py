"""The requirement files: pinned with hashes, explained, and in step with each other."""

import ast
import re
import sys
from importlib.metadata import packages_distributions

import pytest

from tests.deploy.production import ROOT

SETS = [f"requirements{each}.txt" for each in ("", "-embedded", "-dev", "-scanner")]
SOURCES = sorted(path.name for path in ROOT.glob("requirements*.in"))
_PIN = re.compile(r"^([a-z0-9-]+)==([^ ]+) \\$", re.MULTILINE)
_OURS = {"agenturclient", "keycloak", "sandbox", "scripts", "tests"}
_EXPLAINED = re.compile(r"^[a-z0-9-]+==\S+ +# [A-Za-z0-9.-]+(?: OR [A-Za-z0-9.-]+)?\. \S.*$")


def pins(name: str) -> dict[str, str]:
    return dict(_PIN.findall((ROOT / name).read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", SETS)
def test_every_package_is_pinned_with_hashes_and_from_no_named_place(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    entries = [line for line in text.splitlines() if line and line[0] not in "# "]

    assert [line for line in entries if not _PIN.match(line)] == []
    for entry in re.split(r"^(?=[a-z0-9-]+==)", text, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in entry
    assert re.findall(r"https?://|--index|--find-links|--extra-index", text) == []


@pytest.mark.parametrize("name", SOURCES)
def test_every_chosen_package_has_its_licence_and_a_reason(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    chosen = [line for line in lines if line and line[0] not in "#-"]

    assert [line for line in chosen if not _EXPLAINED.match(line)] == []


@pytest.mark.parametrize("name", SETS)
def test_every_chosen_package_stands_in_the_compiled_file(name: str) -> None:
    source = ROOT / name.replace(".txt", ".in")
    found = pins(name)

    assert {n: v for n, v in chosen_pins(source.name).items() if found.get(n) != v} == {}


def chosen_pins(name: str) -> dict[str, str]:
    """The pins of a source file and of those it includes."""
    text = (ROOT / name).read_text(encoding="utf-8")
    chosen = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))
    for included in re.findall(r"^-r (\S+)$", text, re.MULTILINE):
        chosen |= chosen_pins(included)
    return chosen


def test_the_embedded_set_is_production_without_the_database_driver() -> None:
    production, embedded = pins("requirements.txt"), pins("requirements-embedded.txt")

    assert set(production) - set(embedded) == {"mysqlclient"}
    assert {n for n in production.keys() & embedded.keys() if production[n] != embedded[n]} == set()


def test_the_development_set_contains_the_embedded_one() -> None:
    embedded, dev = pins("requirements-embedded.txt"), pins("requirements-dev.txt")

    assert {n: v for n, v in embedded.items() if dev.get(n) != v} == {}


def imported_by(folder: str, *, but: str = "") -> set[str]:
    """Top-level names of all modules that the Python files of a folder import; `but` names a folder
    in it that is not meant.
    """
    names: set[str] = set()
    for path in (ROOT / folder).rglob("*.py"):
        if but and (ROOT / folder / but) in path.parents:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - _OURS


@pytest.mark.parametrize(
    ("folder", "source"),
    [
        ("agenturclient", "requirements-app.in"),
        ("keycloak", "requirements-app.in"),
        ("sandbox", "requirements-embedded.in"),
        ("tests", "requirements-dev.in"),
    ],
)
def test_whatever_is_imported_was_chosen(folder: str, source: str) -> None:
    distributions = packages_distributions()
    imported = {
        distribution.lower().replace("_", "-")
        for name in imported_by(folder)
        for distribution in distributions[name]
    }

    assert imported - set(chosen_pins(source)) == set()


def test_the_scripts_need_nothing_but_python() -> None:
    """But for the checker of migrations, which compares what Django makes of them."""
    assert imported_by("scripts", but="migrations") == set()
    assert imported_by("scripts") == {"django"}
