"""What the program reads from its environment and what `.env.example` tells are the same."""

import re

from agenturclient.ops import assets, gunicorn_config
from tests import settings
from tests.deploy.production import PRODUCTION, ROOT, run_python

_NAME = re.compile(r"^#?([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)
APART = gunicorn_config.env.names | assets.env.names
"""What processes read that know nothing of the settings."""
EXAMPLE = dict(_NAME.findall((ROOT / ".env.example").read_text(encoding="utf-8")))


def names_read() -> set[str]:
    """Of all settings, also those that only MySQL asks for."""
    code = "from agenturclient.settings import env; print(*sorted(env.names))"
    environment = PRODUCTION | {"DATABASE_URL": "mysql://shop@db/agentur"}
    return set(run_python("-c", code, environment=environment).stdout.split())


def test_every_setting_is_in_the_example_file_and_nothing_else() -> None:
    assert names_read() | APART == set(EXAMPLE)


def test_the_example_file_names_each_setting_once() -> None:
    found = [name for name, _ in _NAME.findall((ROOT / ".env.example").read_text("utf-8"))]

    assert sorted(found) == sorted(set(found))


def test_the_defaults_in_the_example_file_are_the_defaults() -> None:
    stated = {name: value for name, value in EXAMPLE.items() if value and not value.startswith("{")}
    stated |= PRODUCTION
    environment = {name: stated[name] for name in stated if name not in APART}
    code = (
        "from agenturclient import settings as s\n"
        "names = [n for n in dir(s) if n.isupper() and n not in ('BASE_DIR', 'DATABASES')]\n"
        "print({n: getattr(s, n) for n in names})"
    )

    with_stated = run_python("-c", code, environment=environment)
    without = run_python("-c", code, environment=PRODUCTION)

    assert with_stated.returncode == 0, with_stated.stderr
    assert with_stated.stdout == without.stdout


def test_the_tests_run_in_demo_mode_with_the_products_settings() -> None:
    assert settings.DEMO_MODE is True
    assert settings.ROOT_URLCONF == "agenturclient.urls"
