"""Every setting of the program, read from the environment; `.env.example` explains each.

`DEMO_MODE=1` is the one switch that allows unsafe defaults: a throw-away key, cookies over plain
HTTP, local sign-in. Without it each of them must be given, and a start with anything missing ends
with a list of what is. Durations are seconds unless the name says otherwise.
"""

from datetime import time, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from agenturclient import framework
from agenturclient.env import Database, Environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()
DEMO_MODE = env.flag("DEMO_MODE", default=False)


def required_outside_demo(value: str) -> str | None:
    """The default of a setting that only a demonstration may leave out."""
    return value if DEMO_MODE else None


# ---------------------------------------------------------------- this installation

DEBUG = env.flag("DEBUG", default=False)
if DEBUG and not DEMO_MODE:
    env.problem("DEBUG", "is allowed in demo mode only; it shows code and settings to anyone")

ENVIRONMENT_LABEL = env.text("ENVIRONMENT_LABEL", "Demo" if DEMO_MODE else "")
OPERATOR_NAME = env.text("OPERATOR_NAME", required_outside_demo("Demo operator"))
PUBLIC_URL = env.url("PUBLIC_URL", required_outside_demo("http://127.0.0.1:8000"))
_public = urlsplit(PUBLIC_URL)
if _public.scheme == "http" and not DEMO_MODE:
    env.problem("PUBLIC_URL", "expected an https address outside demo mode")

# ---------------------------------------------------------------- security

_KEY_LENGTH = 50
SECRET_KEY = env.secret("SECRET_KEY", required_outside_demo("demo-mode-only-" + "x" * 50))
_LOCAL_HOSTS = ["127.0.0.1", "localhost", "[::1]"] if DEMO_MODE else []
if SECRET_KEY and len(SECRET_KEY) < _KEY_LENGTH:
    env.problem("SECRET_KEY", f"expected {_KEY_LENGTH} characters or more")
ALLOWED_HOSTS = env.comma_list("ALLOWED_HOSTS", [_public.hostname or "", *_LOCAL_HOSTS])
CSRF_TRUSTED_ORIGINS = env.comma_list("CSRF_TRUSTED_ORIGINS", [PUBLIC_URL])
TRUSTED_PROXY = env.flag("TRUSTED_PROXY", default=False)
if TRUSTED_PROXY:  # only behind a proxy that overwrites the header: a client could send it too
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SECURE_SSL_REDIRECT = not DEMO_MODE
# Probes and Prometheus speak plain HTTP to the process itself, and so does Keycloak inside a mesh
# that encrypts: what it posts is signed.
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$", r"^auth/backchannel-logout$"]
SECURE_HSTS_SECONDS = 0 if DEMO_MODE else int(timedelta(days=365).total_seconds())
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEMO_MODE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
# Preloading HSTS binds the whole domain in every browser: its owner's decision, not a default.
SILENCED_SYSTEM_CHECKS = ["security.W021"]

# A browser accepts a __Host- cookie from this host over TLS only: no sister domain can plant one.
_COOKIE_PREFIX = "" if DEMO_MODE else "__Host-"
SESSION_IDLE_HOURS = env.number("SESSION_IDLE_HOURS", 4, least=1)
SESSION_HOURS = env.number("SESSION_HOURS", 12, least=1)
SESSION_COOKIE_NAME = f"{_COOKIE_PREFIX}session"
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEMO_MODE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True  # the page learns the token from the session
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{_COOKIE_PREFIX}csrf"

AUTH_MODE = env.choice("AUTH_MODE", ["local", "oidc"], required_outside_demo("local"))
ALLOW_LOCAL_LOGIN = env.flag("ALLOW_LOCAL_LOGIN", default=DEMO_MODE)
if env.given("AUTH_MODE") and AUTH_MODE == "local" and not ALLOW_LOCAL_LOGIN:
    env.problem("AUTH_MODE", "local needs ALLOW_LOCAL_LOGIN=1 outside demo mode")
AUTH_USER_MODEL = "identity.User"
AUTH_PASSWORD_VALIDATORS = framework.AUTH_PASSWORD_VALIDATORS

INVITATION_HOURS = env.number("INVITATION_HOURS", 72, least=1)
INVITATIONS = env.choice("INVITATIONS", ["link", "mail"], "link")
if INVITATIONS == "mail" and AUTH_MODE == "local":
    env.problem("INVITATIONS", "mail needs AUTH_MODE=oidc: it is Keycloak that sends it")

