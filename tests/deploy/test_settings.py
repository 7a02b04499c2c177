"""The one settings file: safe in production, complete in what it asks for."""

import pytest

from tests.deploy.production import PRODUCTION, run_python, setting

DEMO = {"DEMO_MODE": "1"}
KEYCLOAK = {
    "AUTH_MODE": "oidc",
    "OIDC_ISSUER": "https://sso.example/realms/agenturclient",
    "OIDC_RP_CLIENT_SECRET": "secret",
    "OIDC_ADMIN_CLIENT_SECRET": "another secret",
}


def test_production_settings_pass_djangos_deployment_checks() -> None:
    result = run_python(
        "manage.py", "check", "--deploy", "--fail-level", "WARNING", environment=PRODUCTION
    )

    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "System check identified no issues (1 silenced).\n"


def test_an_empty_environment_is_told_everything_that_production_needs() -> None:
    result = run_python("manage.py", "check", environment={})

    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        "The environment is not complete:",
        "  OPERATOR_NAME: is missing; expected a text",
        "  PUBLIC_URL: is missing; expected an address such as https://host/path",
        "  SECRET_KEY: is missing; set it, or SECRET_KEY_FILE",
        "  AUTH_MODE: is missing; expected one of local, oidc",
        "  OSDM_BASE_URL: is missing; expected an address such as https://host/path",
        "  OSDM_TOKEN_URL: is missing; expected an address such as https://host/path",
        "  OSDM_CLIENT_ID: is missing; expected a text",
        "  OSDM_CLIENT_SECRET: is missing; set it, or OSDM_CLIENT_SECRET_FILE",
        "  DATABASE_URL: is missing; expected sqlite:///path or mysql://user@host/name",
    ]


def test_demo_mode_needs_nothing_else() -> None:
    result = run_python("manage.py", "check", environment=DEMO)

    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            {"DEBUG": "1"},
            "DEBUG: is allowed in demo mode only; it shows code and settings to anyone",
        ),
        (
            {"ALLOW_LOCAL_LOGIN": "0"},
            "AUTH_MODE: local needs ALLOW_LOCAL_LOGIN=1 outside demo mode",
        ),
        (
            KEYCLOAK | {"OIDC_ISSUER": "http://sso.example/realms/agenturclient"},
            "OIDC_ISSUER: expected an https address outside demo mode",
        ),
        (
            {"PUBLIC_URL": "http://agentur.example"},
            "PUBLIC_URL: expected an https address outside demo mode",
        ),
        ({"SECRET_KEY": "short"}, "SECRET_KEY: expected 50 characters or more"),
    ],
)
def test_an_unsafe_choice_does_not_start_in_production(
    change: dict[str, str], problem: str
) -> None:
    result = run_python("manage.py", "check", environment=PRODUCTION | change)

    assert result.returncode == 1
    assert result.stderr.splitlines() == ["The environment is not complete:", f"  {problem}"]


def test_sign_in_at_keycloak_needs_its_address_and_both_secrets() -> None:
    result = run_python("manage.py", "check", environment=PRODUCTION | {"AUTH_MODE": "oidc"})

    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        "The environment is not complete:",
        "  OIDC_ISSUER: is missing; expected an address such as https://host/path",
        "  OIDC_RP_CLIENT_SECRET: is missing; set it, or OIDC_RP_CLIENT_SECRET_FILE",
        "  OIDC_ADMIN_CLIENT_SECRET: is missing; set it, or OIDC_ADMIN_CLIENT_SECRET_FILE",
    ]


def test_production_with_keycloak_passes_djangos_deployment_checks() -> None:
    result = run_python(
        "manage.py",
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        environment=PRODUCTION | KEYCLOAK,
    )

    assert (result.returncode, result.stderr) == (0, "")


def test_the_sign_out_form_may_lead_to_keycloak_and_nowhere_else() -> None:
    policy = setting("CONTENT_SECURITY_POLICY", PRODUCTION | KEYCLOAK)

    assert policy.endswith("form-action 'self' https://sso.example\"")
    assert setting("CONTENT_SECURITY_POLICY", PRODUCTION).endswith("form-action 'self'\"")


def test_cookies_are_bound_to_the_host_in_production_and_usable_without_tls_in_a_demo() -> None:
    names = "SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.SESSION_COOKIE_SECURE"

    assert setting(names, PRODUCTION) == "('__Host-session', '__Host-csrf', True)"
    assert setting(names, DEMO) == "('session', 'csrf', False)"


def test_only_the_public_host_is_served_in_production() -> None:
    names = "ALLOWED_HOSTS, settings.CSRF_TRUSTED_ORIGINS"

    assert setting(names, PRODUCTION) == "(['agentur.example'], ['https://agentur.example'])"


def test_mysql_gets_the_options_that_were_measured() -> None:
    environment = PRODUCTION | {
        "DATABASE_URL": "mysql://shop@db.internal/agentur",
        "DATABASE_PASSWORD": "p",
    }

    database = setting('DATABASES["default"]', environment)

    assert database == repr(
        {
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "ENGINE": "agenturclient.ops.mysql",
            "NAME": "agentur",
            "USER": "shop",
            "PASSWORD": "p",
            "HOST": "db.internal",
            "PORT": 3306,
            "OPTIONS": {
                "charset": "utf8mb4",
                "isolation_level": "read committed",
                "connect_timeout": 3,
                "read_timeout": 15,
                "write_timeout": 15,
                "init_command": "SET sql_mode='TRADITIONAL', innodb_lock_wait_timeout=5",
            },
        }
    )


def test_bulkheads_leave_threads_for_everything_that_calls_nobody_else() -> None:
    names = ("SEARCH", "HOLD", "ISSUE", "AFTER_SALES", "SIGN_IN", "DIRECTORY")
    total = " + ".join(f"settings.BULKHEAD_{name}" for name in names).removeprefix("settings.")
    threads = run_python(
        "-c",
        "from agenturclient.ops import gunicorn_config as g; print(g.threads)",
        environment={},
    )

    assert int(setting(total, DEMO)) < int(threads.stdout)


def test_every_migration_is_written() -> None:
    result = run_python(
        "manage.py",
        "makemigrations",
        "--check",
        "--dry-run",
        environment=DEMO | {"DATABASE_URL": "sqlite:///:memory:"},
    )

    assert (result.returncode, result.stdout) == (0, "No changes detected\n"), result.stdout
