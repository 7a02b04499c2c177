"""`make api`: writes agenturclient/api/openapi.yaml and the page's types; `--check` compares.

Both files are committed, because a reader wants to see how a change moves the API, and both are
made from the program alone, so a difference means that somebody forgot to run this.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from scripts.environment import FRONTEND, PYTHON, ROOT, VENV, Command
from scripts.steps import say

_SCHEMA: Final = ROOT / "agenturclient" / "api" / "openapi.yaml"
_TYPES: Final = FRONTEND / "src" / "api" / "schema.d.ts"


def main(arguments: list[str]) -> None:
    """Write both files, or exit 1 with the names of those that are not current."""
    with tempfile.TemporaryDirectory() as name:
        schema, types = _generate(Path(name))
        pairs = {_SCHEMA: schema, _TYPES: types}
        if "--check" not in arguments:
            for path, text in pairs.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
                say(f"  written: {path.relative_to(ROOT)}")
            return
    old = [path for path, text in pairs.items() if not path.exists() or path.read_text() != text]
    if old:
        names = ", ".join(str(path.relative_to(ROOT)) for path in old)
        sys.exit(f"Not current: {names}. Run: make api")


def _generate(folder: Path) -> tuple[str, str]:
    """The texts of the OpenAPI file and of the types made from it."""
    schema, types = folder / "openapi.yaml", folder / "schema.d.ts"
    manage: Command = [PYTHON, ROOT / "manage.py", "spectacular", "--file", schema]
    _run([*manage, "--validate", "--fail-on-warn"])
    tool = FRONTEND / "node_modules" / "openapi-typescript" / "bin" / "cli.js"
    _run([VENV / "bin" / "node", tool, schema, "--output", types])
    return schema.read_text(encoding="utf-8"), types.read_text(encoding="utf-8")


def _run(command: Command) -> None:
    """Run in demo mode, whatever the caller's environment says; end with its words on failure."""
    environment = os.environ | {"DEMO_MODE": "1", "DATABASE_URL": "sqlite:///:memory:"}
    result = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=False,
        text=True,
    )
    if result.returncode:
        sys.exit(f"{result.stdout}{result.stderr}\nThe API's files could not be generated.")


if __name__ == "__main__":
    main(sys.argv[1:])
