"""Places, connections, offers: what is read before anything is booked."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agenturclient.distributors.osdm import mapping, mapping_offers, requests
from agenturclient.distributors.osdm.capabilities import Feature
from agenturclient.distributors.osdm.client import Ask
from agenturclient.distributors.osdm.connection import usable
from agenturclient.distributors.stations import find_listed_stations
from agenturclient.sales.ports import DistributorFailure, Offers, Place, Refusals, Refused

if TYPE_CHECKING:
    from agenturclient.distributors.osdm.connection import Connection
    from agenturclient.sales.ports import TouristicQuery, TripQuery

# How the standard names a station: by its UIC number.
_STATION = "urn:uic:stn:"


@dataclass(frozen=True)
class Searching:
    """Reads; each fails as Refused or Unavailable only."""

    to: Connection

    def find_places(self, text: str, language: str, limit: int) -> tuple[Place, ...]:
        """From the distributor; from the shipped list where it has no such search."""
        if not self.to.capabilities.has(Feature.PLACES):
            return _listed(text, limit)
        ask = Ask(
            self.to.operations.places,
            "POST",
            self.to.at.places,
            requests.places(text, limit),
            language=language,
            feature=Feature.PLACES,
        )
        try:
            with usable(writes=False):
                return mapping.places(self.to.client.call(ask), limit)
        except Refused as refusal:
            if refusal.code == Refusals.CANNOT_DO_THAT:
                return _listed(text, limit)
            if refusal.code == Refusals.UNKNOWN_PLACE:
                return ()
            raise

    def find_offers(self, query: TripQuery) -> Offers:
        """Connections and offers in one call: every distributor has that one."""
        body = requests.trip_offers(query, self.to.config.card_codes)
        return self._offers(body, query.language)

    def find_touristic(self, query: TouristicQuery) -> Offers:
        """Offers without a trip."""
        if not self.to.capabilities.has(Feature.TOURISTIC):
            raise Refused(Refusals.CANNOT_DO_THAT, "offers without a trip")
        body = requests.touristic_offers(query, self.to.config.card_codes)
        return self._offers(body, query.language, Feature.TOURISTIC)

    def probe(self) -> None:
        """Find out at once whether there is a place search."""
        with contextlib.suppress(DistributorFailure):
            self.find_places("Bern", "de", 1)

    def _offers(self, body: requests.Body, language: str, feature: Feature | None = None) -> Offers:
        ask = Ask(
            self.to.operations.offers,
            "POST",
            self.to.at.offers,
            body,
            language=language,
            feature=feature,
        )
        with usable(writes=False):
            return mapping_offers.offers(self.to.client.call(ask))


def _listed(text: str, limit: int) -> tuple[Place, ...]:
    return tuple(
        Place(f"{_STATION}{each.uic}", each.name, each.code or None)
        for each in find_listed_stations(text, limit=limit)
    )
