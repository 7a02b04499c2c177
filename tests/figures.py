"""What a run measured: a table that pytest shows at its end, passed or not, and keeps in `var`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from scripts.environment import ROOT

_PROMISED: Final = ("measured", "seen", "promised")
_TOLD: Final = pytest.StashKey[list[tuple[str, Callable[[], str]]]]()


class Figures:
    """A table of three columns that grows while the tests run. `about` stands above it."""

    def __init__(self, heads: tuple[str, str, str] = _PROMISED) -> None:
        self.about = ""
        self._heads = heads
        self._rows: dict[str, tuple[str, str]] = {}

    def add(self, what: str, second: object, third: object = "") -> None:
        """One more row, or what was still empty of the one of this name."""
        known = self._rows.get(what, ("", ""))
        self._rows[what] = (known[0] or str(second), known[1] or str(third))

    def text(self) -> str:
        """The table, empty when nothing was measured."""
        if not self._rows:
            return ""
        rows = [self._heads, *((what, *row) for what, row in self._rows.items())]
        widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        return "\n".join([*([self.about] if self.about else []), *lines, ""])

    def write(self, folder: Path, name: str) -> None:
        """The same as `name`.txt and, for a machine, as `name`.json."""
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.txt").write_text(self.text(), "utf-8")
        rows = [
            dict(zip(self._heads, (what, *row), strict=True)) for what, row in self._rows.items()
        ]
        document = {"about": self.about, "rows": rows}
        (folder / f"{name}.json").write_text(
            json.dumps(document, indent=1, ensure_ascii=False), "utf-8"
        )


def tell_at_the_end(config: pytest.Config, title: str, text: Callable[[], str]) -> None:
    """Have pytest show a text when all tests have run; an empty one is left out."""
    config.stash.setdefault(_TOLD, []).append((title, text))


def figures_at_the_end(config: pytest.Config, title: str, name: str, figures: Figures) -> Figures:
    """Have pytest show a table when all tests have run, and keep it in `var` by its name."""

    def keep() -> str:
        if text := figures.text():
            figures.write(ROOT / "var", name)
        return text

    tell_at_the_end(config, title, keep)
    return figures


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Show what is to be told, whether the tests passed or not."""
    for title, text in config.stash.get(_TOLD, []):
        if told := text():
            terminalreporter.section(title)
            terminalreporter.line(told)
