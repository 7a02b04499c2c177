"""What the tests measured, for the table at the end of a run."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One measurement beside what is promised."""

    what: str
    seen: str
    promised: str


class Figures:
    """A table that grows while the tests run."""

    def __init__(self) -> None:
        self._rows: list[Figure] = []

    def add(self, what: str, seen: str, promised: str = "") -> None:
        """Note one measurement."""
        self._rows.append(Figure(what, seen, promised))

    def lines(self) -> list[str]:
        """The table as text, none when nothing was measured."""
        rows = [("measured", "seen", "promised")]
        rows += [(row.what, row.seen, row.promised) for row in self._rows]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        told = ["  ".join(cell.ljust(widths[i]) for i, cell in enumerate(row)) for row in rows]
        return [line.rstrip() for line in told] if self._rows else []

    def write(self, folder: Path, name: str = "identity") -> None:
        """Keep the table in `identity.txt` and `identity.json`, or by another name."""
        if self._rows:
            folder.mkdir(exist_ok=True)
            rows = [asdict(row) for row in self._rows]
            (folder / f"{name}.json").write_text(json.dumps(rows, indent=1, ensure_ascii=False))
            (folder / f"{name}.txt").write_text("\n".join(self.lines()) + "\n")
