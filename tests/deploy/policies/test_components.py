"""What an environment may have on top: with it, every policy holds as before."""

import shutil
from pathlib import Path
from typing import Final

import pytest
import yaml

from scripts.environment import ROOT
from tests.deploy.policies.catalogue import POLICIES
from tests.deploy.policies.installation import Installation
from tests.deploy.policies.loading import absent, program
from tests.deploy.policies.reach import Peer, Port, is_let
from tests.deploy.policies.rendering import MISSING, rendered, renderer
from tests.deploy.policies.schemas import VERSIONS, faults

_SERVER: Final = """
SMTP_HOST=mail.example
SMTP_PORT=587
SMTP_USER=agenturclient
SMTP_FROM=agentur@example.org
"""
_NETWORK: Final = {
    "target": {"kind": "NetworkPolicy", "name": "out-to-mail"},
    "patch": "- {op: replace, path: /spec/egress/0/to/0/ipBlock/cidr, value: 10.3.9.0/24}",
}
_SUBMISSION: Final = Port(587)


@pytest.fixture(scope="module")
def with_mail(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The production overlay, with the component as its text says."""
    if renderer() is None:
        absent(MISSING)
    tree = tmp_path_factory.mktemp("with-mail")
    for part in ("deploy", "keycloak/cluster"):
        shutil.copytree(ROOT / part, tree / part)
    overlay = tree / "deploy" / "overlays" / "prod"
    take_mail(overlay / "kustomization.yaml")
    with (overlay / "realm.env").open("a", encoding="utf-8") as settings:
        settings.write(_SERVER)
    return Installation("prod", rendered(overlay), program())


def take_mail(file: Path) -> None:
    """As a person would add it."""
    said = yaml.safe_load(file.read_text("utf-8"))
    said["components"].append("../../components/mail")
    said["patches"].append(_NETWORK)
    file.write_text(yaml.safe_dump(said), "utf-8")


@pytest.mark.parametrize("name", POLICIES)
def test_with_mail_every_policy_is_met(with_mail: Installation, name: str) -> None:
    assert POLICIES[name](with_mail) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_with_mail_every_object_fits_this_kubernetes(with_mail: Installation, version: str) -> None:
    assert faults(with_mail.objects, version) == []


def test_with_mail_it_is_keycloak_alone_that_reaches_the_mail_server(
    with_mail: Installation,
) -> None:
    server = Peer(address="10.3.9.7")

    reached = {
        each.name
        for each in with_mail.workloads
        if is_let(with_mail, each, "egress", server, _SUBMISSION)
    }

    assert reached == {"keycloak"}


def test_with_mail_the_program_invites_by_mail_and_the_realm_knows_the_server(
    with_mail: Installation,
) -> None:
    realm = with_mail.workload("realm").main

    assert with_mail.setting("INVITATIONS", with_mail.workload("web").main) == "mail"
    assert realm["args"][-2:] == ["keycloak/realm/agenturclient.json", "keycloak/realm/mail.json"]
    assert with_mail.environment(realm)["SMTP_HOST"] == "mail.example"
    assert with_mail.environment(realm)["SMTP_PASSWORD_FILE"] == (
        "/run/secrets/keycloak/smtp-password"
    )
