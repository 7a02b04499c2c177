"""Starts the program from a finished tree with nothing else on the path, and asks it."""

import re
import shutil
import tempfile
from http import HTTPStatus
from pathlib import Path
from typing import Final

from scripts import programs
from scripts.environment import Command
from scripts.image.dockerfile import Stage
from scripts.image.moved import Moved, NotProven
from scripts.image.stages import Tree
from scripts.steps import say

_NAMED_FILE: Final = re.compile(r'(?:src|href)="(/static/assets/[^"]+)"')
# Every module of the running program that is neither Python's own nor the tree's.
_STRANGERS: Final = """
import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "agenturclient.settings")
import agenturclient.wsgi, MySQLdb, gunicorn, keycloak.applier.realm
homes = (os.getcwd() + os.sep, sys.base_prefix + os.sep)
files = {getattr(module, "__file__", None) or "" for module in sys.modules.values()}
ours = {file for file in files if file.startswith(homes) and "/dist-packages/" not in file}
print(*sorted(file for file in files - ours if file))
"""
_TOOLS: Final = ("pip", "setuptools")
_HAS: Final = "import importlib.util, sys; sys.exit(importlib.util.find_spec({!r}) is not None)"


def prove(tree: Tree, image: Stage, port: int) -> None:
    """Migrate, serve, ask for health, for the page and its files; then from the shelf of assets.

    Raises NotProven with the first thing that is not as it must be.
    """
    place = Path(tempfile.mkdtemp(prefix="agenturclient-image-"))
    try:
        moved = Moved(place, tree, port)
        who = f"user {moved.user}" if moved.user else "the same user"
        say(f"Proof, in a write-protected copy of the tree, as {who}:")
        strangers = moved.run("python", "-c", _STRANGERS).split()
        _need(f"modules from outside the tree: {strangers}", holds=not strangers)
        for tool in _TOOLS:
            moved.run("python", "-c", _HAS.format(tool))
        moved.run("python", "manage.py", "migrate", "--no-input")
        moved.run("python", "manage.py", "clearsessions")
        with moved.serving(image.command()):
            named = _page(moved)
            _files(moved, named)
        moved.run(*_in_image(programs.FILL_SHELF))
        with moved.serving(_in_image(programs.ASSETS)):
            _files(moved, named)
        say(f"  migrations, the page and its {len(named)} files, twice: as they must be")
    finally:
        shutil.rmtree(place)


def _in_image(command: Command) -> list[str]:
    return ["python", *(str(part) for part in command[1:])]


def _page(moved: Moved) -> list[str]:
    """The files that the page names."""
    page = moved.get("/")
    named = _NAMED_FILE.findall(page.body.decode())
    _need("the page may be kept", holds=page.headers.get("cache-control") == "no-store")
    _need(f"the page names no program: {named}", holds=any(each.endswith(".js") for each in named))
    return named


def _files(moved: Moved, named: list[str]) -> None:
    for each in named:
        file = moved.get(each)
        kept = file.headers.get("cache-control", "")
        good = file.status == HTTPStatus.OK and "immutable" in kept and bool(file.body)
        _need(f"{each}: {file.status} {kept}", holds=good)


def _need(otherwise: str, *, holds: bool) -> None:
    if not holds:
        raise NotProven(otherwise)
