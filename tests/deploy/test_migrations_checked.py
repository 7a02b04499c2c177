"""The checker of migrations on a whole tree, as `make check` runs it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from tests.deploy.production import ROOT


def checked(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scripts.migrations"],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_migrations_of_this_tree_pass() -> None:
    result = checked(ROOT)

    assert (result.stdout, result.returncode) == ("", 0), result.stderr


def copied(tree: Path) -> Path:
    """The part of this tree that the checker reads."""
    for name in ("agenturclient", "scripts"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tree


def test_a_broken_migration_in_the_tree_fails_the_check(tmp_path: Path) -> None:
    tree = copied(tmp_path)
    (tree / "agenturclient/settlement/migrations/0003_broken.py").write_text(
        "from django.db import migrations, models\n"
        "class Migration(migrations.Migration):\n"
        "    dependencies = [('settlement', '0002_default_terms')]\n"
        "    operations = [migrations.AddField('Terms', 'extra', models.IntegerField(default=0))]\n"
    )

    result = checked(tree)

    assert result.returncode == 1
    assert result.stdout.startswith(
        "settlement.0003_broken: column-required: settlement_terms.extra; give it db_default="
    )


def test_a_released_migration_that_is_gone_fails_the_check(tmp_path: Path) -> None:
    tree = copied(tmp_path)
    file = tree / "scripts/migrations/released.json"
    releases = json.loads(file.read_text())
    releases["0.1.0"].append("sales.0003_lost")
    file.write_text(json.dumps(releases))

    result = checked(tree)

    assert result.returncode == 1
    assert result.stdout == (
        "sales.0003_lost: released-missing: sales.0003_lost; a migration that was released stays\n"
    )
