"""What Django and its libraries are told in every installation: none of it is anybody's choice.

The settings of an installation are in `settings`, which takes these over.
"""

from collections.abc import Mapping
from typing import Final

INSTALLED_APPS: Final = [
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
MIDDLEWARE: Final = [
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
AUTH_PASSWORD_VALIDATORS: Final = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
REST_FRAMEWORK: Final = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "agenturclient.api.problems.handle",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS: Final = {
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
        "ChangeKind": "agenturclient.identity.changes.ChangeKind",
        "ChangeState": "agenturclient.identity.changes.ChangeState",
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
        "UserState": "agenturclient.identity.users.details.UserState",
    },
}


def json_logging(level: str, loggers: Mapping[str, object]) -> dict[str, object]:
    """All log lines as JSON on standard output, from `level` on; `loggers` have rules of their own.

    In the form of `logging.config.dictConfig`.
    """
    return {
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
        "root": {"handlers": ["stdout"], "level": level},
        "loggers": dict(loggers),
    }


QUIETER: Final = {
    # Django's own handlers would write a second, unstructured copy.
    "django": {"handlers": [], "level": "INFO", "propagate": True},
    # Each request and each call has a line of ours, without what an address may carry.
    "django.request": {"level": "ERROR"},
    "httpx": {"level": "WARNING"},
}
