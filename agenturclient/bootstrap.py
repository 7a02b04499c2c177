"""Wiring: the only module that sees both a port and its adapter.

Everything is made on first use, in the process that uses it. A test or a simulation puts its own
in place with `use`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connections

from agenturclient.distributors.osdm.config import Access, Deadlines, Modules, OsdmConfig
from agenturclient.distributors.osdm.distributor import OsdmDistributor
from agenturclient.identity.directory.keycloak.admin_api import AdminApi
from agenturclient.identity.directory.keycloak.directory import KeycloakDirectory
from agenturclient.identity.directory.local import LocalDirectory
from agenturclient.identity.keycloak.client import Keycloak
from agenturclient.identity.keycloak.config import configured
from agenturclient.outbound.breaker import BreakerPolicy
from agenturclient.outbound.client import ConnectionPolicy
from agenturclient.outbound.guard import Guard, GuardConfig, Lane
from agenturclient.outbound.retry import RetryPolicy
from agenturclient.sales.clock import DatabaseClock
from agenturclient.sales.ports import Card

if TYPE_CHECKING:
    from agenturclient.identity.directory.port import Directory
    from agenturclient.kernel.clock import Clock
    from agenturclient.sales.ports import Distributor


@dataclass
class _InPlace:
    """What was put in place of what the settings describe."""

    distributor: Distributor | None = None
    clock: Clock | None = None
    keycloak: Keycloak | None = None
    directory: Directory | None = None


_in_place = _InPlace()


def distributor() -> Distributor:
    """The distributor that tickets come from."""
    return _in_place.distributor or _osdm()


def clock() -> Clock:
    """The clock of all decisions: the database's."""
    return _in_place.clock or DatabaseClock()


def keycloak() -> Keycloak:
    """Where people sign in, when AUTH_MODE says so."""
    return _in_place.keycloak or _keycloak()


def directory() -> Directory:
    """Where people's accounts are kept."""
    if _in_place.directory is not None:
        return _in_place.directory
    return _keycloak_directory() if settings.AUTH_MODE == "oidc" else LocalDirectory()


def use(
    *,
    distributor: Distributor | None = None,
    clock: Clock | None = None,
    keycloak: Keycloak | None = None,
    directory: Directory | None = None,
) -> None:
    """Use these in the whole process from now on; None is the one that the settings describe."""
    _in_place.distributor, _in_place.clock = distributor, clock
    _in_place.keycloak, _in_place.directory = keycloak, directory


def introduce() -> None:
    """Ask the distributor what it offers, so that what is missing is said at start-up.

    For processes that run long; takes seconds at most, and says nothing when nobody answers.
    """
    if _in_place.distributor is None:
        _osdm().introduce()


@cache
def _osdm() -> OsdmDistributor:
    return OsdmDistributor(_osdm_config(), Guard(_guard_config()))


def _osdm_config() -> OsdmConfig:
    return OsdmConfig(
        name=settings.DISTRIBUTOR,
        modules=Modules(
            journey=settings.OSDM_JOURNEY_URL,
            offer=settings.OSDM_OFFER_URL,
            booking=settings.OSDM_BOOKING_URL,
            after_sales=settings.OSDM_AFTERSALES_URL,
        ),
        access=Access(
            token_url=settings.OSDM_TOKEN_URL,
            client_id=settings.OSDM_CLIENT_ID,
            client_secret=settings.OSDM_CLIENT_SECRET,
            scope=settings.OSDM_SCOPE,
            used_share=settings.TOKEN_USED_SHARE,
        ),
        requestor=settings.OSDM_REQUESTOR,
        headers=settings.OSDM_HEADERS,
        card_codes={Card(card): (kind, code) for card, (kind, code) in _cards()},
        missing=tuple(settings.OSDM_MISSING),
        honours_keys=settings.OSDM_HONOURS_KEYS,
        deadlines=Deadlines(
            search=settings.SEARCH_DEADLINE_SECONDS,
            offer=settings.OFFER_DEADLINE_SECONDS,
            hold=settings.HOLD_DEADLINE_SECONDS,
            issue=settings.ISSUE_DEADLINE_SECONDS,
            refund=settings.REFUND_DEADLINE_SECONDS,
            token=settings.TOKEN_DEADLINE_SECONDS,
        ),
    )


