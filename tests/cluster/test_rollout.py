"""A rollout ends, never has fewer ready pods than promised, and begins with the migration."""

from tests.cluster.place import Place, least
from tests.cluster.release import Release, release
from tests.cluster.watching import Watch
from tests.deploy.policies.changes import at, without
from tests.deploy.policies.installation import Installation
from tests.figures import Figures

_NAME = "proof-shop"
_DEPLOYMENTS = ("web", "assets", "recover")


def keeps_its_promise(watch: Watch, promised: Release) -> bool:
    """Deployments never go below what is promised, Keycloak by the one node that is changed."""
    return all(watch.fewest[name] >= least(promised, name) for name in _DEPLOYMENTS) and (
        watch.fewest["keycloak"] >= least(promised, "keycloak") - 1
    )


def as_the_talk_had_it(overlay: Installation) -> None:
    """Anti-affinity that counts the pods of the release before."""
    rules = "affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution"
    without("Deployment", "web", f"spec.template.spec.{rules}.0.matchLabelKeys")(overlay)
    at("Deployment", "web", "spec.progressDeadlineSeconds", 6)(overlay)


def test_a_rollout_ends_and_keeps_its_promise(shop: Place, figures: Figures) -> None:
    second = release(_NAME, 2, migrate="slow")

    with Watch(shop) as watch:
        ended = shop.rollout(second)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert [shop.releases(name) for name in (*_DEPLOYMENTS, "keycloak")] == [{"2"}] * 4
    assert keeps_its_promise(watch, second), watch.fewest
    assert shop.migrated_before("web", 2)
    figures.add("a rollout onto as many nodes as web pods, s", f"{watch.seconds:.0f}")
    figures.add("fewest web pods ready meanwhile, of 3 promised", watch.fewest["web"])
    figures.add("migrated before the first new web pod", "yes")


def test_the_anti_affinity_of_the_talk_never_ends_a_rollout(shop: Place, figures: Figures) -> None:
    broken = release(_NAME, 3, as_the_talk_had_it)

    with Watch(shop) as watch:
        ended = shop.rollout(broken, "--without-keycloak", seconds=30)

    assert ended.returncode == 1
    assert "deployment/web did not get ready" in ended.stderr
    assert shop.releases("web") == {"2"}, "it went back"
    assert watch.fewest["web"] == 3
    figures.add("the talk's anti-affinity, without matchLabelKeys", "ends", "never ends, went back")


def test_a_failing_migration_leaves_the_old_release_in_place(shop: Place, figures: Figures) -> None:
    failing = release(_NAME, 4, migrate="fails")

    with Watch(shop) as watch:
        ended = shop.rollout(failing, "--without-keycloak", seconds=30)

    assert ended.returncode == 1
    assert "the job 'migrate' ended without success" in ended.stderr
    assert shop.releases("web") == {"2"}
    assert watch.fewest["web"] == 3

    shop.heap(failing)
    shop.wait(lambda: "4" in shop.releases("web"), "a pod of the release that failed")
    figures.add(
        "a failing migration", "web stays at the old release", "applied as one heap: new web pods"
    )


def test_a_heap_starts_new_pods_before_it_has_migrated(shop: Place, figures: Figures) -> None:
    heap = release(_NAME, 5, migrate="slow")

    shop.heap(heap)
    shop.wait(lambda: "5" in shop.releases("web"), "a pod of the new release")

    assert not shop.migrated_before("web", 5)
    figures.add("migrated before the first new web pod", "", "applied as one heap: no")


def test_a_release_that_never_gets_ready_goes_back(shop: Place, figures: Figures) -> None:
    shop.wait(lambda: shop.releases("web") == {"5"}, "the last release rolled out")
    stuck = release(
        _NAME, 6, at("Deployment", "web", "spec.progressDeadlineSeconds", 6), web="never-ready"
    )

    with Watch(shop) as watch:
        ended = shop.rollout(stuck, "--without-keycloak", seconds=30)

    assert ended.returncode == 1
    assert shop.releases("web") == {"5"}
    assert watch.fewest["web"] == 3
    figures.add("a release that never gets ready", "goes back, 3 web pods ready all the while")


def test_a_rollout_that_may_leave_fewer_is_seen(shop: Place, figures: Figures) -> None:
    fewer = release(
        _NAME,
        7,
        at("Deployment", "web", "spec.strategy.rollingUpdate.maxUnavailable", 1),
        at("Deployment", "web", "spec.strategy.rollingUpdate.maxSurge", 0),
    )

    with Watch(shop) as watch:
        ended = shop.rollout(fewer, "--without-keycloak")

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert not keeps_its_promise(watch, fewer)
    figures.add(
        "fewest web pods ready meanwhile, of 3 promised",
        "",
        f"{watch.fewest['web']} (maxUnavailable 1)",
    )
