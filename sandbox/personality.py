"""The two personalities: where the standard leaves room, real distributors differ.

`plain` answers as the standard's own text says; `strict` does everything that real distributors
were seen to do differently and that a client therefore has to live with.
"""

from dataclasses import dataclass
from datetime import timedelta

from sandbox.jsontypes import Json


@dataclass(frozen=True)
class Personality:
    """What differs between distributors.

    `renumbers`: booking parts get new ids, and a booked offer another id than the offer had.
    `one_fulfillment`: one for the whole booking, otherwise one per passenger.
    `confirmable_until`: parts carry the old, deprecated deadline beside the booking's own.
    `lists_refund_offers`: a booking lists its refund offers, otherwise only their own address does.
    `refund_gone`: the status for deleting (or repeating) a confirmed refund offer.
    `conflict`: the status of a POST that comes in the wrong state; the standard documents 400.
    `honours_overrule`: an overrule code changes the conditions and is echoed.
    `honours_keys`: an `Idempotency-Key` makes a repeated call harmless.
    `writes_scale`: a price says `scale: 2`, otherwise the reader has to know the default.
    `urn_codes`: problem codes come as `urn:uic:problem:NAME`, otherwise bare.
    `links_documents`: documents are links inside their fulfillment (the way before 3.8), otherwise
    their content comes inline, beside the fulfillments, with references (3.8).
    `documents_after`: how long after the confirmation the documents exist; zero answers 200.
    """

    name: str
    renumbers: bool
    one_fulfillment: bool
    confirmable_until: bool
    lists_refund_offers: bool
    refund_gone: int
    conflict: int
    honours_overrule: bool
    honours_keys: bool
    writes_scale: bool
    urn_codes: bool
    links_documents: bool
    documents_after: timedelta

    def price(self, amount: int) -> Json:
        """The OSDM `Price` of an amount in rappen (minor units of CHF)."""
        price: Json = {"currency": "CHF", "amount": amount}
        if self.writes_scale:
            price["scale"] = 2
        return price

    def code(self, name: str) -> str:
        """A problem code the way this distributor writes it."""
        return f"urn:uic:problem:{name}" if self.urn_codes else name


PLAIN = Personality(
    name="plain",
    renumbers=False,
    one_fulfillment=True,
    confirmable_until=True,
    lists_refund_offers=True,
    refund_gone=404,
    conflict=400,
    honours_overrule=True,
    honours_keys=True,
    writes_scale=True,
    urn_codes=True,
    links_documents=True,
    documents_after=timedelta(0),
)
STRICT = Personality(
    name="strict",
    renumbers=True,
    one_fulfillment=False,
    confirmable_until=False,
    lists_refund_offers=False,
    refund_gone=409,
    conflict=409,
    honours_overrule=False,
    honours_keys=False,
    writes_scale=False,
    urn_codes=False,
    links_documents=False,
    documents_after=timedelta(seconds=2),
)
PERSONALITIES = {each.name: each for each in (PLAIN, STRICT)}
