"""The railway stations that are shipped with us, for a distributor that cannot look up places."""

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).resolve().with_name("stations.csv")
_LANGUAGES = ("de", "fr", "it", "en")
_NOT_A_WORD = re.compile(r"[^0-9a-z]+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


@dataclass(frozen=True)
class ListedStation:
    """A station of the list: UIC number (seven digits), official abbreviation or "", local name."""

    uic: int
    code: str
    name: str


@dataclass(frozen=True)
class _Row:
    station: ListedStation
    passengers: int
    code: str
    names: tuple[str, ...]


def find_listed_stations(text: str, *, limit: int) -> tuple[ListedStation, ...]:
    """Up to ``limit`` stations that answer to ``text``, in German, French, Italian or English.

    The station with this abbreviation is first, then whole names, then beginnings of names, then
    beginnings of words; within each the busier station. Accents and case do not matter.
    """
    wanted = _plain(text)
    if not wanted:
        return ()
    found = [(rank, row) for row in _table() if (rank := _rank(row, wanted)) is not None]
    found.sort(key=lambda one: (one[0], -one[1].passengers, one[1].station.name))
    return tuple(row.station for _, row in found[:limit])


@cache
def _table() -> tuple[_Row, ...]:
    with _TABLE.open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(line for line in table if not line.startswith("#")))
    return tuple(
        _Row(
            ListedStation(int(row["uic"]), row["code"], row["name"]),
            int(row["passengers"]),
            row["code"].casefold(),
            _spellings([row["name"], *(row[one] for one in _LANGUAGES if row[one])]),
        )
        for row in rows
    )


def _spellings(names: list[str]) -> tuple[str, ...]:
    """Each name without accents, and with ae, oe and ue for the umlauts."""
    with_umlauts = [name.casefold().translate(_UMLAUTS) for name in names]
    return tuple({_plain(name) for name in (*names, *with_umlauts)})


def _rank(row: _Row, wanted: str) -> int | None:
    tests = (
        wanted == row.code,
        wanted in row.names,
        any(name.startswith(wanted) for name in row.names),
        any(f" {wanted}" in name for name in row.names),
    )
    return tests.index(True) if True in tests else None


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return _NOT_A_WORD.sub(" ", "".join(a for a in letters if not unicodedata.combining(a))).strip()
