"""Two releases of the program: the tree as it is, and one with a migration and another page."""

import json
import os
import shutil
from pathlib import Path
from typing import Final

from scripts import programs
from scripts.environment import FRONTEND, ROOT
from scripts.ha.processes import Release
from scripts.setup import compile_page
from scripts.steps import run_step

MIGRATION: Final = "channel"
_MODEL: Final = Path("agenturclient", "sales", "models", "orders.py")
_BEFORE: Final = "    travel_at = models.DateTimeField(null=True)\n\n    class Meta:\n"
# As an expansion has to be: the release before does not know the column and inserts all the same.
_FIELD: Final = '    channel = models.CharField(max_length=20, blank=True, db_default="")\n'
_TEXTS: Final = Path("frontend", "src", "i18n", "locales", "de.json")
_NO_SOURCES: Final = shutil.ignore_patterns(
    "node_modules", "dist", "e2e", "test-results", "playwright-report"
)


def this_release(folder: Path) -> Release:
    """The tree as it is now, copied: what is edited during the test does not matter to it."""
    release = _copied(Release("release 1", folder / "release-1"))
    shutil.copytree(FRONTEND / "dist", release.tree / "frontend" / "dist")
    return release


def next_release(folder: Path) -> Release:
    """The same with one more column in the orders' table, and a changed text on the page."""
    release = _copied(Release("release 2", folder / "release-2"))
    page = release.tree / "frontend"
    shutil.copytree(FRONTEND, page, ignore=_NO_SOURCES)
    (page / "node_modules").symlink_to(FRONTEND / "node_modules")
    texts = release.tree / _TEXTS
    told = json.loads(texts.read_text("utf-8"))
    told["frame"]["nothingHere"] += " (2)"
    texts.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    compile_page(page, folder)
    _add_column(release, folder)
    return release


def _add_column(release: Release, folder: Path) -> None:
    model = release.tree / _MODEL
    source = model.read_text("utf-8")
    assert source.count(_BEFORE) == 1, f"{_MODEL} is not as expected"
    field, meta = _BEFORE.split("\n\n")
    model.write_text(source.replace(_BEFORE, f"{field}\n{_FIELD}\n{meta}"), "utf-8")
    run_step(
        "Migration of release 2",
        [*programs.MANAGE, "makemigrations", "sales", "--name", MIGRATION],
        log=folder / "makemigrations.log",
        folder=release.tree,
        environment={
            "PATH": os.environ["PATH"],
            "DEMO_MODE": "1",
            "DATABASE_URL": "sqlite:///:memory:",
        },
    )


def _copied(release: Release) -> Release:
    """The program without its page."""
    release.tree.mkdir(parents=True)
    shutil.copy(ROOT / "manage.py", release.tree)
    shutil.copytree(
        ROOT / "agenturclient",
        release.tree / "agenturclient",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    return release
