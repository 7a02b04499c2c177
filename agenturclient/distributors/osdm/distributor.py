"""The port, spoken in OSDM: one method each."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agenturclient.distributors import outcome
from agenturclient.distributors.osdm import mapping, mapping_booking, mapping_offers, requests
from agenturclient.distributors.osdm.addresses import Addresses
from agenturclient.distributors.osdm.capabilities import Capabilities, Feature
from agenturclient.distributors.osdm.client import Ask, OsdmClient
from agenturclient.distributors.osdm.config import Operations
from agenturclient.distributors.osdm.documents import Documents
from agenturclient.distributors.osdm.refunds import Refunds
from agenturclient.distributors.osdm.wire import Node, Unreadable
from agenturclient.distributors.stations import find_listed_stations
from agenturclient.kernel.money import CurrencyMismatch, Money
from agenturclient.outbound import deadline
from agenturclient.sales.ports import (
    Abilities,
    Booking,
    BookingState,
    DistributorFailure,
    DocumentFile,
    HoldRequest,
    Offers,
    OutcomeUnknown,
    Place,
    Refusals,
    Refused,
    RefundQuote,
    RefundRequest,
    TouristicQuery,
    TripQuery,
)
