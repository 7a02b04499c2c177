"""A process that goes takes nothing with it: sessions and drafts live in the database."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import programs
from scripts.preparation import prepare
from scripts.shop import Shop, read_users
from scripts.supervisor import Child
from tests.deploy.production import ROOT
from tests.deploy.site import Site, wait_until

AGENT = "keller"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a shop whose database is ready."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "log").mkdir()
    prepare(environment(folder), folder)
    return folder


def environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": str(ROOT),
        "DEMO_MODE": "1",
        "DATABASE_URL": f"sqlite:///{folder / 'shop.sqlite3'}",
    }


@pytest.fixture
def sites(shop: Path) -> Iterator[tuple[Site, Site]]:
    """Two processes of the program on one database."""
    pair = Site(shop), Site(shop)
    for site in pair:
        site.start()
    yield pair
    for site in pair:
        site.kill()


def test_a_session_and_a_draft_go_on_in_another_process_after_a_kill(
    shop: Path, sites: tuple[Site, Site]
) -> None:
    first, second = sites
    password = read_users(shop / "users.json")[AGENT]
    agent = Shop.sign_in(first.address, AGENT, password)
    order = agent.post("/orders", {"customer_reference": "Spring outing", "cost_centre": ""})

    first.kill()

    agent._address = second.address  # the cookies go where the proxy sends them
    assert agent.get("/session")["user"]["username"] == AGENT
    assert agent.get(f"/orders/{order['number']}")["customer_reference"] == "Spring outing"
    changed = agent.patch(f"/orders/{order['number']}", {"cost_centre": "4711"})
    assert changed["cost_centre"] == "4711"


def test_recover_ends_in_order_when_it_is_asked_to(shop: Path) -> None:
    child = Child(
        "Recover",
        programs.RECOVER,
        environment=environment(shop),
        log=shop / "recover.log",
        folder=ROOT,
    )
    child.start()
    wait_until(lambda: "recover has started" in child.log.read_text())

    child.signal(signal.SIGTERM)

    wait_until(lambda: child.exit_code() is not None, seconds=5)
    assert child.exit_code() == 0
    assert "recover has stopped" in child.log.read_text()
