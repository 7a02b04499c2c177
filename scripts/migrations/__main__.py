"""Part of `make check`: could the version that runs live with the migrations that are new?

`released.json` lists what each release has brought. `--release 0.2.0` adds what is new under that
name: do it in the commit that makes the release.
"""

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import django

from scripts.steps import say

if TYPE_CHECKING:
    from django.db.migrations.loader import MigrationLoader

    from scripts.migrations.judge import Finding

Releases = dict[str, list[str]]
_RELEASED: Final = Path(__file__).with_name("released.json")


def main(arguments: list[str]) -> None:
    """Print what was found and exit 1, or record a release."""
    os.environ |= {"DEMO_MODE": "1", "DATABASE_URL": "sqlite:///:memory:"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "agenturclient.settings"
    django.setup()
    # Not before the settings stand.
    from django.db.migrations.loader import MigrationLoader  # noqa: PLC0415 - as above

    loader = MigrationLoader(None)
    releases: Releases = json.loads(_RELEASED.read_text(encoding="utf-8"))
    if arguments[:1] == ["--release"]:
        _record(loader, releases, *arguments[1:])
        return
    found = check(loader, releases)
    for finding in found:
        say(str(finding))
    if found:
        sys.exit("The running version could not live with these migrations.")


def check(loader: "MigrationLoader", releases: Releases) -> "list[Finding]":
    """What is wrong with the migrations on disk that no release has brought."""
    from scripts.migrations.judge import Finding, judge  # noqa: PLC0415 - needs the settings
    from scripts.migrations.rules import Breach  # noqa: PLC0415 - as above

    released = {name for names in releases.values() for name in names}
    known = [key for key in _in_order(loader) if ".".join(key) in released]
    new = [key for key in _in_order(loader) if ".".join(key) not in released]
    missing = sorted(released - {".".join(key) for key in known})
    found = judge(
        [loader.graph.nodes[key] for key in new],
        running=loader.project_state(known),
        released=released,
    )
    return [Finding(name, Breach("released-missing", name)) for name in missing] + found


def _in_order(loader: "MigrationLoader") -> list[tuple[str, str]]:
    """All migrations, each after those that it needs."""
    leaves = sorted(loader.graph.leaf_nodes())
    return list(dict.fromkeys(key for leaf in leaves for key in loader.graph.forwards_plan(leaf)))


def _record(loader: "MigrationLoader", releases: Releases, release: str) -> None:
    released = {name for names in releases.values() for name in names}
    new = sorted({".".join(key) for key in _in_order(loader)} - released)
    releases[release] = sorted({*releases.get(release, []), *new})
    _RELEASED.write_text(json.dumps(releases, indent=2) + "\n", encoding="utf-8")
    say(f"{release}: {len(new)} migrations more.")


if __name__ == "__main__":
    main(sys.argv[1:])
