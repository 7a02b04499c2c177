"""The overlays as they are, each rendered once."""

import os
import re
from functools import cache
from typing import NoReturn

import pytest

from agenturclient.ops import gunicorn_config
from scripts.environment import ROOT
from tests.deploy.policies.installation import Installation, Program
from tests.deploy.policies.rendering import MISSING, OVERLAYS, rendered, renderer

_NAME = re.compile(r"^#?([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)
_SECRET = re.compile(r"_(SECRET|PASSWORD)$")
_ENTRY = re.compile(r"\$\(([A-Z_]+)\)")


@cache
def installation(name: str) -> Installation:
    """The overlay of that name; `absent` where this machine cannot render."""
    if renderer() is None:
        absent(MISSING)
    return Installation(name, rendered(OVERLAYS / name), program())


def absent(what: str) -> NoReturn:
    """Ends a test for want of a program: as failed in `make check`, as skipped elsewhere."""
    if os.environ.get("MANIFESTS") == "required":
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


@cache
def program() -> Program:
    """What the tree says of the program. `test_documented.py` proves `.env.example` complete."""
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    return Program(
        defaults=dict(_NAME.findall(example)),
        realm=frozenset(_read_by_the_applier()),
        graceful_timeout=gunicorn_config.graceful_timeout,
        worker_timeout=gunicorn_config.timeout,
    )


def _read_by_the_applier() -> set[str]:
    """Where Keycloak is and who asks; and what the files of the realm name as $(NAME)."""
    names = {f"KEYCLOAK_ADMIN_{each}" for each in ("URL", "CLIENT_ID", "CLIENT_SECRET")}
    for file in (ROOT / "keycloak" / "realm").glob("*.json"):
        names |= set(_ENTRY.findall(file.read_text(encoding="utf-8")))
    return names | {f"{name}_FILE" for name in names if _SECRET.search(name)}
