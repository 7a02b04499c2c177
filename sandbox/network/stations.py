"""The stations that the sandbox's trains serve, and the search for them by what a person types."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from sandbox.network.tables import rows

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_NOT_A_WORD = re.compile(r"[^0-9a-z]+")
_SAINTS = frozenset({"sankt", "saint"})

# How well a text meets a station, best first; within one rank the busier station is first.
_BY_CODE, _WHOLE_NAME, _START_OF_NAME, _STARTS_OF_WORDS = range(4)


@dataclass(frozen=True)
class Station:
    """A place where trains stop.

    ``uic`` has seven digits, ``code`` is the official abbreviation (empty for stations that have
    none), coordinates are WGS 84 degrees, ``passengers`` is the average of a working day (0: not
    counted). ``aliases`` gives the name in other languages, by language (de, fr, it, en, rm).
    """

    uic: int
    code: str
    name: str
    latitude: float
    longitude: float
    passengers: int
    aliases: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True)
class _Entry:
    """A station with every spelling it answers to, folded."""

    station: Station
    code: str
    names: frozenset[str]


def station(uic: int) -> Station:
    """The station with this UIC number. Raises KeyError when no train of ours stops there."""
    return _by_uic()[uic]


def all_stations() -> tuple[Station, ...]:
    """Every station, in the order of the UIC numbers."""
    return tuple(_by_uic().values())


def find_stations(text: str, *, limit: int) -> tuple[Station, ...]:
    """Up to ``limit`` stations for what a person typed, the likeliest first.

    First the station whose abbreviation it is, then whole names, beginnings of names and
    beginnings of words, in any language; the busier station goes first. Accents, case and
    punctuation do not matter, and ue stands for ü: "st gallen", "zuerich", "geneve aeroport".
    """
    wanted = _fold(text)
    if not wanted:
        return ()
    ranked = sorted(
        (rank, -entry.station.passengers, entry.station.name, entry.station.uic)
        for entry in _entries()
        if (rank := _rank(entry, wanted)) is not None
    )
    return tuple(station(uic) for _, _, _, uic in ranked[:limit])


@cache
def _by_uic() -> Mapping[int, Station]:
    aliases: dict[int, dict[str, str]] = {}
    for row in rows("aliases"):
        aliases.setdefault(int(row["uic"]), {})[row["language"]] = row["alias"]
    found = {}
    for row in rows("stations"):
        uic = int(row["uic"])
        found[uic] = Station(
            uic=uic,
            code=row["code"],
            name=row["name"],
            latitude=float(row["lat"]),
            longitude=float(row["lon"]),
            passengers=int(row["passengers"]),
            aliases=MappingProxyType(aliases.get(uic, {})),
        )
    return MappingProxyType(dict(sorted(found.items())))


@cache
def _entries() -> tuple[_Entry, ...]:
    return tuple(
        _Entry(one, one.code.casefold(), frozenset(_spellings(one))) for one in all_stations()
    )


def _spellings(one: Station) -> Iterator[str]:
    for name in (one.name, *one.aliases.values()):
        yield _fold(name)
        yield _fold(name.casefold().translate(_UMLAUTS))


def _rank(entry: _Entry, wanted: str) -> int | None:
    if wanted == entry.code:
        return _BY_CODE
    if wanted in entry.names:
        return _WHOLE_NAME
    if any(name.startswith(wanted) for name in entry.names):
        return _START_OF_NAME
    if any(_starts_words(name.split(), wanted.split()) for name in entry.names):
        return _STARTS_OF_WORDS
    return None


def _starts_words(words: list[str], wanted: list[str]) -> bool:
    """Whether each wanted piece begins a word, in the order of the words ("zur flug")."""
    rest = iter(words)
    return all(any(word.startswith(piece) for word in rest) for piece in wanted)


def _fold(text: str) -> str:
    """Small plain letters, single spaces; Sankt and Saint are written St, as on the signs."""
    plain = "".join(
        sign
        for sign in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(sign)
    )
    words = _NOT_A_WORD.sub(" ", plain).split()
    return " ".join("st" if word in _SAINTS else word for word in words)
