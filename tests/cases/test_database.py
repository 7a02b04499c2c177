"""Cases 20 and 21, on a MariaDB of their own: the database is what fails.

They need the server's programs and mysqlclient, and are skipped where those are missing.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import OperationalError, close_old_connections, connections

from agenturclient.env import Database
from agenturclient.sales.models import Operation, Order, Sale, Ticket
from agenturclient.sales.models.journal import OperationKind
from agenturclient.sales.states import OrderState, SaleState
from agenturclient.settings import _database
from agenturclient.settlement.models import Entry
from scripts.mariadb import HOST, MariaDB, ServerMissing
from tests.cases.conftest import CONFIRM, READ, Scene
from tests.cases.processes import ROOT
from tests.cases.tap import Cut, Tap, tapped
from tests.cases.tricks import before_the_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scripts.mariadb import Login
    from tests.flows.conftest import Desk

MySQLdb = pytest.importorskip("MySQLdb", reason="mysqlclient is not installed")

_LEASE_IS_OVER = timedelta(seconds=20)
_AGAIN = timedelta(seconds=3)
_EMPTIED = "sales_%", "settlement_entry", "settlement_posting"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDB]:
    """A server with our tables."""
    try:
        made = MariaDB(tmp_path_factory.mktemp("mariadb"))
    except ServerMissing as missing:
        pytest.skip(str(missing))
    with made:
        yield made


@pytest.fixture(scope="module")
def login(server: MariaDB) -> Login:
    """A database with our tables."""
    login = server.create_database("cases")
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    subprocess.run(  # noqa: S603 - our own program
        [sys.executable, str(ROOT / "manage.py"), "migrate", "--no-input", "--verbosity=0"],
        env=kept | {"DEMO_MODE": "1", "DATABASE_URL": login.url},
        check=True,
        timeout=120,
    )
    return login


@pytest.fixture
def tap(server: MariaDB) -> Iterator[Tap]:
    """The way to it."""
    with tapped(server.port) as made:
        yield made


@pytest.fixture
def mariadb(db: None, server: MariaDB, login: Login, tap: Tap) -> Iterator[None]:
    """Django's database for this test is that one, through the tap."""
    del db
    described = _database(
        Database("mysql", login.database, login.user, login.password, HOST, tap.port)
    )
    before, sqlite = connections.settings["default"], connections["default"]
    sqlite.close()
    connections.settings |= connections.configure_settings({"default": described})
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = before
        connections["default"] = sqlite
        empty(server, login.database)


@pytest.fixture
def desk(mariadb: None, make_desk: Callable[..., Desk]) -> Desk:
    """The desk of the other cases, on MariaDB."""
    del mariadb
    return make_desk()


def empty(server: MariaDB, database: str) -> None:
    """Forget all orders and entries."""
    like = " OR ".join(f"table_name LIKE '{each}'" for each in _EMPTIED)
    tables = server.sql(
        f"SELECT table_name FROM information_schema.tables"  # noqa: S608 - our own names
        f" WHERE table_schema = '{database}' AND ({like})"
    ).split()
    statements = "".join(f"DELETE FROM `{table}`;" for table in tables)  # noqa: S608 - as above
    server.sql(f"SET foreign_key_checks=0; {statements}", database=database)


def fail(scene: Scene, number: str) -> None:
    """Sell; the request ends with what the database said, as a view would."""
    with pytest.raises(OperationalError):
        scene.desk.sell(number)
    close_old_connections()


def all_or_nothing() -> bool:
    """Whether the last act of the sale is there as a whole, or not at all."""
    settled = Operation.objects.get(kind=OperationKind.ISSUE).settled_at is not None
    facts = (Sale.objects.get().state == SaleState.ISSUED, Ticket.objects.exists(), settled)
    return len({*facts, Entry.objects.exists()}) == 1


@pytest.mark.parametrize("cut", list(Cut))
def test_case_20_a_connection_lost_during_the_commit_of_the_outcome_is_cleared_up(
    scene: Scene, tap: Tap, cut: Cut
) -> None:
    number = scene.held()

    def arm() -> None:
        scene.line.once(READ, before_the_answer(lambda: setattr(tap, "next_commit", cut)))

    scene.line.once(CONFIRM, before_the_answer(arm))
    fail(scene, number)
    assert (tap.cuts, all_or_nothing()) == (1, True)
    expected = SaleState.ISSUED if cut is Cut.AFTER else SaleState.ISSUING
    assert Sale.objects.get().state == expected

    scene.recover(_LEASE_IS_OVER)
    scene.recover(_AGAIN)
    assert scene.desk.order(number).state is OrderState.SOLD
    assert len(scene.line.came(CONFIRM)) == 1
    scene.check_books()


