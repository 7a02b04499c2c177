"""Reads the tables beside this module: CSV, with remarks in lines that begin with ``#``."""

import csv
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent


def rows(name: str) -> list[dict[str, str]]:
    """The rows of ``<name>.csv``, each by the names in its heading."""
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(line for line in table if not line.startswith("#")))
