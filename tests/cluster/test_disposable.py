"""The tests touch no cluster that somebody may need."""

import pytest

from tests.cluster.disposable import NotDisposable, refuse_unless_disposable


@pytest.mark.parametrize("context", ["kind-agentur", "k3d-agentur"])
def test_a_cluster_made_for_tests_is_taken(context: str) -> None:
    refuse_unless_disposable(context, allowed="")


def test_any_other_is_refused_with_the_way_to_allow_it() -> None:
    with pytest.raises(NotDisposable, match="say DISPOSABLE_CLUSTER=production"):
        refuse_unless_disposable("production", allowed="")


def test_to_allow_one_is_not_to_allow_another() -> None:
    with pytest.raises(NotDisposable):
        refuse_unless_disposable("production", allowed="scratch")


def test_a_cluster_that_is_named_is_taken() -> None:
    refuse_unless_disposable("scratch", allowed="scratch")
