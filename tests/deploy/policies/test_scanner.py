"""The scanner finds nothing that is not explained; no explanation outlives its finding."""

from collections.abc import Sequence

import pytest

from scripts.environment import SCANNER
from tests.deploy.policies.broken import BROKEN
from tests.deploy.policies.loading import absent, installation
from tests.deploy.policies.rendering import overlays
from tests.deploy.policies.scanner import Finding, Known, findings, known, unexplained

LIMIT = Finding("prod", "Deployment/web", "CKV_K8S_11", "CPU limits should be set")
PRIVILEGED = Finding("prod", "Deployment/web", "CKV_K8S_16", "Container should not be privileged")


@pytest.fixture(scope="module")
def found() -> Sequence[Finding]:
    """What the scanner holds against the overlays, and against one that was spoilt."""
    if not SCANNER.exists():
        absent("the scanner of manifests is not set up: python3 -m scripts.setup --scanner")
    spoilt = installation("prod").broken(BROKEN["containers_have_no_powers"]["privileged"])
    rendered = {name: installation(name).objects for name in overlays()}
    return findings(rendered | {"spoilt": spoilt.objects})


def test_every_finding_is_explained_and_every_explanation_is_needed(
    found: Sequence[Finding],
) -> None:
    assert unexplained([each for each in found if each.overlay != "spoilt"], known()) == []


def test_a_privileged_container_is_found(found: Sequence[Finding]) -> None:
    bare = unexplained([each for each in found if each.overlay == "spoilt"], known())

    assert "spoilt: Deployment/web: Container should not be privileged (CKV_K8S_16)" in bare


def test_an_explanation_covers_its_check_and_its_objects_only() -> None:
    why = "there is a reason"

    assert unexplained([LIMIT], [Known("CKV_K8S_11", ("Deployment/web",), why)]) == []
    assert unexplained([LIMIT], [Known("CKV_K8S_11", ("*",), why)]) == []
    assert unexplained([LIMIT, PRIVILEGED], [Known("CKV_K8S_11", ("*",), why)]) == [str(PRIVILEGED)]
    assert unexplained([LIMIT], [Known("CKV_K8S_11", ("Deployment/recover",), why)]) == [
        str(LIMIT),
        "exceptions.yaml: CKV_K8S_11 is found nowhere any more",
    ]


def test_every_explanation_has_a_reason() -> None:
    assert [each.check for each in known() if len(each.why) < 20] == []
