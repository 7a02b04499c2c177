"""On a real MariaDB: a server that takes no writes, one that hangs, a table that is busy."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from signal import SIGCONT, SIGSTOP
from typing import Any

import pytest

from scripts import programs
from scripts.mariadb import HOST, Login, MariaDB, ServerMissing
from tests.deploy.production import ROOT, run_python
from tests.deploy.site import Site, ask, wait_until

MySQLdb = pytest.importorskip("MySQLdb", reason="mysqlclient is not installed")

# What people may wait for a migration that gives way: seen as slow, not as broken.
_LITTLE_SECONDS = 2.5


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDB]:
    try:
        made = MariaDB(tmp_path_factory.mktemp("mariadb"))
    except ServerMissing as missing:
        pytest.skip(str(missing))
    with made as running:
        yield running


@pytest.fixture
def login(server: MariaDB) -> Login:
    return server.create_database("shop")


@pytest.fixture
def site(login: Login, tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path, database=login.url)
    made.start()
    yield made
    made.kill()


def probe(site: Site, path: str = "/health/ready") -> tuple[int, str]:
    with closing(site.connect()) as connection:
        return ask(connection, path)[:2]


READY, AWAY = (200, "ready\n"), (503, "the database does not answer\n")


def test_a_server_that_takes_no_writes_is_not_ready_until_it_does(
    server: MariaDB, site: Site
) -> None:
    server.sql("SET GLOBAL read_only = 1")
    try:
        wait_until(lambda: probe(site) == AWAY, seconds=5)
        assert probe(site, "/health/live") == (200, "alive\n")
    finally:
        server.sql("SET GLOBAL read_only = 0")
    wait_until(lambda: probe(site) == READY, seconds=5)


def test_a_server_that_hangs_costs_a_probe_a_second_and_life_nothing(
    server: MariaDB, site: Site
) -> None:
    server.signal(SIGSTOP)
    try:
        wait_until(lambda: probe(site) == AWAY, seconds=5)
        time.sleep(2.1)  # the finding has to be made anew
        started = time.monotonic()
        assert probe(site) == AWAY
        assert time.monotonic() - started < 1.5
        assert probe(site, "/health/live") == (200, "alive\n")
    finally:
        server.signal(SIGCONT)
    wait_until(lambda: probe(site) == READY, seconds=10)


def test_a_server_that_was_killed_and_came_back_is_ready_again(server: MariaDB, site: Site) -> None:
    server.kill()
    wait_until(lambda: probe(site) == AWAY, seconds=5)
    server.start()
    wait_until(lambda: probe(site) == READY, seconds=5)


def test_a_kept_connection_to_a_server_that_takes_no_writes_is_given_up(
    server: MariaDB, login: Login
) -> None:
    code = (
        "import django; django.setup()\n"
        "from django.db import close_old_connections, connection\n"
        "def ask():\n"
        "    close_old_connections()\n"  # as at the beginning of each request
        "    with connection.cursor() as cursor:\n"
        "        cursor.execute('SELECT CONNECTION_ID()')\n"
        "        print(cursor.fetchone()[0])\n"
        "for _ in range(3): ask()\n"
    )
    environment = settings(login)
    writable = run_python("-c", code, environment=environment).stdout.split()
    server.sql("SET GLOBAL read_only = 1")
    try:
        read_only = run_python("-c", code, environment=environment).stdout.split()
    finally:
        server.sql("SET GLOBAL read_only = 0")

    assert len(set(writable)) == 1
    assert len(set(read_only)) == 3


def settings(login: Login) -> dict[str, str]:
    return {
        "DEMO_MODE": "1",
        "DJANGO_SETTINGS_MODULE": "agenturclient.settings",
        "DATABASE_URL": login.url,
        "PYTHONPATH": str(ROOT),
    }


def connected(login: Login) -> Any:
    return MySQLdb.connect(
        host=HOST,
        port=login.port,
        user=login.user,
        password=login.password,
        database=login.database,
    )


def test_a_migration_gives_way_to_those_who_use_the_table_and_comes_again(
    server: MariaDB, login: Login
) -> None:
    """Somebody reads the table in a long transaction; the migration wants to drop it."""
    migrate(login, "sessions")
    with closing(connected(login)) as reader, closing(connected(login)) as other:
        reader.cursor().execute("SELECT COUNT(*) FROM django_session")  # and stays
        with migrating(login, "sessions", "zero") as told:
            wait_until(lambda: "metadata lock" in server.sql("SHOW PROCESSLIST"))
            waited = seconds_of(other, "SELECT COUNT(*) FROM django_session")
            reader.rollback()

    assert waited < _LITTLE_SECONDS
    assert "a table is busy; trying again" in told[0]


def test_a_migration_lets_those_through_who_have_written_in_a_table_that_names_its_own(
    server: MariaDB, login: Login
) -> None:
    """When they come to its table they wait for the migration, and the migration for them."""
    migrate(login, "identity", "0002")
    with closing(connected(login)) as writer:
        for statement in (
            "SET foreign_key_checks = 0",
            "INSERT INTO identity_branch (id, code, name, agency_id) VALUES (1, 'm', 'Main', 1)",
            "SET foreign_key_checks = 1",
            "CREATE TABLE desk (branch BIGINT REFERENCES identity_branch (id))",
        ):
            writer.cursor().execute(statement)
        writer.commit()
        writer.cursor().execute("INSERT INTO desk VALUES (1)")
        with migrating(login, "identity") as told:
            wait_until(lambda: "Committing alter table" in server.sql("SHOW PROCESSLIST"))
            waited = seconds_of(writer, "SELECT COUNT(*) FROM identity_branch")

    assert waited < _LITTLE_SECONDS
    assert "a table is busy; trying again" in told[0]


def migrate(login: Login, *target: str) -> None:
    made = run_python("manage.py", "migrate", *target, environment=settings(login))
    assert made.returncode == 0, made.stderr


@contextmanager
def migrating(login: Login, *target: str) -> Iterator[list[str]]:
    """A migration under way, which succeeds in the end; the lines that it then has told."""
    told: list[str] = []
    with subprocess.Popen(  # noqa: S603 - our own program
        [*programs.MANAGE, "migrate", *target],
        cwd=ROOT,
        env=settings(login),
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        yield told
        told.append(running.communicate(timeout=60)[0])
    assert running.returncode == 0


def seconds_of(connection: Any, query: str) -> float:
    """How long the last statement of a transaction takes."""
    started = time.monotonic()
    connection.cursor().execute(query)
    connection.rollback()
    return time.monotonic() - started


def test_a_default_of_the_database_stays_and_one_of_the_program_is_forgotten(login: Login) -> None:
    """What the checker of migrations goes by: the running version names no column it does not
    know.
    """
    code = (
        "import django; django.setup()\n"
        "from django.db import DatabaseError, connection, models\n"
        "from django.db.migrations import AddField, CreateModel\n"
        "from django.db.migrations.state import ProjectState\n"
        "def run(operation, before):\n"
        "    after = before.clone()\n"
        "    operation.state_forwards('old', after)\n"
        "    with connection.schema_editor() as editor:\n"
        "        operation.database_forwards('old', editor, before, after)\n"
        "    return after\n"
        "def insert():\n"
        "    try:\n"
        "        connection.cursor().execute('INSERT INTO old_order () VALUES ()')\n"
        "        print('inserted')\n"
        "    except DatabaseError as error:\n"
        "        print(error.args[0])\n"
        "key = [('id', models.BigAutoField(primary_key=True))]\n"
        "state = run(CreateModel('Order', key), ProjectState())\n"
        "state = run(AddField('Order', 'kept', models.IntegerField(db_default=0)), state)\n"
        "insert()\n"
        "run(AddField('Order', 'forgotten', models.IntegerField(default=0)), state)\n"
        "insert()\n"
    )

    result = run_python("-c", code, environment=settings(login))

    assert result.stdout.split() == ["inserted", "1364"], result.stderr
