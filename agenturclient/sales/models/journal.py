"""The journal of remote operations and the events of an order."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from agenturclient.sales.models.orders import Order
from agenturclient.sales.models.refunds import Refund
from agenturclient.sales.models.sales import Sale


class OperationKind(StrEnum):
    """What was to be done; SELL is the intent to sell an order, DOCUMENTS a fetch of late files."""

    HOLD = "hold"
    RELEASE = "release"
    ISSUE = "issue"
    CLEAN_UP = "clean-up"
    SELL = "sell"
    DOCUMENTS = "documents"
    QUOTE = "quote"
    ACCEPT = "accept"
    DROP = "drop"


class OperationState(StrEnum):
    """How far an operation got: intended, sent (it may have happened), settled."""

    INTENDED = "intended"
    SENT = "sent"
    SETTLED = "settled"


class Operation(models.Model):
    """One remote operation, written before the call and settled after it.

    `open_subject` names what it works on until it is settled; the unique column lets one operation
    at a time work on a subject. `fence` grows with each claim: whoever holds an older one can write
    nothing any more. `key` is the idempotency key that every attempt of the operation carries.
    """

    kind = models.CharField(max_length=10, choices=[(k, k) for k in OperationKind])
    state = models.CharField(max_length=8, choices=[(s, s) for s in OperationState])
    open_subject = models.CharField(max_length=40, null=True, unique=True)  # noqa: DJ001 - null is "not open": several rows
    order = models.ForeignKey(Order, models.PROTECT, related_name="operations")
    sale = models.ForeignKey(Sale, models.PROTECT, null=True, related_name="operations")
    refund = models.ForeignKey(Refund, models.PROTECT, null=True, related_name="operations")
    user = models.ForeignKey("identity.User", models.PROTECT, null=True, related_name="+")
    key = models.UUIDField()
    facts = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    looks = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=40, blank=True)
    fence = models.PositiveIntegerField(default=1)
    lease_owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField()
    next_at = models.DateTimeField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    last_look_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    flagged_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "next_at", "lease_until"], name="operation_due"),
            models.Index(fields=["flagged_at"], name="operation_flagged"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Event(models.Model):
    """A move of an order, a sale or a refund: the audit trail, written in the move's own
    transaction.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="events")
    sale = models.ForeignKey(Sale, models.PROTECT, null=True, related_name="events")
    refund = models.ForeignKey(Refund, models.PROTECT, null=True, related_name="events")
    user = models.ForeignKey("identity.User", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    subject = models.CharField(max_length=8)
    from_state = models.CharField(max_length=10, blank=True)
    to_state = models.CharField(max_length=10)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["at"], name="event_at")]

    def __str__(self) -> str:
        return f"{self.subject} {self.from_state} -> {self.to_state}"
