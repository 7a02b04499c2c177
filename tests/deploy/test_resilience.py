"""Every number of the calls to the distributor is a setting, and every setting arrives."""

import re

from tests.deploy.production import PRODUCTION, ROOT, run_python, setting

_SECTION = re.compile(r"^# --- Calls to the distributor -+\n(.*?)^# --- ", re.MULTILINE | re.DOTALL)
_NAME = re.compile(r"^#([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)

# Prints the settings that make no difference to what the way out is told.
_ARRIVES = """
import importlib, os, sys
import django
django.setup()
from django.test import override_settings
from agenturclient import bootstrap, settings

def told():
    module = importlib.reload(settings)
    values = {name: getattr(module, name) for name in dir(module) if name.isupper()}
    with override_settings(**values):
        return repr((bootstrap._osdm_config(), bootstrap._guard_config()))

usual = told()
for change in sys.argv[1:]:
    name, value = change.split("=")
    os.environ[name] = value
    if told() == usual:
        print(name)
    del os.environ[name]
"""


def changed(name: str, value: str) -> str:
    """Another value than the default, as likely to be accepted."""
    if name.startswith("BREAKER_") and value == "1":
        return "0"  # a switch
    return f"{value}5" if "." in value else f"{value}0" if value else "7"


def test_every_documented_number_reaches_the_way_out() -> None:
    section = _SECTION.search((ROOT / ".env.example").read_text(encoding="utf-8"))
    assert section is not None
    documented = dict(_NAME.findall(section[1]))
    changes = [f"{name}={changed(name, value)}" for name, value in documented.items()]

    result = run_python(
        "-c",
        _ARRIVES,
        *changes,
        environment=PRODUCTION | {"DJANGO_SETTINGS_MODULE": "agenturclient.settings"},
    )

    assert len(documented) > 35
    assert (result.returncode, result.stdout.split()) == (0, []), result.stderr


def test_one_class_can_have_a_breaker_of_its_own_or_none() -> None:
    environment = PRODUCTION | {
        "BREAKER_FAIL_MAX": "4",
        "BREAKER_SEARCH": "0",
        "BREAKER_HOLD_FAIL_MAX": "9",
        "BREAKER_ISSUE_RESET_SECONDS": "60",
    }
    names = "BREAKER_SEARCH, settings.BREAKER_HOLD, settings.BREAKER_ISSUE"
    assert setting(names, environment) == "(None, (9, 15.0, 2), (4, 60.0, 2))"
