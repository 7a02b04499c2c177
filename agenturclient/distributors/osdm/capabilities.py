"""What this distributor lacks: set, or learned from a 501, and said once in the log."""

from __future__ import annotations

import logging
from enum import StrEnum
from threading import Lock
from typing import TYPE_CHECKING

from agenturclient.sales.ports import Abilities

if TYPE_CHECKING:
    from collections.abc import Iterable

logger = logging.getLogger(__name__)


class Feature(StrEnum):
    """What a distributor may lack and still be sold on. The values are those of OSDM_MISSING."""

    PLACES = "places"
    FIND = "bookings-search"
    READ_QUOTE = "refund-offer-read"
    LISTED_QUOTES = "refund-offers-in-booking"
    PARTIAL_REFUND = "partial-refund"
    CLEAN_UP = "cleanup"
    TOURISTIC = "offers-without-trip"
    FULFILLMENTS = "fulfillment-read"


class Capabilities:
    """Thread-safe; only ever learns that something is missing."""

    def __init__(self, missing: Iterable[str], *, honours_keys: bool) -> None:
        self._honours_keys = honours_keys
        self._lock = Lock()
        self._missing: frozenset[Feature] = frozenset()
        for name in missing:
            if name not in set(Feature):
                known = ", ".join(Feature)
                raise ValueError(f"{name!r} is nothing that can be missing; known are {known}")
            self.lacks(Feature(name))

    def has(self, feature: Feature) -> bool:
        """Whether nothing speaks against it so far."""
        return feature not in self._missing

    def lacks(self, feature: Feature) -> None:
        """Remember that it is missing; the first time, say so."""
        with self._lock:
            if feature in self._missing:
                return
            self._missing |= {feature}
        logger.warning("the distributor does not offer %s: doing without", feature.value)

    def abilities(self) -> Abilities:
        """The same in the port's words; without a place search the shipped list serves."""
        return Abilities(
            find_by_reference=self.has(Feature.FIND),
            honours_keys=self._honours_keys,
            lists_quotes=self.has(Feature.LISTED_QUOTES),
            reads_quotes=self.has(Feature.READ_QUOTE) or self.has(Feature.LISTED_QUOTES),
            partial_refund=self.has(Feature.PARTIAL_REFUND),
            place_search=True,
            touristic=self.has(Feature.TOURISTIC),
            cleanup=self.has(Feature.CLEAN_UP),
        )