# ---------------------------------------------------------------- sign-in at Keycloak

_left_out = None if AUTH_MODE == "oidc" else ""
OIDC_ISSUER = env.url("OIDC_ISSUER", _left_out)
if OIDC_ISSUER.startswith("http:") and not DEMO_MODE:
    env.problem("OIDC_ISSUER", "expected an https address outside demo mode")
OIDC_INTERNAL_URL = env.url("OIDC_INTERNAL_URL", OIDC_ISSUER)
OIDC_RP_CLIENT_ID = env.text("OIDC_RP_CLIENT_ID", "agenturclient")
OIDC_RP_CLIENT_SECRET = env.secret("OIDC_RP_CLIENT_SECRET", _left_out)
OIDC_ADMIN_CLIENT_ID = env.text("OIDC_ADMIN_CLIENT_ID", "agentur-useradmin")
OIDC_ADMIN_CLIENT_SECRET = env.secret("OIDC_ADMIN_CLIENT_SECRET", _left_out)
SIGN_IN_DEADLINE_SECONDS = env.seconds("SIGN_IN_DEADLINE_SECONDS", 5.0)
REVALIDATE_SECONDS = env.seconds("REVALIDATE_SECONDS", 300.0)
REVALIDATE_DEADLINE_SECONDS = env.seconds("REVALIDATE_DEADLINE_SECONDS", 1.0)
DIRECTORY_DEADLINE_SECONDS = env.seconds("DIRECTORY_DEADLINE_SECONDS", 5.0)
BULKHEAD_SIGN_IN = env.number("BULKHEAD_SIGN_IN", 4, least=1)
BULKHEAD_DIRECTORY = env.number("BULKHEAD_DIRECTORY", 2, least=1)
if AUTH_MODE == "oidc":
    AUTHENTICATION_BACKENDS = ["agenturclient.identity.oidc.backend.ProviderBackend"]
    # A browser follows the redirect that answers the sign-out form only where the policy allows it.
    CONTENT_SECURITY_POLICY += " " + "/".join(OIDC_ISSUER.split("/")[:3])

# ---------------------------------------------------------------- the distributor

DISTRIBUTOR = env.choice("DISTRIBUTOR", ["osdm"], "osdm")
OSDM_BASE_URL = env.url("OSDM_BASE_URL", required_outside_demo("http://127.0.0.1:8100"))
OSDM_JOURNEY_URL = env.url("OSDM_JOURNEY_URL", OSDM_BASE_URL)
OSDM_OFFER_URL = env.url("OSDM_OFFER_URL", OSDM_BASE_URL)
OSDM_BOOKING_URL = env.url("OSDM_BOOKING_URL", OSDM_BASE_URL)
OSDM_AFTERSALES_URL = env.url("OSDM_AFTERSALES_URL", OSDM_BASE_URL)
OSDM_TOKEN_URL = env.url("OSDM_TOKEN_URL", required_outside_demo(f"{OSDM_BASE_URL}/oauth/token"))
OSDM_CLIENT_ID = env.text("OSDM_CLIENT_ID", required_outside_demo("agenturclient"))
OSDM_CLIENT_SECRET = env.secret("OSDM_CLIENT_SECRET", required_outside_demo("sandbox-secret"))
OSDM_SCOPE = env.text("OSDM_SCOPE", "")
OSDM_REQUESTOR = env.text("OSDM_REQUESTOR", "")
OSDM_HEADERS = env.json_texts("OSDM_HEADERS", {})
OSDM_CARD_CODES = env.json_lists(
    "OSDM_CARD_CODES",
    {
        "half-fare": ["REDUCTION_CARD", "1185_HTA"],
        "ga-1st": ["TRAVEL_PASS", "1185_GA_1"],
        "ga-2nd": ["TRAVEL_PASS", "1185_GA_2"],
        "junior": ["REDUCTION_CARD", "1185_JUNIOR"],
        "child-co-travel": ["REDUCTION_CARD", "1185_CHILD"],
    },
)
OSDM_MISSING = env.comma_list("OSDM_MISSING", [])
OSDM_HONOURS_KEYS = env.flag("OSDM_HONOURS_KEYS", default=False)

# ---------------------------------------------------------------- resilience of calls to it

