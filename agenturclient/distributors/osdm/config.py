"""Everything that makes one OSDM distributor differ from another, as far as it can be set."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agenturclient.outbound.messages import Operation
from agenturclient.sales.ports import Card

if TYPE_CHECKING:
    from collections.abc import Mapping

# Card: (CardReference.type, CardReference.code). SBB's codes as the reference of the standard
# documents them ("start with the RICS code of the issuer"); other distributors set their own.
CARD_CODES: Mapping[Card, tuple[str, str]] = {
    Card.HALF_FARE: ("REDUCTION_CARD", "1185_HTA"),
    Card.GA_FIRST: ("TRAVEL_PASS", "1185_GA_1"),
    Card.GA_SECOND: ("TRAVEL_PASS", "1185_GA_2"),
    Card.JUNIOR: ("REDUCTION_CARD", "1185_JUNIOR"),
    Card.CHILD_CO_TRAVEL: ("REDUCTION_CARD", "1185_CHILD"),
}


@dataclass(frozen=True)
class Access:
    """How we are let in: OAuth 2.0 client credentials.

    A token is renewed when `used_share` of its life has passed, so that it never ends under way.
    """

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str = ""
    used_share: float = 0.8


@dataclass(frozen=True)
class Modules:
    """Base URL of each part of the API: some distributors serve them from different hosts."""

    journey: str
    offer: str
    booking: str
    after_sales: str


@dataclass(frozen=True)
class Deadlines:
    """Total seconds for each kind of call."""

    search: float = 8.0
    offer: float = 10.0
    hold: float = 15.0
    issue: float = 30.0
    refund: float = 30.0
    token: float = 5.0


@dataclass(frozen=True)
class OsdmConfig:
    """One OSDM distributor.

    `missing` names what it does not offer (see `capabilities`); `honours_keys` that it answers a
    repeated Idempotency-Key as the standard demands, which many do not.
    """

    name: str
    modules: Modules
    access: Access
    requestor: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    card_codes: Mapping[Card, tuple[str, str]] = field(default_factory=lambda: dict(CARD_CODES))
    missing: tuple[str, ...] = ()
    honours_keys: bool = False
    deadlines: Deadlines = field(default_factory=Deadlines)


class Operations:
    """The kinds of calls, with lane and deadline. Lanes: search, hold, issue, after-sales."""

    def __init__(self, deadlines: Deadlines) -> None:
        self.places = Operation("places", "search", deadlines.search)
        self.offers = Operation("offers", "search", deadlines.offer)
        self.hold = Operation("hold", "hold", deadlines.hold, writes=True)
        self.release = Operation("release", "hold", deadlines.hold, writes=True)
        self.issue = Operation("issue", "issue", deadlines.issue, writes=True)
        self.read_issued = Operation("read-issued", "issue", deadlines.issue)
        self.find = Operation("bookings-search", "after-sales", deadlines.hold)
        self.read = Operation("booking", "after-sales", deadlines.hold)
        self.clean_up = Operation("cleanup", "after-sales", deadlines.refund, writes=True)
        self.document = Operation("document", "after-sales", deadlines.refund)
        self.quote = Operation("refund-offer", "after-sales", deadlines.refund, writes=True)
        self.accept = Operation("refund", "after-sales", deadlines.refund, writes=True)
        self.read_quote = Operation("refund-offer-read", "after-sales", deadlines.hold)
        self.drop = Operation("refund-offer-drop", "after-sales", deadlines.refund, writes=True)
