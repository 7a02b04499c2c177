"""Every object fits every supported Kubernetes, and what does not fit is found."""

from copy import deepcopy

import pytest

from tests.deploy.policies.loading import installation
from tests.deploy.policies.rendering import overlays
from tests.deploy.policies.schemas import VERSIONS, faults


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("overlay", overlays())
def test_the_overlay_fits_this_kubernetes(overlay: str, version: str) -> None:
    assert faults(installation(overlay).objects, version) == []


def test_a_field_that_kubernetes_does_not_know_is_found() -> None:
    web = deepcopy(installation("prod").workload("web").maker)
    web["spec"]["template"]["spec"]["terminationGraceSeconds"] = 70

    assert faults([web], "1.36") == [
        "Deployment/web: spec.template.spec: Additional properties are not allowed "
        "('terminationGraceSeconds' was unexpected)"
    ]


def test_a_value_of_the_wrong_type_is_found() -> None:
    web = deepcopy(installation("prod").workload("web").maker)
    web["spec"]["minReadySeconds"] = "ten"

    assert [each.split(":")[1].strip() for each in faults([web], "1.31")] == [
        "spec.minReadySeconds"
    ]


def test_a_kind_that_is_gone_is_found() -> None:
    budget = deepcopy(installation("prod").of("PodDisruptionBudget")[0])
    budget["apiVersion"] = "policy/v1beta1"  # as the original talk had it

    assert faults([budget], "1.31") == [
        f"PodDisruptionBudget/{budget['metadata']['name']}: "
        "Kubernetes 1.31 knows no policy/v1beta1 PodDisruptionBudget"
    ]