CONNECT_DEADLINE_SECONDS = env.seconds("CONNECT_DEADLINE_SECONDS", 2.0)
CONNECT_MOST_ADDRESSES = env.number("CONNECT_MOST_ADDRESSES", 4, least=1)
CONNECT_LOOK_UPS = env.number("CONNECT_LOOK_UPS", 4, least=1)
CONNECTION_KEPT_SECONDS = env.seconds("CONNECTION_KEPT_SECONDS", 4.0)
LARGEST_ANSWER_BYTES = env.number("LARGEST_ANSWER_BYTES", 16 * 1024 * 1024, least=1024)
TOKEN_DEADLINE_SECONDS = env.seconds("TOKEN_DEADLINE_SECONDS", 5.0)
TOKEN_USED_SHARE = env.share("TOKEN_USED_SHARE", 0.8)
SEARCH_DEADLINE_SECONDS = env.seconds("SEARCH_DEADLINE_SECONDS", 8.0)
OFFER_DEADLINE_SECONDS = env.seconds("OFFER_DEADLINE_SECONDS", 10.0)
HOLD_DEADLINE_SECONDS = env.seconds("HOLD_DEADLINE_SECONDS", 15.0)
ISSUE_DEADLINE_SECONDS = env.seconds("ISSUE_DEADLINE_SECONDS", 30.0)
REFUND_DEADLINE_SECONDS = env.seconds("REFUND_DEADLINE_SECONDS", 30.0)
DOCUMENTS_NOW_SECONDS = env.seconds("DOCUMENTS_NOW_SECONDS", 8.0)
# All calls of one request together; what it has no time to begin is left for later.
REQUEST_DEADLINE_SECONDS = env.seconds("REQUEST_DEADLINE_SECONDS", 35.0)

# Calls in flight per process. Together with those to Keycloak fewer than its threads, so that
# orders and health still get one when both stall.
BULKHEAD_SEARCH = env.number("BULKHEAD_SEARCH", 5, least=1)
BULKHEAD_HOLD = env.number("BULKHEAD_HOLD", 3, least=1)
BULKHEAD_ISSUE = env.number("BULKHEAD_ISSUE", 3, least=1)
BULKHEAD_AFTER_SALES = env.number("BULKHEAD_AFTER_SALES", 2, least=1)
BULKHEAD_RECOVER = env.number("BULKHEAD_RECOVER", 2, least=1)

BULKHEAD_RETRY_SECONDS = env.seconds("BULKHEAD_RETRY_SECONDS", 2.0)

BREAKER_FAIL_MAX = env.number("BREAKER_FAIL_MAX", 5, least=1)
BREAKER_RESET_SECONDS = env.seconds("BREAKER_RESET_SECONDS", 15.0)
BREAKER_GOOD_PROBES = env.number("BREAKER_GOOD_PROBES", 2, least=1)


def _breaker(lane: str) -> tuple[int, float, int] | None:
    """Failures, seconds and good probes of a lane's breaker; None when it is switched off."""
    fail_max = env.number(f"BREAKER_{lane}_FAIL_MAX", BREAKER_FAIL_MAX, least=1)
    reset = env.seconds(f"BREAKER_{lane}_RESET_SECONDS", BREAKER_RESET_SECONDS)
    on = env.flag(f"BREAKER_{lane}", default=True)
    return (fail_max, reset, BREAKER_GOOD_PROBES) if on else None


BREAKER_SEARCH, BREAKER_HOLD = _breaker("SEARCH"), _breaker("HOLD")
BREAKER_ISSUE, BREAKER_AFTER_SALES = _breaker("ISSUE"), _breaker("AFTER_SALES")

RETRY_ATTEMPTS = env.number("RETRY_ATTEMPTS", 3, least=1)
RETRY_LEAST_SECONDS = env.seconds("RETRY_LEAST_SECONDS", 1.5)
RETRY_BUDGET_SHARE = env.share("RETRY_BUDGET_SHARE", 0.1)
RETRY_BUDGET_BURST = env.number("RETRY_BUDGET_BURST", 3)
RETRY_FIRST_PAUSE_SECONDS = env.seconds("RETRY_FIRST_PAUSE_SECONDS", 0.1)
RETRY_LONGEST_PAUSE_SECONDS = env.seconds("RETRY_LONGEST_PAUSE_SECONDS", 1.0)

# ---------------------------------------------------------------- data


