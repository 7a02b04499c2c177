"""What surrounds every request: probes, request id, log line, headers, size limit, the page."""

import json
import logging
import threading
import time
from pathlib import Path

import pytest
from django.test import Client, override_settings

from agenturclient.ops.health import Finding
from agenturclient.ops.logs import REQUEST_ID, JsonLines
from tests.deploy.production import PRODUCTION, run_python

pytestmark = pytest.mark.django_db


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    """The access log as it would be written."""
    records = [record for record in caplog.records if record.name == "agenturclient.access"]
    return [json.loads(JsonLines().format(record)) for record in records]


def test_a_living_process_says_so() -> None:
    response = Client().get("/health/live")

    assert (response.status_code, response.content) == (200, b"alive\n")


def test_a_process_with_its_database_is_ready() -> None:
    response = Client().get("/health/ready")

    assert (response.status_code, response.content) == (200, b"ready\n")


def test_a_process_without_its_database_is_alive_and_not_ready() -> None:
    code = (
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "for name in ('live', 'ready'):\n"
        "    answer = Client(SERVER_NAME='127.0.0.1').get(f'/health/{name}')\n"
        "    print(answer.status_code, answer.content.decode().strip())\n"
    )
    environment = {
        "DEMO_MODE": "1",
        "DJANGO_SETTINGS_MODULE": "agenturclient.settings",
        "DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3",
        "LOG_LEVEL": "ERROR",
    }

    result = run_python("-c", code, environment=environment)

    told = [line for line in result.stdout.splitlines() if not line.startswith("{")]
    assert told == ["200 alive", "503 the database does not answer"], result.stderr


def test_a_finding_is_kept_for_two_seconds() -> None:
    answers = iter([True, False])
    time = [10.0]
    finding = Finding(lambda: next(answers), now=lambda: time[0])

    found = []
    for time[0] in (10.0, 11.9, 12.0, 13.9):
        found.append(finding.is_good())

    assert found == [True, True, False, False]


def test_a_check_that_hangs_keeps_no_probe_for_longer_than_its_patience() -> None:
    answered, started = threading.Event(), []

    def hang() -> bool:
        started.append(time.monotonic())
        return answered.wait(30)

    finding = Finding(hang, patience=0.2, now=lambda: 0.0)
    begun = time.monotonic()
    probes = [threading.Thread(target=finding.is_good) for _ in range(5)]
    for probe in probes:
        probe.start()
    for probe in probes:
        probe.join()

    assert time.monotonic() - begun < 1
    assert len(started) == 1
    assert finding.is_good() is False
    answered.set()


def test_a_check_that_came_to_its_end_late_is_made_anew() -> None:
    answers, let_go, time_now = iter([True, False, True]), threading.Event(), [0.0]

    def check() -> bool:
        let_go.wait(30)
        return next(answers)

    finding = Finding(check, patience=0.1, now=lambda: time_now[0])
    assert finding.is_good() is False
    let_go.set()
    threading.Event().wait(0.1)

    found = []
    for time_now[0] in (2.0, 4.0):
        found.append(finding.is_good())

    assert found == [False, True]


@override_settings(SECURE_SSL_REDIRECT=True)
def test_probes_are_answered_over_plain_http_where_everything_else_is_sent_to_tls() -> None:
    client = Client()

    assert client.get("/health/live").status_code == 200
    assert client.get("/orders")["Location"] == "https://testserver/orders"


def test_an_id_that_the_proxy_gave_is_kept() -> None:
    response = Client().get("/health/live", headers={"X-Request-ID": "edge-0123456789"})

    assert response["X-Request-ID"] == "edge-0123456789"


@pytest.mark.parametrize("given", ["", "short", "a" * 65, 'x"},{"level":"error'])
def test_anything_else_becomes_a_new_id(given: str) -> None:
    response = Client().get("/health/live", headers={"X-Request-ID": given})

    assert response["X-Request-ID"] != given
    assert len(response["X-Request-ID"]) == 32


def test_a_request_leaves_one_line_without_its_query(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="agenturclient.access"):
        Client().get("/api/v2?q=Keller", headers={"X-Request-ID": "edge-0123456789"})

    (line,) = lines(caplog)
    assert isinstance(line.pop("ms"), float)
    assert isinstance(line.pop("ts"), str)
    assert line == {
        "level": "info",
        "logger": "agenturclient.access",
        "message": "request",
        "method": "GET",
        "path": "/api/v2",
        "status": 404,
    }


