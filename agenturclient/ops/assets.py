"""The page's files of two releases on one shelf: this one's, and those of the one before.

While a rollout goes on both releases serve, and a tab that is open stays on the one it was loaded
from. So the hashed files come from a workload of their own that is rolled first (ADR 23): before it
serves, it takes what the release before needs from that one's image, or from what serves now.

    python -m agenturclient.ops.assets      (fills ASSETS_DIR, from ASSETS_FROM too)

`releases.json` on the shelf says what is there: the files of each release with their digests,
newest first. This workload needs no secret and no database.
"""

import hashlib
import json
import logging
import logging.config
import re
import shutil
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from agenturclient.env import Environment
from agenturclient.framework import json_logging

PREFIX: Final = "static"
HASHED: Final = "assets"
"""The folder of the files that carry a hash of their content in their name."""
LISTING: Final = "releases.json"

Release = dict[str, str]
"""Name of a hashed file -> SHA-256 of its content, as hexadecimal digits."""

_BUILT: Final = Path(__file__).resolve().parents[2] / "frontend" / "dist"
_NAME: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}")
_COMPRESSED: Final = frozenset({".gz", ".br"})
_TIMEOUT_SECONDS: Final = 10.0
_LARGEST_BYTES: Final = 16 * 1024 * 1024
_MOST_FILES: Final = 2000
# Nobody serves yet: refused by the machine, or by what stands in front of it.
_NOBODY: Final = (HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE)

env = Environment()
ASSETS_DIR: Final = Path(env.text("ASSETS_DIR", "var/assets"))
ASSETS_FROM: Final = env.text("ASSETS_FROM", "").rstrip("/")

logger = logging.getLogger(__name__)


class ShelfBroken(Exception):
    """The shelf that serves now does not say what it holds, or gives something else."""


def fill(shelf: Path, *, built: Path, source: str = "") -> list[Release]:
    """Put this release's files, and those of the one before it, on an empty shelf.

    `built` is the folder that the page's build made. `source` is where the release before stands:
    the folder that its build made, or the http address of a shelf that serves. Empty, or with
    nobody at the address, this release stands alone: it is the first. Returns what stands there
    now, newest first.

    Raises OSError and ShelfBroken when the source does not give what is needed: a rollout had
    better stop than go on without it.
    """
    own = _release(built)
    shutil.rmtree(shelf, ignore_errors=True)
    shutil.copytree(built / HASHED, shelf / HASHED)
    for file in built.iterdir():  # the few that carry no hash: the newest release's
        if file.is_file() and file.suffix != ".html":
            shutil.copy(file, shelf)
    # A pod that starts late finds its own release there already; then the one before stands next.
    releases = [own, *[each for each in _former(source) if each != own][:1]]
    for name in releases[-1].keys() - own.keys():
        (shelf / HASHED / name).write_bytes(_fetched(source, name, releases[-1][name]))
    (shelf / LISTING).write_text(json.dumps({"releases": releases}), encoding="utf-8")
    return releases


def _release(built: Path) -> Release:
    """The files that a page may name: their compressed copies have no address of their own."""
    files = (file for file in (built / HASHED).iterdir() if file.suffix not in _COMPRESSED)
    return {file.name: _digest(file.read_bytes()) for file in files}


def _former(source: str) -> list[Release]:
    """The releases that the source knows, newest first."""
    if not source:
        return []
    return _served(source) if _is_address(source) else [_release(Path(source))]


def _served(source: str) -> list[Release]:
    """What the shelf at an address holds; nothing when nobody is there."""
    try:
        listed = json.loads(_get(f"{source}/{PREFIX}/{LISTING}"))
    except HTTPError as answer:
        if answer.code in _NOBODY:
            return []
        raise
    except URLError as error:
        if isinstance(error.reason, ConnectionRefusedError):
            return []
        raise
    except ValueError as error:
        raise ShelfBroken(f"{source}: {LISTING} is not JSON") from error
    if not _is_listing(listed):
        raise ShelfBroken(f"{source}: {LISTING} is not a list of releases")
    return list(listed["releases"])


def _is_listing(listed: object) -> bool:
    releases = listed.get("releases") if isinstance(listed, dict) else None
    return isinstance(releases, list) and all(
        isinstance(release, dict)
        and len(release) <= _MOST_FILES
        and all(_NAME.fullmatch(name) and isinstance(release[name], str) for name in release)
        for release in releases
    )


def _fetched(source: str, name: str, digest: str) -> bytes:
    if _is_address(source):
        content = _get(f"{source}/{PREFIX}/{HASHED}/{name}")
    else:
        content = Path(source, HASHED, name).read_bytes()
    if _digest(content) != digest:
        raise ShelfBroken(f"{source}: {name} is not what {LISTING} says")
    return content


def _is_address(source: str) -> bool:
    return source.startswith(("http://", "https://"))


def _get(address: str) -> bytes:
    with urlopen(address, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - a checked http(s) address
        content: bytes = answer.read(_LARGEST_BYTES)
    return content


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def main() -> None:
    """Fill the shelf that the environment names, and say what stands on it."""
    env.complete()
    logging.config.dictConfig(json_logging("INFO", {}))
    releases = fill(ASSETS_DIR, built=_BUILT, source=ASSETS_FROM)
    counts = ", ".join(str(len(release)) for release in releases)
    logger.info("the shelf is filled", extra={"releases": len(releases), "files": counts})


if __name__ == "__main__":
    main()
