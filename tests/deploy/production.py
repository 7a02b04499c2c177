"""A complete production environment, and a way to ask the program under it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PRODUCTION = {
    "OPERATOR_NAME": "Example Services AG",
    "PUBLIC_URL": "https://agentur.example",
    "SECRET_KEY": "".join(chr(33 + i % 90) for i in range(0, 270, 3)).replace("'", "-"),
    "AUTH_MODE": "local",
    "ALLOW_LOCAL_LOGIN": "1",
    "DATABASE_URL": "sqlite:///:memory:",
    "OSDM_BASE_URL": "https://osdm.example",
    "OSDM_TOKEN_URL": "https://login.example/token",
    "OSDM_CLIENT_ID": "agentur",
    "OSDM_CLIENT_SECRET": "secret",
    "TRUSTED_PROXY": "1",
}


def run_python(*arguments: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run Python in the tree with this environment and nothing of ours around it."""
    base = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(  # noqa: S603 - our own interpreter, our own arguments
        [sys.executable, *arguments],
        cwd=ROOT,
        env=base | dict(environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def setting(name: str, environment: Mapping[str, str]) -> str:
    """A setting as Python would write it; several, when `name` goes on with a comma."""
    code = f"from agenturclient import settings; print(repr((settings.{name})))"
    result = run_python("-c", code, environment=environment)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()
