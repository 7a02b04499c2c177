"""The database connection of production over TLS, with a real server."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scripts.mariadb import HOST, Login, MariaDB, ServerMissing
from tests.deploy.production import PRODUCTION, run_python
from tests.unit.outbound.certificates import write_certificate

pytest.importorskip("MySQLdb", reason="mysqlclient is not installed")

_CIPHER = """
import django
django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SHOW SESSION STATUS LIKE 'Ssl_cipher'")
    print(cursor.fetchone()[1])
"""


@contextmanager
def server_that_shows(certificate: Path) -> Iterator[Login]:
    options = (f"--ssl-cert={certificate}", f"--ssl-key={certificate}")
    try:
        server = MariaDB(certificate.parent / "mariadb", options=options)
    except ServerMissing as missing:
        pytest.skip(str(missing))
    with server:
        yield server.create_database("agenturclient")


def cipher(login: Login, authority: Path) -> subprocess.CompletedProcess[str]:
    """What a process of the program speaks with the server."""
    environment = {
        **PRODUCTION,
        "DATABASE_URL": login.url,
        "DATABASE_CA_FILE": str(authority),
        "DJANGO_SETTINGS_MODULE": "agenturclient.settings",
    }
    return run_python("-c", _CIPHER, environment=environment)


def test_a_server_that_proves_its_name_is_spoken_to_encrypted(tmp_path: Path) -> None:
    certificate = tmp_path / "server.pem"
    write_certificate(certificate, address=HOST)
    with server_that_shows(certificate) as login:
        result = cipher(login, certificate)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("TLS_")


def test_a_server_of_another_authority_is_not_spoken_to(tmp_path: Path) -> None:
    certificate, other = tmp_path / "server.pem", tmp_path / "other.pem"
    for file in (certificate, other):
        write_certificate(file, address=HOST)
    with server_that_shows(certificate) as login:
        result = cipher(login, other)
    assert result.returncode == 1
    assert "self-signed certificate" in result.stderr


def test_a_server_of_another_name_is_not_spoken_to(tmp_path: Path) -> None:
    certificate = tmp_path / "server.pem"
    write_certificate(certificate, address="127.0.0.2")
    with server_that_shows(certificate) as login:
        result = cipher(login, certificate)
    assert result.returncode == 1
    assert "TLS" in result.stderr