DATABASE_KEPT_SECONDS = env.number("DATABASE_KEPT_SECONDS", 60)
DATABASE_CONNECT_SECONDS = env.number("DATABASE_CONNECT_SECONDS", 3, least=1)
DATABASE_ANSWER_SECONDS = env.number("DATABASE_ANSWER_SECONDS", 15, least=1)
DATABASE_LOCK_SECONDS = env.number("DATABASE_LOCK_SECONDS", 5, least=1)
DATABASE_CA_FILE = env.text("DATABASE_CA_FILE", "")


def _database(found: Database) -> dict[str, object]:
    """Django's description of the database, with the options that were measured for it."""
    # The check costs one ping per request; without it the first request after a failover fails.
    common: dict[str, object] = {
        "CONN_MAX_AGE": DATABASE_KEPT_SECONDS,
        "CONN_HEALTH_CHECKS": True,
    }
    if found.engine == "sqlite":
        # IMMEDIATE: a deferred transaction that turns into a write fails at once under load.
        # The switch to WAL is made once, by `manage.py prepare_database`.
        return common | {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": found.name if found.name == ":memory:" else BASE_DIR / found.name,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON",
            },
        }
    return common | {
        "ENGINE": "agenturclient.ops.mysql",
        "NAME": found.name,
        "USER": found.user,
        "PASSWORD": env.secret("DATABASE_PASSWORD", found.password),
        "HOST": found.host,
        "PORT": found.port,
        "OPTIONS": {
            "charset": "utf8mb4",
            "isolation_level": "read committed",
            "connect_timeout": DATABASE_CONNECT_SECONDS,
            "read_timeout": DATABASE_ANSWER_SECONDS,
            "write_timeout": DATABASE_ANSWER_SECONDS,
            # The server's own default is 50 seconds, and then a thread of ours is gone as long.
            "init_command": "SET sql_mode='TRADITIONAL', "
            f"innodb_lock_wait_timeout={DATABASE_LOCK_SECONDS}",
            **_tls(),
        },
    }


def _tls() -> dict[str, object]:
    """With a file of authorities, the database must prove its name by one of them."""
    if not DATABASE_CA_FILE:
        return {}
    return {"ssl_mode": "VERIFY_IDENTITY", "ssl": {"ca": DATABASE_CA_FILE}}


DATABASES = {
    "default": _database(
        env.database("DATABASE_URL", required_outside_demo("sqlite:///var/agenturclient.sqlite3"))
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DOCUMENT_STORAGE = env.text("DOCUMENT_STORAGE", "agenturclient.sales.storage.DatabaseStorage")
DOCUMENT_DAYS = env.number("DOCUMENT_DAYS", 14, least=1)
# What nobody could clear up waits for a person from this age on; recovery goes on asking.
FLAG_AFTER_SECONDS = env.seconds("FLAG_AFTER_SECONDS", 900.0)
# When our books are compared with the distributor's every night, and how far back.
RECONCILE_AT = env.daily("RECONCILE_AT", time(2, 30))
RECONCILE_DAYS = env.number("RECONCILE_DAYS", 2, least=1)
STORAGES = {
    "default": {"BACKEND": DOCUMENT_STORAGE},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# ---------------------------------------------------------------- the program

INSTALLED_APPS = framework.INSTALLED_APPS
MIDDLEWARE = framework.MIDDLEWARE
ROOT_URLCONF = "agenturclient.urls"
APPEND_SLASH = False
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False  # the page translates; the server speaks in codes
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024

# The built page. Its file names carry a hash of their content, so they never change.
PAGE_DIR = BASE_DIR / "frontend" / "dist"
STATIC_URL = "/static/"
STATIC_ROOT = PAGE_DIR if PAGE_DIR.is_dir() else None
WHITENOISE_IMMUTABLE_FILE_TEST = "^/static/assets/"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = WHITENOISE_ALLOW_ALL_ORIGINS = False

REST_FRAMEWORK = framework.REST_FRAMEWORK
SPECTACULAR_SETTINGS = framework.SPECTACULAR_SETTINGS

METRICS_TOKEN = env.secret("METRICS_TOKEN", "")
METRICS_DIR = env.text("PROMETHEUS_MULTIPROC_DIR", "")
LOG_LEVEL = env.choice("LOG_LEVEL", ["DEBUG", "INFO", "WARNING", "ERROR"], "INFO")
LOGGING = framework.json_logging(LOG_LEVEL, framework.QUIETER)

env.complete()
