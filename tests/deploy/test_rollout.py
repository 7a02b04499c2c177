"""`deploy/rollout`: in which order it applies what, and what it does when a step fails.

kubectl is played by `fake_kubectl`; `make cluster-test` asks a real one.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.deploy.production import ROOT

KUBECTL = ROOT / "tests" / "deploy" / "fake_kubectl.py"
RENDERED = """
image: registry.example/agenturclient@sha256:{digest}
A_FILE: /run/secrets/agenturclient/secret-key
B_FILE: /run/secrets/agenturclient/secret-key
secretKeyRef:
  key: database-password
  name: keycloak
"""
STEP = "app.kubernetes.io/component="


@dataclass(frozen=True)
class Rollout:
    """What came of one: exit code, what was printed, and what kubectl was asked to change."""

    code: int
    printed: str
    errors: str
    asked: list[str]


def roll_out(folder: Path, *options: str, rendered: str = "", **given: str) -> Rollout:
    program = folder / "kubectl"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {KUBECTL} "$@"\n')
    program.chmod(0o755)
    file = folder / "overlay.yaml"
    file.write_text(rendered or RENDERED.format(digest="0" * 64))
    result = subprocess.run(  # noqa: S603 - our own program
        [ROOT / "deploy" / "rollout", *options],
        env={"PATH": f"{folder}:{os.environ['PATH']}", "STATE": str(folder), "RENDERED": str(file)}
        | given,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    notes = folder / "asked"
    asked = notes.read_text().splitlines() if notes.exists() else []
    changed = [line for line in asked if line.split()[0] not in ("auth", "get", "kustomize")]
    return Rollout(result.returncode, result.stdout, result.stderr, changed)


SETTINGS = "apply --selector !app.kubernetes.io/component,!agenturclient/by"
KEYCLOAK = [
    f"apply --selector {STEP}keycloak",
    "rollout status statefulset/keycloak --timeout 900s",
    "delete job realm --ignore-not-found --cascade foreground",
    f"apply --selector {STEP}realm",
]
MIGRATE = [
    "delete job migrate --ignore-not-found --cascade foreground",
    f"apply --selector {STEP}migrate",
]
ASSETS = [
    f"apply --selector {STEP}assets",
    "rollout status deployment/assets --timeout 900s",
]
WEB = [f"apply --selector {STEP}web", "rollout status deployment/web --timeout 900s"]
RECOVER = [f"apply --selector {STEP}recover", "rollout status deployment/recover --timeout 900s"]
CLEANUP = [f"apply --selector {STEP}session-cleanup"]


def test_each_step_is_waited_for_before_the_next(tmp_path: Path) -> None:
    done = roll_out(tmp_path, "test")

    assert (done.code, done.errors) == (0, "")
    assert done.asked == [SETTINGS, *KEYCLOAK, *MIGRATE, *ASSETS, *WEB, *RECOVER, *CLEANUP]
    assert done.printed.endswith("Rolled out.\n")


def test_keycloak_can_be_left_as_it_is(tmp_path: Path) -> None:
    done = roll_out(tmp_path, "test", "--without-keycloak")

    assert done.asked == [SETTINGS, *MIGRATE, *ASSETS, *WEB, *RECOVER, *CLEANUP]


def test_a_failed_migration_stops_before_any_pod_of_the_new_release(tmp_path: Path) -> None:
    done = roll_out(tmp_path, "test", FAILS="migrate")

    assert done.code == 1
    assert done.asked == [SETTINGS, *KEYCLOAK, *MIGRATE, "logs job/migrate --tail 20"]
    assert "the last lines of the job" in done.errors
    assert "FAILED: the job 'migrate' ended without success." in done.errors


def test_a_failed_realm_stops_before_the_migration(tmp_path: Path) -> None:
    done = roll_out(tmp_path, "test", FAILS="realm")

    assert done.code == 1
    assert done.asked == [SETTINGS, *KEYCLOAK, "logs job/realm --tail 20"]


def test_a_web_that_does_not_get_ready_goes_back_alone(tmp_path: Path) -> None:
    done = roll_out(tmp_path, "test", "--timeout", "7", FAILS="web")

    assert done.code == 1
    assert done.asked[-3:] == [
        "rollout status deployment/web --timeout 7s",
        "rollout undo deployment/web --to-revision=3",
        "rollout status deployment/web --timeout 7s",
    ]
    assert "FAILED: deployment/web did not get ready: timed out waiting" in done.errors
    assert "deployment/web is back at what it was." in done.errors


def test_what_cannot_go_back_is_not_said_to_be_back(tmp_path: Path) -> None:
    done = roll_out(tmp_path, "test", FAILS="web", STUCK="1")

    assert done.code == 1
    assert "error: the server is away" in done.errors
    assert "is back" not in done.errors


def test_a_recover_that_does_not_get_ready_takes_web_back_too(tmp_path: Path) -> None:
    done = roll_out(tmp_path, "test", FAILS="recover")

    assert [line for line in done.asked if "undo" in line] == [
        "rollout undo deployment/recover --to-revision=3",
        "rollout undo deployment/web --to-revision=3",
    ]


def test_a_keycloak_that_does_not_get_ready_goes_back_with_the_pod_that_is_stuck(
    tmp_path: Path,
) -> None:
    done = roll_out(tmp_path, "test", FAILS="keycloak")

    assert done.code == 1
    assert done.asked[2:] == [
        "rollout status statefulset/keycloak --timeout 900s",
        "rollout undo statefulset/keycloak",
        "delete pod --selector controller-revision-hash=keycloak-new --wait=false",
        "rollout status statefulset/keycloak --timeout 900s",
    ]


def test_the_first_release_has_nothing_to_go_back_to(tmp_path: Path) -> None:
    done = roll_out(tmp_path, "test", FAILS="web", REVISION="")

    assert done.code == 1
    assert "deployment/web has no earlier revision to go back to" in done.errors
    assert not any("undo" in line for line in done.asked)


def test_a_migration_under_way_is_not_taken_away(tmp_path: Path) -> None:
    done = roll_out(tmp_path, "test", "--without-keycloak", BUSY="migrate")

    assert done.code == 1
    assert done.asked == [SETTINGS]
    assert "a job 'migrate' is under way" in done.errors


def test_an_image_that_is_named_by_tag_is_refused_unless_allowed(tmp_path: Path) -> None:
    tagged = "  - image: registry.example/agenturclient:0.1.0\n"

    refused = roll_out(tmp_path, "test", rendered=tagged)
    allowed = roll_out(tmp_path, "test", "--allow-tags", rendered=tagged)

    assert (refused.code, refused.asked) == (2, [])
    assert "registry.example/agenturclient:0.1.0" in refused.errors
    assert allowed.code == 0


def test_an_administrator_prepares_and_is_told_which_secrets_are_missing(tmp_path: Path) -> None:
    done = roll_out(tmp_path, "test", "--prepare")

    assert done.code == 1
    assert done.asked == ["apply --selector agenturclient/by=admin"]
    assert done.errors == (
        "Still to be made, before the first rollout:\n  Secret keycloak, key database-password\n"
    )


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["nowhere"], "There is no environment 'nowhere'"),
        (["test", "--fast"], "There is no option --fast"),
        (["test", "--timeout", "soon"], "--timeout wants a number of seconds, not 'soon'."),
        (["test", "--timeout"], "--timeout wants a value."),
        (["test", "prod"], "One environment at a time."),
        ([], "Usage: deploy/rollout ENV"),
    ],
)
def test_what_it_does_not_understand_changes_nothing(
    tmp_path: Path, options: list[str], told: str
) -> None:
    done = roll_out(tmp_path, *options)

    assert (done.code, done.asked) == (2, [])
    assert told in done.errors


def test_help_tells_every_option(tmp_path: Path) -> None:
    done = roll_out(tmp_path, "--help")

    assert done.code == 0
    for option in ("--prepare", "--without-keycloak", "--allow-tags", "--timeout", "--context"):
        assert option in done.printed


def test_the_readme_names_every_secret_that_the_pods_mount_and_no_other() -> None:
    base = ROOT / "deploy" / "base"
    texts = [file.read_text(encoding="utf-8") for file in sorted(base.iterdir())]
    files = re.findall(r"/run/secrets/([a-z]+)/([a-z.-]+)", "".join(texts))
    variables = re.findall(r"secretKeyRef: {name: ([a-z]+), key: ([a-z-]+)}", "".join(texts))
    readme = (ROOT / "deploy" / "README.md").read_text(encoding="utf-8")
    told = {
        (name, key)
        for name, keys in re.findall(r"(?m)^\| `(agenturclient|keycloak)` \| (.+) \|$", readme)
        for key in re.findall(r"`(.+?)`", keys)
    }

    assert told == {*files, *variables}
