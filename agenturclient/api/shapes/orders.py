"""An order with all that the page shows of it, and the list of orders."""

from __future__ import annotations

from enum import StrEnum

from rest_framework import serializers

from agenturclient.api.problems import ROW_CODES, told_code
from agenturclient.api.shapes.base import Choice, Moment, MoneyOut, Out, PartyOut
from agenturclient.api.shapes.journeys import FeeStepOut, TravellerSpecOut, TripOut
from agenturclient.sales.ports import (
    Flexibility,
    OfferKind,
    RefundReason,
    TravelClass,
    TravellerKind,
)
from agenturclient.sales.states import OrderState, RefundState, SaleState


class TicketState(StrEnum):
    """What of a ticket is left."""

    VALID = "valid"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


class EventSubject(StrEnum):
    """What a step of the story is about."""

    ORDER = "order"
    SALE = "sale"
    REFUND = "refund"


class EntryAccount(StrEnum):
    """Whose side of the books a line is on."""

    AGENCY = "agency"
    CARRIER = "carrier"
    COMMISSION = "commission"
    OPERATOR_FEE = "operator-fee"


class SaleOrRefund(StrEnum):
    """What a line of the books comes from, or what is being clarified."""

    SALE = "sale"
    REFUND = "refund"


class ToldCode(serializers.CharField):
    """A code of the contract, whatever an adapter called it."""

    def to_representation(self, value: str) -> str:
        """The code that the page translates."""
        return value if value in ROW_CODES else told_code(value)


class RowProblemOut(Out):
    """Why a sale or a refund did not happen."""

    code = ToldCode()
    facts = serializers.DictField()


class TravellerOut(TravellerSpecOut):
    """A traveller of an order; `locked` once a held or sold ticket names it."""

    first_name = serializers.CharField()
    last_name = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    locked = serializers.BooleanField()


class TicketOut(Out):
    """A traveller's right in a sale; `together` are the tickets refunded only with it."""

    id = serializers.IntegerField()
    traveller = serializers.CharField()
    traveller_name = serializers.CharField()
    kind = Choice(TravellerKind)
    price = MoneyOut()
    state = Choice(TicketState)
    together = serializers.ListField(child=serializers.IntegerField())


class DocumentOut(Out):
    """A stored file, `size` in bytes; `current` unless a refund has replaced or ended it."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    media_type = serializers.CharField()
    size = serializers.IntegerField()
    travellers = serializers.ListField(child=serializers.CharField())
    current = serializers.BooleanField()


class DoubtOut(Out):
    """Since when an outcome is unknown, and when the distributor is asked about it."""

    problem = RowProblemOut(allow_null=True)
    in_doubt_since = Moment(allow_null=True)
    last_look_at = Moment(allow_null=True)
    next_look_at = Moment(allow_null=True)


class SaleOut(DoubtOut):
    """One attempt to get an item at the distributor."""

    id = serializers.IntegerField()
    reference = serializers.CharField()
    attempt = serializers.IntegerField()
    state = Choice(SaleState)
    booking_code = serializers.CharField()
    hold_until = Moment(allow_null=True)
    price = MoneyOut(allow_null=True)
    price_changed = serializers.BooleanField()
    flagged = serializers.BooleanField()
    documents_complete = serializers.BooleanField()
    tickets = TicketOut(many=True)
    documents = DocumentOut(many=True)


class ItemOut(Out):
    """What the agent wants: a copied offer, and the newest attempt to get it."""

    position = serializers.IntegerField()
    kind = Choice(OfferKind)
    title = serializers.CharField()
    product = serializers.CharField()
    travel_class = Choice(TravelClass)
    flexibility = Choice(Flexibility)
    train_bound = serializers.BooleanField()
    price = MoneyOut()
    commission = MoneyOut()
    trip = TripOut(allow_null=True)
    return_trip = TripOut(allow_null=True)
    valid_from = Moment()
    valid_until = Moment(allow_null=True)
    conditions = serializers.ListField(child=serializers.CharField())
    fee_steps = FeeStepOut(many=True)
    required = serializers.ListField(  # type: ignore[assignment]  # a field, not the flag
        child=serializers.CharField()
    )
    travellers = serializers.ListField(child=serializers.CharField())
    offer_expires_at = Moment()
    sale = SaleOut(allow_null=True)


class RefundOut(DoubtOut):
    """A refund of some tickets of one sale."""

    id = serializers.IntegerField()
    key = serializers.UUIDField()
    sale = serializers.IntegerField()
    tickets = serializers.ListField(child=serializers.IntegerField())
    state = Choice(RefundState)
    fee = MoneyOut(allow_null=True)
    amount = MoneyOut(allow_null=True)
    confirmed_amount = MoneyOut(allow_null=True)
    valid_until = Moment(allow_null=True)
    reason = Choice(RefundReason, allow_null=True)
    blocked_until = Moment(allow_null=True)
    created_at = Moment()
    agent = serializers.CharField()


class EventOut(Out):
    """A step of the story; `who` null is the system."""

    at = Moment()
    who = serializers.CharField(allow_null=True)
    subject = Choice(EventSubject)
    reference = serializers.CharField()
    from_state = serializers.CharField()
    to_state = serializers.CharField()
    facts = serializers.DictField()


class EntryOut(Out):
    """A line of the books that belongs to a ticket of the order."""

    at = Moment()
    account = Choice(EntryAccount)
    kind = Choice(SaleOrRefund)
    ticket = serializers.IntegerField()
    amount = MoneyOut()


class OrderOut(Out):
    """A dossier; `in_doubt` while the outcome of something in it is unknown."""

    number = serializers.CharField()
    key = serializers.UUIDField()
    state = Choice(OrderState)
    in_doubt = serializers.BooleanField()
    customer_reference = serializers.CharField()
    cost_centre = serializers.CharField()
    agency = PartyOut()
    branch = PartyOut(allow_null=True)
    agent = serializers.CharField()
    created_at = Moment()
    sold_at = Moment(allow_null=True)
    total = MoneyOut()
    refunded = MoneyOut()
    commission = MoneyOut()
    fee = MoneyOut()
    travellers = TravellerOut(many=True)
    items = ItemOut(many=True)
    refunds = RefundOut(many=True)
    events = EventOut(many=True)
    entries = EntryOut(many=True)


class OrderRowOut(Out):
    """A line of the order list; `travellers` names three at most."""

    number = serializers.CharField()
    state = Choice(OrderState)
    in_doubt = serializers.BooleanField()
    flagged = serializers.BooleanField()
    travellers = serializers.ListField(child=serializers.CharField())
    traveller_count = serializers.IntegerField()
    route = serializers.CharField()
    travel_at = Moment(allow_null=True)
    created_at = Moment()
    sold_at = Moment(allow_null=True)
    agent = serializers.CharField()
    customer_reference = serializers.CharField()
    total = MoneyOut()
    refunded = MoneyOut()


class OrderPageOut(Out):
    """A page of orders, newest first; `next` is the cursor of the following page."""

    results = OrderRowOut(many=True)
    next = serializers.CharField(allow_null=True)


class ClarificationRowOut(Out):
    """Something whose outcome is not known yet; `flagged` when a person must look at it."""

    number = serializers.CharField()
    subject = Choice(SaleOrRefund)
    state = serializers.CharField()
    since = Moment()
    flagged = serializers.BooleanField()


class ClarificationsOut(Out):
    """All that is being clarified; `rows` are the oldest of it."""

    count = serializers.IntegerField()
    rows = ClarificationRowOut(many=True)
