"""Giving back: a refund is a row with a life of its own."""

from __future__ import annotations

from django.db import models

from agenturclient.sales.models.orders import Order
from agenturclient.sales.models.sales import Sale, Ticket
from agenturclient.sales.states import RefundState


class Refund(models.Model):
    """Some or all tickets of one sale, given back: quoted first, accepted exactly so.

    `open_sale` repeats the sale for as long as the refund is open: the unique column lets no second
    one begin, because a distributor keeps one open quote for a booking.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="refunds")
    sale = models.ForeignKey(Sale, models.PROTECT, related_name="refunds")
    open_sale = models.OneToOneField(Sale, models.PROTECT, null=True, related_name="open_refund")
    agent = models.ForeignKey("identity.User", models.PROTECT, related_name="+")
    key = models.UUIDField()
    quote_key = models.UUIDField(unique=True)
    accept_key = models.UUIDField(unique=True)
    state = models.CharField(max_length=10, choices=[(s, s) for s in RefundState])
    reason = models.CharField(max_length=40, blank=True)
    quote_id = models.TextField(blank=True)
    fulfillments = models.JSONField(default=list)
    shares = models.JSONField(default=list)
    fee_amount = models.BigIntegerField(null=True)
    amount = models.BigIntegerField(null=True)
    confirmed_amount = models.BigIntegerField(null=True)
    valid_until = models.DateTimeField(null=True)
    blocked_until = models.DateTimeField(null=True)
    problem_code = models.CharField(max_length=40, blank=True)
    problem_facts = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    refunded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "key"], name="refund_key_once_per_order")
        ]
        indexes = [models.Index(fields=["state", "valid_until"], name="refund_lapsing")]

    def __str__(self) -> str:
        return f"refund {self.pk}"


class RefundTicket(models.Model):
    """What of a refund falls on one ticket; the amounts are those that were posted."""

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="lines")
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="refund_lines")
    fee_amount = models.BigIntegerField(null=True)
    amount = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["refund", "ticket"], name="refund_ticket_once_per_refund"
            )
        ]

    def __str__(self) -> str:
        return f"ticket {self.ticket_id} in refund {self.refund_id}"
