"""`make test-mariadb`: the tests that are about the store, on a MariaDB server of their own.

Those of flows and races run on SQLite in `make test`, too; those of deploy need the server, and are
skipped there without its driver. What follows on the command line goes to pytest.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from scripts.environment import PYTHON, ROOT
from scripts.mariadb import MariaDB, ServerMissing

_TESTS: Final = (
    *("tests/flows", "tests/concurrency", "tests/cases/test_database.py"),
    *("tests/deploy/test_fail_over.py", "tests/deploy/test_database_tls.py"),
    "tests/deploy/test_mariadb.py",
)
# What is written here need not survive anything.
_OPTIONS: Final = ("--innodb-flush-log-at-trx-commit=0",)


def main(arguments: list[str]) -> None:
    """Run them; ends with pytest's own exit code."""
    with tempfile.TemporaryDirectory(prefix="agenturclient-mariadb-") as folder:
        try:
            server = MariaDB(Path(folder), options=_OPTIONS)
        except ServerMissing as missing:
            sys.exit(str(missing))
        with server:
            login = server.create_database("agenturclient_test")
            result = subprocess.run(
                [PYTHON, "-m", "pytest", "--quiet", *(arguments or _TESTS)],
                cwd=ROOT,
                env=os.environ | {"TEST_DATABASE_URL": login.url},
                check=False,
            )
    sys.exit(result.returncode)


if __name__ == "__main__":
    main(sys.argv[1:])