def _cards() -> list[tuple[str, list[str]]]:
    return list(settings.OSDM_CARD_CODES.items())


def _guard_config() -> GuardConfig:
    return GuardConfig(
        lanes={
            "search": _lane(settings.BULKHEAD_SEARCH, settings.BREAKER_SEARCH),
            "hold": _lane(settings.BULKHEAD_HOLD, settings.BREAKER_HOLD),
            "issue": _lane(settings.BULKHEAD_ISSUE, settings.BREAKER_ISSUE),
            "after-sales": _lane(settings.BULKHEAD_AFTER_SALES, settings.BREAKER_AFTER_SALES),
        },
        system=settings.DISTRIBUTOR,
        patient_places=settings.BULKHEAD_RECOVER,
        busy_retry_seconds=settings.BULKHEAD_RETRY_SECONDS,
        connections=_connections(),
        retry=_retry(),
        before_call=_give_back_connections,
    )


@cache
def _keycloak() -> Keycloak:
    return Keycloak(configured(), _keycloak_guard())


@cache
def _keycloak_directory() -> KeycloakDirectory:
    config = configured()
    api = AdminApi(
        config.admin_url,
        _keycloak_guard(),
        keycloak().service_account,
        seconds=settings.DIRECTORY_DEADLINE_SECONDS,
    )
    mails = settings.INVITATIONS == "mail"
    return KeycloakDirectory(config.issuer, api, sends_mail=mails)


@cache
def _keycloak_guard() -> Guard:
    return Guard(_keycloak_guard_config())


def _keycloak_guard_config() -> GuardConfig:
    breaker = (
        settings.BREAKER_FAIL_MAX,
        settings.BREAKER_RESET_SECONDS,
        settings.BREAKER_GOOD_PROBES,
    )
    return GuardConfig(
        lanes={
            "sign-in": _lane(settings.BULKHEAD_SIGN_IN, breaker),
            "directory": _lane(settings.BULKHEAD_DIRECTORY, breaker),
            # Asked from inside a call that has its place already.
            "service-account": _lane(settings.BULKHEAD_DIRECTORY, breaker),
        },
        system="keycloak",
        busy_retry_seconds=settings.BULKHEAD_RETRY_SECONDS,
        connections=_connections(),
        retry=_retry(),
        before_call=_give_back_connections,
    )


def _lane(places: int, breaker: tuple[int, float, int] | None) -> Lane:
    return Lane(places, BreakerPolicy(*breaker) if breaker else None)


def _connections() -> ConnectionPolicy:
    return ConnectionPolicy(
        connect_seconds=settings.CONNECT_DEADLINE_SECONDS,
        kept_seconds=settings.CONNECTION_KEPT_SECONDS,
        look_ups=settings.CONNECT_LOOK_UPS,
        most_addresses=settings.CONNECT_MOST_ADDRESSES,
        largest_answer=settings.LARGEST_ANSWER_BYTES,
    )


def _retry() -> RetryPolicy:
    return RetryPolicy(
        attempts=settings.RETRY_ATTEMPTS,
        least_seconds=settings.RETRY_LEAST_SECONDS,
        share=settings.RETRY_BUDGET_SHARE,
        burst=settings.RETRY_BUDGET_BURST,
        first_pause=settings.RETRY_FIRST_PAUSE_SECONDS,
        longest_pause=settings.RETRY_LONGEST_PAUSE_SECONDS,
    )


def _give_back_connections() -> None:
    """Law 1: no transaction is open during a remote call, and the thread's database connection is
    given back before it. Raises RuntimeError where somebody breaks the first half.
    """
    for connection in connections.all(initialized_only=True):
        if connection.in_atomic_block:
            raise RuntimeError("a remote call inside a database transaction")
        connection.close()
