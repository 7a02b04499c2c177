"""The private MariaDB server that tests and local runs use, tried for real."""

import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scripts.mariadb import HOST, Login, MariaDB, ServerFailed, ServerMissing

_TABLE = "CREATE TABLE kept (word VARCHAR(20)) ENGINE=InnoDB"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDB]:
    try:
        made = MariaDB(tmp_path_factory.mktemp("a-folder-with-a-name-longer-than-a-socket-" * 3))
    except ServerMissing as missing:
        pytest.skip(str(missing))
    with made as running:
        yield running


def driver() -> Any:
    return pytest.importorskip("MySQLdb", reason="mysqlclient is not installed")


def asked(login: Login, statement: str) -> str:
    """The one value that a user of the database gets over TCP."""
    connection = driver().connect(
        host=HOST,
        port=login.port,
        user=login.user,
        password=login.password,
        database=login.database,
        autocommit=True,
    )
    try:
        cursor = connection.cursor()
        cursor.execute(statement)
        return str((cursor.fetchone() or [""])[0])
    finally:
        connection.close()


def test_what_was_committed_survives_a_kill(server: MariaDB) -> None:
    login = server.create_database("kept")
    asked(login, _TABLE)
    asked(login, "INSERT INTO kept VALUES ('Zürich 🚆')")
    server.kill()
    assert not server.is_running()
    server.start()
    assert asked(login, "SELECT word FROM kept") == "Zürich 🚆"


def test_it_is_set_as_production_is(server: MariaDB) -> None:
    login = server.create_database("settings")
    assert asked(login, "SELECT @@tx_isolation") == "READ-COMMITTED"
    assert asked(login, "SELECT @@innodb_flush_log_at_trx_commit") == "1"
    assert asked(login, "SELECT @@character_set_database") == "utf8mb4"


def test_a_user_sees_only_its_own_database_and_may_make_it_again(server: MariaDB) -> None:
    login = server.create_database("its_own")
    server.create_database("itsxown")
    assert asked(login, "SELECT GROUP_CONCAT(schema_name) FROM information_schema.schemata") == (
        "information_schema,its_own"
    )
    asked(login, "DROP DATABASE its_own")
    asked(replace(login, database=""), "CREATE DATABASE its_own")


def test_a_second_call_gives_the_user_a_new_password(server: MariaDB) -> None:
    first = server.create_database("twice")
    second = server.create_database("twice", password="it's a \\ password")
    assert first.password != second.password
    assert asked(second, "SELECT 1") == "1"
    with pytest.raises(driver().OperationalError, match="Access denied"):
        asked(first, "SELECT 1")


def test_the_administrator_has_no_door_on_the_network(server: MariaDB) -> None:
    command = ["mariadb", "--no-defaults", "--protocol=tcp", f"--host={HOST}", "--user=root"]
    refused = subprocess.run(  # noqa: S603 - MariaDB's own client
        [*command, f"--port={server.port}", "-e", "SELECT 1"], capture_output=True, check=False
    )
    assert refused.returncode == 1
    assert b"Access denied" in refused.stderr


def test_a_wrong_statement_and_a_wrong_name_are_told(server: MariaDB) -> None:
    with pytest.raises(ServerFailed, match="SQL syntax"):
        server.sql("SELEKT 1")
    with pytest.raises(ValueError, match="Not a name"):
        server.create_database("a`b")


def test_a_port_that_is_taken_is_told(server: MariaDB, tmp_path: Path) -> None:
    del server  # here only because without its programs there is nothing to try
    with socket.create_server((HOST, 0)) as taken:
        second = MariaDB(tmp_path, port=taken.getsockname()[1])
        with pytest.raises(ServerFailed, match="Address already in use"):
            second.start()
    assert not second.is_running()


def test_a_machine_without_the_server_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServerMissing, match="apt install mariadb-server") as caught:
        MariaDB(tmp_path)
    assert str(caught.value).count(".") == 1
