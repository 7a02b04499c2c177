"""What of Keycloak can be seen without starting one: files that must fit each other."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from agenturclient.identity.demo import DEMO_USERS
from keycloak.applier.declared import read_declaration
from scripts.environment import ROOT, Command
from scripts.keycloak.distribution import build, pinned
from scripts.keycloak.folders import DECLARED, KeycloakProblem
from scripts.keycloak.layout import Layout, realm_files
from scripts.keycloak.snapshot import snapshot_file
from scripts.keycloak.variants import VARIANTS, cluster_name_setting, read_settings, read_variant

IMAGE: Final = (DECLARED / "Containerfile").read_text("utf-8")
MESSAGES: Final = DECLARED / "themes" / "agenturclient" / "login" / "messages"


class AnyValue(dict[str, str]):
    """An environment in which everything is set."""

    def get(self, key: str, default: Any = None) -> Any:
        return default if key.endswith("_FILE") else f"value-of-{key.lower()}"


def version_of_the_image() -> str:
    found = re.search(r"^ARG KEYCLOAK_VERSION=(\S+)$", IMAGE, re.MULTILINE)
    assert found
    return found[1]


def test_the_local_release_and_the_image_name_the_cluster_each_in_its_way() -> None:
    assert pinned()["version"] == "26.7.3"
    assert version_of_the_image() == "26.8"
    assert cluster_name_setting(pinned()["version"]) == (
        "KC_SPI_CACHE_EMBEDDED__DEFAULT__CLUSTER_NAME"
    )
    assert cluster_name_setting(version_of_the_image()) == "KC_CACHE_EMBEDDED_CLUSTER_NAME"
    readme = (DECLARED / "README.md").read_text("utf-8")
    for version in (pinned()["version"], version_of_the_image()):
        assert cluster_name_setting(version) in readme


@pytest.mark.parametrize("version", ["26.8.1", "26.10.0", "27.0.0"])
def test_later_releases_have_the_option(version: str) -> None:
    assert cluster_name_setting(version) == "KC_CACHE_EMBEDDED_CLUSTER_NAME"


@pytest.mark.parametrize("name", VARIANTS)
def test_the_image_fixes_what_the_local_build_fixes(name: str) -> None:
    common = read_settings(DECLARED / "cluster" / "common.env")
    picked = re.search(r"grep -E '(.+?)='", IMAGE)
    assert picked
    in_image = {key for key in common if re.fullmatch(picked[1].removeprefix("^"), key)}
    in_variant = set(read_settings(DECLARED / "cluster" / f"{name}.env"))

    assert in_image | (in_variant & {"KC_FEATURES"}) == set(read_variant(name).build_options)


def test_each_variant_says_how_nodes_find_each_other() -> None:
    settings = {name: read_variant(name).settings for name in VARIANTS}

    assert settings["stateless"]["KC_FEATURES"] == "stateless"
    assert "KC_CACHE_STACK" not in settings["stateless"]
    assert settings["jgroups"]["KC_CACHE_STACK"] == "jdbc-ping"
    assert settings["dns"]["KC_CACHE_STACK"] == "kubernetes"
    for name in ("jgroups", "dns"):
        assert settings[name]["KC_CACHE_EMBEDDED_MTLS_ENABLED"] == "true"
        assert "KC_FEATURES" not in settings[name]


def test_only_the_stateless_variant_names_a_cluster_for_each_start_of_a_node() -> None:
    program = Path("/opt/keycloak/bin/kc.sh")
    plain = [program, "start", "--optimized"]

    def command(name: str) -> Command:
        return read_variant(name).start_command(program, "node-2", "26.8.0")

    shell, option, script, *rest = command("stateless")
    assert ([shell, option], rest) == (["/bin/sh", "-c"], plain)
    names = {
        subprocess.run(  # noqa: S603 - our own script
            ["/bin/sh", "-c", script, "/bin/sh", "-c", 'echo "$KC_CACHE_EMBEDDED_CLUSTER_NAME"'],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for _ in range(3)
    }
    assert len(names) == 3
    assert all(name.startswith("node-2-") for name in names)
    assert command("jgroups") == command("dns") == plain


def test_a_pod_starts_as_a_local_node_does() -> None:
    told = yaml.safe_load_all((ROOT / "deploy" / "base" / "keycloak.yaml").read_text("utf-8"))
    pod = next(each for each in told if each["kind"] == "StatefulSet")["spec"]["template"]["spec"]
    [container] = pod["containers"]
    program = Path("/opt/keycloak/bin/kc.sh")
    _, _, script, *start = read_variant("stateless").start_command(program, "$HOSTNAME", "26.8")

    assert container["command"] == ["/bin/sh", "-c"]
    assert container["args"] == [
        str(script).replace(' && exec "$0" "$@"', f"\nexec {' '.join(map(str, start))}\n")
    ]


def test_the_dns_variant_says_where_the_name_server_is() -> None:
    assert read_variant("dns").node_settings(Path("hosts")) == {
        "JAVA_OPTS_APPEND": "-Djgroups.dns.query=keycloak-headless.identity.svc.cluster.local"
        " -Djdk.net.hosts.file=hosts",
        "KC_LOG_LEVEL": "INFO,org.jgroups.protocols.dns:DEBUG",
    }
    assert read_variant("stateless").node_settings(Path("hosts")) == {}


def test_an_unknown_variant_is_told_in_a_sentence() -> None:
    with pytest.raises(KeycloakProblem, match="must be one of stateless, jgroups, dns, not 'udp'"):
        read_variant("udp")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"nodes": 0}, "NODES must be between 1 and 9, not 0."),
        ({"nodes": 10}, "NODES must be between 1 and 9, not 10."),
        ({"port": 15500}, "KEYCLOAK_PORT must be below 15497."),
    ],
)
def test_a_layout_that_cannot_be_is_refused(given: dict[str, int], told: str) -> None:
    with pytest.raises(KeycloakProblem) as caught:
        Layout(**given)  # type: ignore[arg-type]  # numbers only
    assert str(caught.value) == told


def test_a_machine_without_java_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)

    with pytest.raises(KeycloakProblem, match="Java is missing: install version 17 or newer"):
        build(read_variant("stateless"))


def test_a_machine_without_maven_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    only_java(monkeypatch, tmp_path)

    with pytest.raises(
        KeycloakProblem, match=r"Maven is missing.*apt install maven.*KEYCLOAK_HOME"
    ):
        build(read_variant("stateless"))


def test_an_archive_that_is_not_the_pinned_one_is_thrown_away(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    only_java(monkeypatch, tmp_path)
    archive = tmp_path / f"keycloak-quarkus-dist-{pinned()['version']}.tar.gz"
    archive.write_bytes(b"something else")

    with pytest.raises(
        KeycloakProblem, match=r"is not what was pinned: its SHA-256 is [0-9a-f]{64}"
    ):
        build(read_variant("stateless"))
    assert not archive.exists()


def test_a_home_that_is_no_keycloak_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    only_java(monkeypatch, tmp_path)
    monkeypatch.setenv("KEYCLOAK_HOME", str(tmp_path))

    with pytest.raises(KeycloakProblem, match="is not an unpacked Keycloak"):
        build(read_variant("stateless"))


def only_java(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """A machine with an empty cache and a Java, and nothing else."""
    java = folder / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'openjdk version \"17.0.1\"' >&2\n", encoding="utf-8")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(folder))
    monkeypatch.setenv("PATH", str(java.parent))
    monkeypatch.setenv("KEYCLOAK_CACHE", str(folder))
    monkeypatch.delenv("KEYCLOAK_HOME", raising=False)


def test_a_node_that_stops_has_time_to_be_left_alone() -> None:
    settings = read_settings(DECLARED / "cluster" / "common.env")

    assert settings["KC_SHUTDOWN_DELAY"] == "30s"
    assert settings["KC_SHUTDOWN_TIMEOUT"] == "30s"


def test_the_demonstration_has_the_same_people_on_both_directories() -> None:
    declared = json.loads((DECLARED / "demo" / "agenturclient.json").read_text("utf-8"))
    found = {user["username"]: user for user in declared["users"]}

    assert set(found) == {user.username for user in DEMO_USERS}
    for user in DEMO_USERS:
        other = found[user.username]
        wide = {"operator": "/operators", "customer-care": "/customer-care"}
        groups = [wide[user.role.value]] if user.role.value in wide else []
        if user.place is not None:
            agency = f"/agencies/{user.place[0]}"
            groups = [agency, *(f"{agency}/{right.value}" for right in user.rights)]
        assert (other["firstName"], other["lastName"]) == (user.first_name, user.last_name)
        assert sorted(other["groups"]) == sorted(groups)


def test_no_secret_stands_in_a_realm_file() -> None:
    for file in [*realm_files(), DECLARED / "realm" / "mail.json"]:
        text = file.read_text("utf-8")
        for name in ("secret", "clientSecret", "password", "value"):
            for value in re.findall(rf'"{name}": "([^"]*)"', text):
                assert re.fullmatch(r"\$\([A-Z_]+\)", value), (file.name, name, value)
        assert read_declaration(file, AnyValue())["realm"]


def test_the_realm_holds_what_the_programs_sessions_need() -> None:
    file = DECLARED / "realm" / "agenturclient.json"
    realm = read_declaration(file, AnyValue({"AGENTURCLIENT_URL": ""}))
    client = next(each for each in realm["clients"] if each["clientId"] == "agenturclient")

    assert realm["ssoSessionIdleTimeout"] == realm["ssoSessionMaxLifespan"] == 12 * 3600
    assert client["redirectUris"] == ["value-of-agenturclient_url/auth/callback"]
    assert client["attributes"]["pkce.code.challenge.method"] == "S256"
    assert client["attributes"]["backchannel.logout.session.required"] == "true"
    assert client["fullScopeAllowed"] is False
    assert client["directAccessGrantsEnabled"] is False


def test_a_snapshot_fits_one_version_one_state_of_the_files_and_one_set_of_secrets(
    tmp_path: Path,
) -> None:
    file = tmp_path / "realm.json"
    file.write_text("{}", encoding="utf-8")
    first = snapshot_file("26.7.3", [file], {"A": "1"})

    assert snapshot_file("26.7.3", [file], {"A": "1"}) == first
    assert snapshot_file("26.7.4", [file], {"A": "1"}) != first
    assert snapshot_file("26.7.3", [file], {"A": "2"}) != first
    file.write_text('{"realm": "x"}', encoding="utf-8")
    assert snapshot_file("26.7.3", [file], {"A": "1"}) != first


def messages(language: str) -> dict[str, str]:
    lines = (MESSAGES / f"messages_{language}.properties").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)


@pytest.mark.parametrize("language", ["de", "fr", "it"])
def test_the_sign_in_says_everything_in_each_language(language: str) -> None:
    english, other = messages("en"), messages(language)

    assert list(other) == list(english)
    for name, text in other.items():
        assert set(re.findall(r"\{\d\}", text)) == set(re.findall(r"\{\d\}", english[name])), name
        assert text
        assert "ß" not in text
        assert "'" not in text.replace("''", "")  # a single one swallows what follows it


def test_someone_who_is_paused_reads_what_someone_who_mistyped_reads() -> None:
    for language in ("de", "en", "fr", "it"):
        told = messages(language)
        assert told["accountTemporarilyDisabledMessage"] == told["invalidUserMessage"]


def test_the_styles_have_no_colour_of_their_own() -> None:
    folder = DECLARED / "themes" / "agenturclient" / "login" / "resources" / "css"
    styles = (folder / "sign-in.css").read_text("utf-8")

    assert not re.findall(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch)\(", styles.replace("#kc-", ""))
    tokens = (DECLARED.parent / "frontend/src/styles/tokens.css").read_text("utf-8")
    for name in set(re.findall(r"var\((--[a-z0-9-]+)\)", styles)):
        assert f"{name}:" in tokens, name
