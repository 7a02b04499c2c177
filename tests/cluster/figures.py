"""What the cluster showed, as a table and as JSON."""

import json
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Figures:
    """One row for each thing that was proven: what, as the overlay has it, on its broken copy."""

    about: str = ""
    rows: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, what: str, whole: object, broken: object = "") -> None:
        """One more row, or the other half of one."""
        for number, (known, as_is, spoilt) in enumerate(self.rows):
            if known == what:
                self.rows[number] = (what, as_is or str(whole), spoilt or str(broken))
                return
        self.rows.append((what, str(whole), str(broken)))

    def lines(self) -> list[str]:
        """The table."""
        if not self.rows:
            return []
        heads = ("", "as deploy/ has it", "on a broken copy")
        widths = [max(len(row[i]) for row in (heads, *self.rows)) for i in range(3)]
        return [self.about] + [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in (heads, *self.rows)
        ]

    def write(self, folder: Path) -> None:
        """`cluster.txt` and `cluster.json`."""
        folder.mkdir(exist_ok=True)
        (folder / "cluster.txt").write_text("\n".join(self.lines()) + "\n", encoding="utf-8")
        document = {
            "about": self.about,
            "rows": [
                {"what": what, "whole": whole, "broken": broken}
                for what, whole, broken in self.rows
            ],
        }
        (folder / "cluster.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