@pytest.mark.parametrize("cut", list(Cut))
def test_case_20_a_connection_lost_during_the_commit_of_the_intent_sends_nothing(
    scene: Scene, tap: Tap, cut: Cut
) -> None:
    number = scene.held()
    tap.next_commit = cut
    fail(scene, number)
    assert scene.line.came(CONFIRM) == []
    expected = OrderState.SELLING if cut is Cut.AFTER else OrderState.DRAFT
    assert Order.objects.get().state == expected

    scene.recover(_LEASE_IS_OVER)
    if cut is Cut.BEFORE:
        assert scene.sell(number) == ""
    assert scene.desk.order(number).state is OrderState.SOLD
    assert len(scene.line.came(CONFIRM)) == 1
    scene.check_books()


def test_case_20_a_node_that_became_read_only_sends_nothing(scene: Scene, server: MariaDB) -> None:
    number = scene.held()
    server.sql("SET GLOBAL read_only=1")
    try:
        with pytest.raises(OperationalError, match="1290"):
            scene.desk.sell(number)
    finally:
        server.sql("SET GLOBAL read_only=0")
    assert scene.line.came(CONFIRM) == []
    assert scene.sell(number) == ""
    scene.check_books()


def test_case_20_a_node_that_becomes_read_only_behind_the_intent_sends_nothing_either(
    scene: Scene, server: MariaDB
) -> None:
    """Between the intent of the order and that of its sale: "sent" cannot be written."""
    number = scene.held()
    scene.line.once(READ, before_the_answer(lambda: server.sql("SET GLOBAL read_only=1")))
    try:
        fail(scene, number)
    finally:
        server.sql("SET GLOBAL read_only=0")
    scene.recover(_LEASE_IS_OVER)
    scene.recover(_AGAIN)
    assert scene.desk.order(number).state is OrderState.SOLD
    assert len(scene.line.came(CONFIRM)) == 1
    scene.check_books()


def test_case_20_a_primary_that_dies_with_the_answer_on_its_way_loses_no_sale(
    scene: Scene, server: MariaDB
) -> None:
    number = scene.held()
    scene.line.once(CONFIRM, before_the_answer(server.kill))
    fail(scene, number)
    server.start()

    assert (Sale.objects.get().state, all_or_nothing()) == (SaleState.ISSUING, True)
    scene.recover(_LEASE_IS_OVER)
    assert scene.desk.order(number).state is OrderState.SOLD
    assert len(scene.line.came(CONFIRM)) == 1
    scene.check_books()


def another(login: Login) -> Any:
    """A connection of somebody else."""
    return MySQLdb.connect(
        host=HOST, port=login.port, user=login.user, password=login.password, db=login.database
    )


def lock_the_sale(other: Any) -> None:
    """Hold the row of the sale, without end."""
    with closing(other.cursor()) as cursor:
        cursor.execute("SELECT id FROM sales_sale FOR UPDATE")


def test_case_21_a_lock_that_is_waited_for_in_vain_leaves_nothing_half_written(
    scene: Scene, login: Login
) -> None:
    number = scene.held()
    with closing(another(login)) as other:
        scene.line.once(CONFIRM, before_the_answer(lambda: lock_the_sale(other)))
        with suppress(OperationalError):
            scene.desk.sell(number)
        close_old_connections()
        assert all_or_nothing()
        assert Sale.objects.get().state == SaleState.ISSUING
        other.rollback()

    scene.recover(_LEASE_IS_OVER)
    assert scene.desk.order(number).state is OrderState.SOLD
    assert len(scene.line.came(CONFIRM)) == 1
    scene.check_books()


def test_case_21_a_deadlock_leaves_nothing_half_written(
    scene: Scene, login: Login, server: MariaDB
) -> None:
    number = scene.held()
    with closing(another(login)) as other:
        make_heavy(other)
        scene.line.once(CONFIRM, before_the_answer(lambda: lock_the_sale(other)))
        rival = threading.Thread(target=cross, args=(other, server))
        rival.start()
        with suppress(OperationalError):
            scene.desk.sell(number)
        rival.join(30)
        close_old_connections()
        assert all_or_nothing()

    assert "LATEST DETECTED DEADLOCK" in server.sql("SHOW ENGINE INNODB STATUS")
    scene.recover(_LEASE_IS_OVER)
    assert scene.desk.order(number).state is OrderState.SOLD
    assert len(scene.line.came(CONFIRM)) == 1
    scene.check_books()


def make_heavy(other: Any) -> None:
    """The lighter transaction of a deadlock is the victim: let it be ours."""
    with closing(other.cursor()) as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS heavy (n INT) ENGINE=InnoDB")
        cursor.executemany("INSERT INTO heavy VALUES (%s)", [(n,) for n in range(500)])


def cross(other: Any, server: MariaDB) -> None:
    """As soon as our act waits for the sale, want the operation that it has written."""
    waiting = "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'"
    end = time.monotonic() + 20
    while server.sql(waiting).strip() == "0" and time.monotonic() < end:
        time.sleep(0.1)
    with closing(other.cursor()) as cursor:
        cursor.execute("SELECT id FROM sales_operation WHERE kind = 'issue' FOR UPDATE")
    other.rollback()
