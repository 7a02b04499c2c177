"""The program starts with the environment that the manifests give it."""

import re
from pathlib import Path

import pytest

from tests.deploy.policies.loading import installation
from tests.deploy.policies.rendering import overlays
from tests.deploy.production import PRODUCTION, run_python

_MOUNTED = re.compile(r"/run/secrets(?=/)")


def environment(name: str, workload: str, secrets: Path) -> dict[str, str]:
    """What its container is told, with files in place of the mounted secrets."""
    overlay = installation(name)
    told = overlay.environment(overlay.workload(workload).main)
    for path in re.findall(r"/run/secrets/[\w./-]+", " ".join(told.values())):
        file = secrets / path.removeprefix("/run/secrets/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(PRODUCTION["SECRET_KEY"], encoding="utf-8")
    return {key: _MOUNTED.sub(str(secrets), value) for key, value in told.items()}


@pytest.mark.parametrize("workload", ["web", "recover", "migrate", "session-cleanup"])
@pytest.mark.parametrize("overlay", overlays())
def test_nothing_is_missing(overlay: str, workload: str, tmp_path: Path) -> None:
    told = environment(overlay, workload, tmp_path)

    result = run_python("-c", "import agenturclient.settings", environment=told)

    assert (result.returncode, result.stderr) == (0, "")


def test_a_name_that_is_missing_is_told(tmp_path: Path) -> None:
    told = environment("prod", "web", tmp_path)
    del told["OSDM_BASE_URL"]

    result = run_python("-c", "import agenturclient.settings", environment=told)

    assert "OSDM_BASE_URL: is missing" in result.stderr
