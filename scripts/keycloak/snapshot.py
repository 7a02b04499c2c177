"""A copy of Keycloak's database after its first start, so that the next first start is quick.

It holds the tables and the realms as they were applied; it fits one Keycloak version, one state of
the realm files and the secrets of this tree, which is what its name is made of. For its owner only:
it contains keys.
"""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Final

from scripts.environment import write_private
from scripts.keycloak.folders import HOST, KeycloakProblem, cache, clean_environment
from scripts.mariadb import Login, MariaDB

_KEPT: Final = 4


def snapshot_file(version: str, files: list[Path], kept: dict[str, str]) -> Path:
    """Where the snapshot of this version, these realm files and these secrets is or will be."""
    total = hashlib.sha256(version.encode())
    for file in files:
        total.update(file.read_bytes())
    total.update(json.dumps(kept, sort_keys=True).encode())
    return cache() / f"snapshot-{version}-{total.hexdigest()[:12]}.sql"


def take(login: Login, path: Path) -> None:
    """Write the snapshot, whole or not at all. Raises KeycloakProblem."""
    program = shutil.which("mariadb-dump")
    if program is None:
        raise KeycloakProblem("mariadb-dump is missing: install MariaDB's client programs.")
    result = subprocess.run(
        [
            *(program, "--no-defaults", f"--host={HOST}", f"--port={login.port}"),
            *(f"--user={login.user}", "--single-transaction", "--skip-lock-tables"),
            # What belongs to the nodes of today.
            *(f"--ignore-table-data={login.database}.JGROUPS_PING", login.database),
        ],
        env=clean_environment() | {"MYSQL_PWD": login.password},
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise KeycloakProblem(f"mariadb-dump failed: {result.stderr.strip()}")
    write_private(path, result.stdout)
    kept = sorted(path.parent.glob("snapshot-*.sql"), key=lambda file: file.stat().st_mtime)
    for old in kept[:-_KEPT]:
        old.unlink()


def restore(database: MariaDB, login: Login, path: Path) -> None:
    """Put the snapshot into an empty database. Raises ServerFailed."""
    database.sql(path.read_text(encoding="utf-8"), database=login.database)
