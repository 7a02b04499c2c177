"""`make check`: every check, also after one has failed, and a summary at the end."""

import os
import subprocess
import sys
import time
from typing import Final

from scripts.environment import FRONTEND, ROOT, VENV, Command
from scripts.steps import say

_BIN: Final = VENV / "bin"
_MODULES: Final = FRONTEND / "node_modules"
_NODE: Final = _BIN / "node"

_CHECKS: Final[dict[str, Command]] = {
    "style": [_BIN / "ruff", "check", "--quiet", ROOT],
    "format": [_BIN / "ruff", "format", "--check", "--quiet", ROOT],
    "types": [_BIN / "mypy", "--no-error-summary"],
    "imports": [_BIN / "lint-imports"],
    "migrations": [_BIN / "python", "-m", "scripts.migrations"],
    "generated files": [_BIN / "python", "-m", "scripts.api", "--check"],
    "images": [_BIN / "hadolint", ROOT / "Dockerfile", ROOT / "keycloak" / "Containerfile"],
    "shell": [_BIN / "shellcheck", ROOT / ".ci" / "run", ROOT / "deploy" / "rollout"],
    "manifests": [_BIN / "python", "-m", "pytest", "--quiet", "tests/deploy/policies"],
    "page style": [_NODE, _MODULES / "eslint" / "bin" / "eslint.js", "."],
    "page types": [_NODE, _MODULES / "vue-tsc" / "bin" / "vue-tsc.js", "--build", "--noEmit"],
}


def main() -> None:
    """Run all checks one after the other; exit 1 when one failed."""
    path = f"{_BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    # Here a renderer or a scanner that is missing is a failure; in `make test` it skips a test.
    environment = os.environ | {"PATH": path, "MANIFESTS": "required"}
    failed = []
    for name, command in _CHECKS.items():
        started = time.monotonic()
        folder = FRONTEND if name.startswith("page ") else ROOT
        result = subprocess.run(
            [str(part) for part in command],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            text=True,
        )
        if result.returncode:
            failed.append(name)
            say(result.stdout.rstrip())
        verdict = "FAILED" if result.returncode else "ok"
        say(f"  {name}: {verdict} ({time.monotonic() - started:.1f} s)")
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}.")


if __name__ == "__main__":
    main()
