"""Every refusal of a use case in this package: a class, a stable code, facts for the translated
text.
"""

from __future__ import annotations

from agenturclient.kernel.errors import Refusal


class SamePlace(Refusal):
    """Origin and destination are the same."""

    code = "same-place"


class DateInThePast(Refusal):
    """The moment asked for has gone by."""

    code = "date-in-the-past"


class TooManyTravellers(Refusal):
    """More persons than one sale can take. Facts: `most`."""

    code = "too-many-travellers"


class InvalidTravellers(Refusal):
    """The party cannot travel like that (nobody in it, a person without age)."""

    code = "invalid-travellers"


class SearchNotFound(Refusal):
    """No such search of this agency."""

    code = "search-not-found"


class SearchExpired(Refusal):
    """The search is too old to sell from."""

    code = "search-expired"


class OfferNotFound(Refusal):
    """The search has no such offer."""

    code = "offer-not-found"


class OfferExpired(Refusal):
    """The distributor would not hold the offer any more."""

    code = "offer-expired"


class OrderNotFound(Refusal):
    """No such order that the actor may see."""

    code = "order-not-found"


class OrderNotDraft(Refusal):
    """The order is being sold or is sold. Facts: `state`."""

    code = "order-not-draft"


class OrderEmpty(Refusal):
    """There is nothing in the order to hold or to sell."""

    code = "order-empty"


class ItemNotFound(Refusal):
    """The order has no such item."""

    code = "item-not-found"


class TravellerIncomplete(Refusal):
    """A detail that a booking needs is missing. Facts: `traveller`, `field`."""

    code = "traveller-incomplete"


class TravellerLocked(Refusal):
    """A held or sold ticket names the traveller. Facts: `traveller`."""

    code = "traveller-locked"


class CurrencyMixed(Refusal):
    """An order has one currency."""

    code = "currency-mixed"


class BeingClarified(Refusal):
    """The outcome of an earlier step is not known yet."""

    code = "being-clarified"


class NotHeld(Refusal):
    """An item is not held, so it cannot be sold. Facts: `item`."""

    code = "not-held"


class PriceChanged(Refusal):
    """The amount shown is not the amount held. Facts: `shown`, `held` (minor units), `currency`."""

    code = "price-changed"


class HoldLapsed(Refusal):
    """The distributor no longer holds the price. Facts: `item`."""

    code = "hold-lapsed"


class KeyReused(Refusal):
    """The idempotency key has served another request."""

    code = "key-reused"


class TicketNotFound(Refusal):
    """The order has no such issued ticket."""

    code = "ticket-not-found"


class TicketAlreadyRefunded(Refusal):
    """A refund of the ticket exists. Facts: `ticket`."""

    code = "ticket-already-refunded"


class TicketsTogether(Refusal):
    """Some tickets are refunded only together. Facts: `tickets` (ids, comma separated)."""

    code = "tickets-together"


class NotRefundable(Refusal):
    """Nothing would be paid back."""

    code = "not-refundable"


class RefundNotFound(Refusal):
    """The order has no such refund."""

    code = "refund-not-found"


class QuoteBlocked(Refusal):
    """An earlier quote blocks another. Facts: `until` (ISO 8601 or empty)."""

    code = "quote-blocked"


class QuoteLapsed(Refusal):
    """The quote is not valid any more."""

    code = "quote-lapsed"


class QuoteDiffers(Refusal):
    """The amount shown is not the amount quoted.

    Facts: `shown`, `quoted` (minor units), `currency`.
    """

    code = "quote-differs"


class AlreadyAccepted(Refusal):
    """The refund has been accepted."""

    code = "already-accepted"


class DocumentNotFound(Refusal):
    """The order has no such document."""

    code = "document-not-found"


class OneSaleOnly(Refusal):
    """A refund is of tickets of one sale."""

    code = "one-sale-only"


class CaseNotFound(Refusal):
    """The worklist never had such an operation."""

    code = "case-not-found"


class AlreadySettled(Refusal):
    """What was to be decided has been settled meanwhile. Facts: `state`, what it is now."""

    code = "already-settled"


class NotDecidable(Refusal):
    """The operation is not (yet) for a person, or cannot end like that. Facts: `kind`."""

    code = "not-decidable"


class BookingNumberMissing(Refusal):
    """Who says that it was sold names the distributor's booking."""

    code = "booking-number-missing"


class ReasonMissing(Refusal):
    """A decision says why."""

    code = "reason-missing"


class DifferenceNotFound(Refusal):
    """There is no such difference."""

    code = "difference-not-found"
