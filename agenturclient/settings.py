"""Every setting of the program, read from the environment; `.env.example` explains each.

`DEMO_MODE=1` is the one switch that allows unsafe defaults: a throw-away key, cookies over plain
HTTP, local sign-in. Without it each of them must be given, and a start with anything missing ends
with a list of what is. Durations are seconds unless the name says otherwise.
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

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
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # probes speak plain HTTP to the process itself
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
if AUTH_MODE == "oidc":
    env.problem("AUTH_MODE", "this release signs in locally only; set local")
AUTH_USER_MODEL = "identity.User"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

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
SEARCH_DEADLINE_SECONDS = env.seconds("SEARCH_DEADLINE_SECONDS", 8.0)
OFFER_DEADLINE_SECONDS = env.seconds("OFFER_DEADLINE_SECONDS", 10.0)
HOLD_DEADLINE_SECONDS = env.seconds("HOLD_DEADLINE_SECONDS", 15.0)
ISSUE_DEADLINE_SECONDS = env.seconds("ISSUE_DEADLINE_SECONDS", 30.0)
REFUND_DEADLINE_SECONDS = env.seconds("REFUND_DEADLINE_SECONDS", 30.0)

# Calls in flight per process. Together fewer than its 16 threads, so that orders, sign-in and
# health still get one when the distributor stalls.
BULKHEAD_SEARCH = env.number("BULKHEAD_SEARCH", 5, least=1)
BULKHEAD_HOLD = env.number("BULKHEAD_HOLD", 3, least=1)
BULKHEAD_ISSUE = env.number("BULKHEAD_ISSUE", 3, least=1)
BULKHEAD_AFTER_SALES = env.number("BULKHEAD_AFTER_SALES", 2, least=1)
BULKHEAD_RECOVER = env.number("BULKHEAD_RECOVER", 2, least=1)

BREAKER_SEARCH = env.flag("BREAKER_SEARCH", default=True)
BREAKER_HOLD = env.flag("BREAKER_HOLD", default=True)
BREAKER_ISSUE = env.flag("BREAKER_ISSUE", default=True)
BREAKER_AFTER_SALES = env.flag("BREAKER_AFTER_SALES", default=True)
BREAKER_FAIL_MAX = env.number("BREAKER_FAIL_MAX", 5, least=1)
BREAKER_RESET_SECONDS = env.seconds("BREAKER_RESET_SECONDS", 15.0)

RETRY_ATTEMPTS = env.number("RETRY_ATTEMPTS", 3, least=1)
RETRY_LEAST_SECONDS = env.seconds("RETRY_LEAST_SECONDS", 1.5)
RETRY_BUDGET_SHARE = env.share("RETRY_BUDGET_SHARE", 0.1)
RETRY_BUDGET_BURST = env.number("RETRY_BUDGET_BURST", 3)

# ---------------------------------------------------------------- data


def _database(found: Database) -> dict[str, object]:
    """Django's description of the database, with the options that were measured for it."""
    common: dict[str, object] = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
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
        "ENGINE": "django.db.backends.mysql",
        "NAME": found.name,
        "USER": found.user,
        "PASSWORD": env.secret("DATABASE_PASSWORD", found.password),
        "HOST": found.host,
        "PORT": found.port,
        "OPTIONS": {
            "charset": "utf8mb4",
            "isolation_level": "read committed",
            "connect_timeout": 3,
            "read_timeout": 15,
            "write_timeout": 15,
            "init_command": "SET sql_mode='TRADITIONAL', innodb_lock_wait_timeout=5",
        },
    }


DATABASES = {
    "default": _database(
        env.database("DATABASE_URL", required_outside_demo("sqlite:///var/agenturclient.sqlite3"))
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DOCUMENT_STORAGE = env.text("DOCUMENT_STORAGE", "agenturclient.sales.storage.DatabaseStorage")
DOCUMENT_DAYS = env.number("DOCUMENT_DAYS", 14, least=1)
STORAGES = {
    "default": {"BACKEND": DOCUMENT_STORAGE},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# ---------------------------------------------------------------- the program

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "rest_framework",
    "drf_spectacular",
    "agenturclient.identity",
    "agenturclient.settlement",
    "agenturclient.sales",
    "agenturclient.ops",
]
MIDDLEWARE = [
    "agenturclient.ops.requests.RequestLog",
    "agenturclient.ops.headers.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "agenturclient.ops.bodies.BodyLimit",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
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

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "agenturclient.api.problems.handle",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Agenturclient",
    "VERSION": "1",
    "DESCRIPTION": "Sell and refund railway tickets for an agency.",
    "OAS_VERSION": "3.1.1",
    "COMPONENT_SPLIT_REQUEST": False,  # shapes are told apart by their own names: ...In, ...Out
    "COMPONENT_SPLIT_PATCH": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {  # names that stay when another field gets the same values
        "AuthMode": "agenturclient.api.shapes.session.AuthMode",
        "Card": "agenturclient.sales.ports.Card",
        "EntryAccount": "agenturclient.api.shapes.orders.EntryAccount",
        "EventSubject": "agenturclient.api.shapes.orders.EventSubject",
        "Flexibility": "agenturclient.sales.ports.Flexibility",
        "Language": "agenturclient.api.shapes.searches.Language",
        "OfferKind": "agenturclient.sales.ports.OfferKind",
        "OrderState": "agenturclient.sales.states.OrderState",
        "Page": "agenturclient.sales.ports.Page",
        "Permission": "agenturclient.identity.actors.Permission",
        "RefundReason": "agenturclient.sales.ports.RefundReason",
        "RefundState": "agenturclient.sales.states.RefundState",
        "Role": "agenturclient.identity.actors.Role",
        "SaleOrRefund": "agenturclient.api.shapes.orders.SaleOrRefund",
        "SaleState": "agenturclient.sales.states.SaleState",
        "SearchKind": "agenturclient.api.shapes.searches.SearchKind",
        "TicketState": "agenturclient.api.shapes.orders.TicketState",
        "TravelClass": "agenturclient.sales.ports.TravelClass",
        "TravellerKind": "agenturclient.sales.ports.TravellerKind",
    },
}

LOG_LEVEL = env.choice("LOG_LEVEL", ["DEBUG", "INFO", "WARNING", "ERROR"], "INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "agenturclient.ops.logs.JsonLines"}},
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "json",
        }
    },
    "root": {"handlers": ["stdout"], "level": LOG_LEVEL},
    "loggers": {
        # Django's own handlers would write a second, unstructured copy.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # Each request and each call has a line of ours, without what an address may carry.
        "django.request": {"level": "ERROR"},
        "httpx": {"level": "WARNING"},
    },
}

env.complete()
