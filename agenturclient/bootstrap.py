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
from agenturclient.outbound.guard import Guard, GuardConfig, Lane
from agenturclient.outbound.metrics import Metrics
from agenturclient.outbound.retry import RetryPolicy
from agenturclient.sales.clock import DatabaseClock
from agenturclient.sales.ports import Card

if TYPE_CHECKING:
    from agenturclient.kernel.clock import Clock
    from agenturclient.sales.ports import Distributor


@dataclass
class _InPlace:
    """What was put in place of what the settings describe."""

    distributor: Distributor | None = None
    clock: Clock | None = None


_in_place = _InPlace()


def distributor() -> Distributor:
    """The distributor that tickets come from."""
    return _in_place.distributor or _osdm()


def clock() -> Clock:
    """The clock of all decisions: the database's."""
    return _in_place.clock or DatabaseClock()


@cache
def metrics() -> Metrics:
    """What this process has counted of its calls to others."""
    return Metrics()


def use(*, distributor: Distributor | None = None, clock: Clock | None = None) -> None:
    """Use these in the whole process from now on; None is the one that the settings describe."""
    _in_place.distributor, _in_place.clock = distributor, clock


def introduce() -> None:
    """Ask the distributor what it offers, so that what is missing is said at start-up.

    For processes that run long; takes seconds at most, and says nothing when nobody answers.
    """
    if _in_place.distributor is None:
        _osdm().introduce()


@cache
def _osdm() -> OsdmDistributor:
    return OsdmDistributor(_osdm_config(), Guard(_guard_config(), metrics=metrics()))


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
        ),
    )


def _cards() -> list[tuple[str, list[str]]]:
    return list(settings.OSDM_CARD_CODES.items())


def _guard_config() -> GuardConfig:
    return GuardConfig(
        lanes={
            "search": Lane(settings.BULKHEAD_SEARCH, settings.BREAKER_SEARCH),
            "hold": Lane(settings.BULKHEAD_HOLD, settings.BREAKER_HOLD),
            "issue": Lane(settings.BULKHEAD_ISSUE, settings.BREAKER_ISSUE),
            "after-sales": Lane(settings.BULKHEAD_AFTER_SALES, settings.BREAKER_AFTER_SALES),
        },
        connect_seconds=settings.CONNECT_DEADLINE_SECONDS,
        patient_places=settings.BULKHEAD_RECOVER,
        fail_max=settings.BREAKER_FAIL_MAX,
        reset_seconds=settings.BREAKER_RESET_SECONDS,
        retry=RetryPolicy(
            attempts=settings.RETRY_ATTEMPTS,
            least_seconds=settings.RETRY_LEAST_SECONDS,
            share=settings.RETRY_BUDGET_SHARE,
            burst=settings.RETRY_BUDGET_BURST,
        ),
        before_call=_give_back_connections,
    )


def _give_back_connections() -> None:
    """Law 1: no transaction is open during a remote call, and the thread's database connection is
    given back before it. Raises RuntimeError where somebody breaks the first half.
    """
    for connection in connections.all(initialized_only=True):
        if connection.in_atomic_block:
            raise RuntimeError("a remote call inside a database transaction")
        connection.close()