def test_a_probe_that_succeeds_leaves_no_line(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="agenturclient.access"):
        Client().get("/health/ready")

    assert lines(caplog) == []


def test_a_line_carries_the_request_id_and_plain_facts_only() -> None:
    record = logging.makeLogRecord(
        {
            "name": "agenturclient.sales",
            "levelname": "WARNING",
            "msg": "sale %s is being clarified",
            "args": ("AC0000012-1-1",),
            "attempt": 3,
            "request": object(),
        }
    )
    token = REQUEST_ID.set("edge-0123456789")
    try:
        line = json.loads(JsonLines().format(record))
    finally:
        REQUEST_ID.reset(token)

    del line["ts"]
    assert line == {
        "level": "warning",
        "logger": "agenturclient.sales",
        "message": "sale AC0000012-1-1 is being clarified",
        "request_id": "edge-0123456789",
        "attempt": 3,
    }


def test_an_error_carries_its_traceback_in_the_same_line() -> None:
    with pytest.raises(ValueError, match="invalid literal") as caught:
        int("x")
    trouble = (caught.type, caught.value, caught.tb)

    text = JsonLines().format(logging.makeLogRecord({"msg": "failed", "exc_info": trouble}))

    assert "\n" not in text
    assert json.loads(text)["trace"].endswith("invalid literal for int() with base 10: 'x'")


def test_every_answer_carries_the_security_headers() -> None:
    response = Client().get("/health/live")

    assert {name: response[name] for name in sorted(_HEADERS)} == _HEADERS


_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; "
        "frame-ancestors 'none'; form-action 'self'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def test_nothing_keeps_an_answer_of_the_api() -> None:
    assert Client().get("/api/v1/nothing-here")["Cache-Control"] == "no-store"


def test_a_body_above_256_kib_is_turned_away_unread() -> None:
    response = Client().post(
        "/api/v1/orders",
        data=b" " * (256 * 1024 + 1),
        content_type="application/json",
        headers={"X-Request-ID": "edge-0123456789"},
    )

    assert response.status_code == 413
    assert response["Content-Type"] == "application/problem+json"
    assert json.loads(response.content) == {
        "type": "urn:agenturclient:problem:body-too-large",
        "title": "Body too large",
        "status": 413,
        "code": "body-too-large",
        "facts": {"limit": 262144},
        "request_id": "edge-0123456789",
    }


@pytest.mark.parametrize("path", ["/", "/orders", "/orders/AC0000012"])
def test_the_page_is_served_for_the_addresses_of_its_router(path: str, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!doctype html><title>Agenturclient</title>")

    with override_settings(PAGE_DIR=tmp_path):
        response = Client().get(path)

    assert response.status_code == 200
    assert response.content == b"<!doctype html><title>Agenturclient</title>"
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Type"] == "text/html; charset=utf-8"


def test_a_hashed_file_is_kept_for_ever(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "index-1aaa.js").write_text("one")

    with override_settings(STATIC_ROOT=tmp_path):
        response = Client().get("/static/assets/index-1aaa.js")

    assert b"".join(response) == b"one"
    assert response["Cache-Control"] == "max-age=315360000, public, immutable"


@pytest.mark.parametrize(
    "path", ["/api/v2", "/static/old.js", "/static/assets/gone-9999.js", "/auth/x", "/health/x"]
)
def test_an_unknown_address_elsewhere_is_not_the_page(path: str) -> None:
    assert Client().get(path).status_code == 404


def test_a_page_that_was_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    with override_settings(PAGE_DIR=tmp_path):
        response = Client().get("/")

    assert (response.status_code, response.content) == (
        503,
        b"The page has not been built. Run: make run\n",
    )


def test_a_host_that_is_not_ours_is_refused_in_production() -> None:
    code = (
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "for host in ('agentur.example', 'evil.example'):\n"
        "    answer = Client(SERVER_NAME=host).get('/', HTTP_X_FORWARDED_PROTO='https')\n"
        "    print(host, answer.status_code)\n"
    )
    environment = PRODUCTION | {
        "DJANGO_SETTINGS_MODULE": "agenturclient.settings",
        "LOG_LEVEL": "ERROR",
    }

    result = run_python("-c", code, environment=environment)

    told = [line for line in result.stdout.splitlines() if not line.startswith("{")]
    assert told[1] == "evil.example 400", result.stderr
    assert told[0] in {"agentur.example 200", "agentur.example 503"}  # with or without a built page
