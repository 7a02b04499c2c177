"""Keycloak's image: its Containerfile's own lines make a tree in plain folders, and it serves."""

import json
import os
import re
import shutil
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from scripts.environment import FRONTEND, ROOT
from scripts.image.dockerfile import read_stages
from scripts.image.moved import UID, write_protect
from scripts.image.stages import Builder
from scripts.keycloak.cluster import Cluster
from scripts.keycloak.distribution import Distribution, lay_out, pinned
from scripts.keycloak.layout import REALM
from tests.identity.visitor import Client, Visitor

BUILD, IMAGE = read_stages(ROOT / "keycloak" / "Containerfile")
_HOME: Final = Path("opt", "keycloak")
_STYLE: Final = re.compile(r'href="(/resources/[^"]+/tokens\.css[^"]*)"')
# As the pod of deploy/base/keycloak.yaml: another user, who can never become a mightier one.
_AS_USER: Final = f"setpriv --reuid={UID} --regid={UID} --clear-groups --no-new-privs"


@pytest.fixture
def image() -> Iterator[Path]:
    """The image's tree, write-protected; what a pod mounts is beside it."""
    place = Path(tempfile.mkdtemp(prefix="agenturclient-keycloak-"))
    place.chmod(0o755)
    try:
        lay_out(place / "base" / _HOME)
        builder = Builder(ROOT, place / "stages", sys.executable)
        _, tree = (builder.carry_out(stage, place / "base") for stage in (BUILD, IMAGE))
        data = place / "data"
        data.mkdir()
        shutil.rmtree(tree.workdir / "data", ignore_errors=True)
        (tree.workdir / "data").symlink_to(data)
        write_protect(tree.folder)
        if os.geteuid() == 0:
            os.chown(data, UID, UID)
        yield tree.folder
    finally:
        shutil.rmtree(place)


def test_the_image_serves_our_page_from_a_write_protected_tree(
    cluster: Cluster, client: Client, image: Path, tmp_path: Path
) -> None:
    node = cluster.node(9, as_a_pod_runs_it(image, tmp_path))
    node.start()
    try:
        node.await_ready()
        there = replace(client, issuer=client.issuer.replace(cluster.address, node.address))
        [style] = _STYLE.findall(Visitor(there).open_page().text)
        tokens = read(node.address + style)
        with cluster.admin(node) as api:
            realm = api.get(f"/{REALM}")
    finally:
        node.stop()

    assert tokens == (FRONTEND / "src" / "styles" / "tokens.css").read_text("utf-8")
    assert realm["displayName"] == "Agenturclient"


def as_a_pod_runs_it(image: Path, folder: Path) -> Distribution:
    """The image's own entry point, started as the image's user where this one may change users."""
    [command] = IMAGE.texts("ENTRYPOINT")
    [program] = json.loads(command)
    start = folder / "bin" / "kc.sh"
    start.parent.mkdir()
    as_user = _AS_USER if os.geteuid() == 0 else ""
    start.write_text(f'#!/bin/sh\nexec {as_user} {image}{program} "$@"\n', "utf-8")
    start.chmod(0o755)
    assert IMAGE.command() == ["start", "--optimized"]  # what a node is started with
    return Distribution(folder, pinned()["version"])


def read(address: str) -> str:
    with urllib.request.urlopen(address) as answer:  # noqa: S310 - our own loopback address
        text: str = answer.read().decode()
    return text
