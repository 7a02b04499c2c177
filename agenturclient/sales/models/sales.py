"""What was asked of a distributor and what it gave: sales, tickets, fulfillments."""

from __future__ import annotations

from django.db import models

from agenturclient.sales.models.orders import Item, Order
from agenturclient.sales.ports import TravellerKind
from agenturclient.sales.states import SaleState


class Sale(models.Model):
    """One attempt to get an item: one booking at one distributor, under a reference of its own.

    `live_item` repeats the item for as long as the sale stands for it: the unique column lets no
    second one begin.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="sales")
    item = models.ForeignKey(Item, models.PROTECT, related_name="sales")
    live_item = models.OneToOneField(Item, models.PROTECT, null=True, related_name="live_sale")
    attempt = models.PositiveSmallIntegerField()
    reference = models.CharField(max_length=40, unique=True)
    distributor = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=[(s, s) for s in SaleState])
    hold_key = models.UUIDField(unique=True)
    issue_key = models.UUIDField(unique=True)
    booking_id = models.TextField(blank=True)
    booking_code = models.CharField(max_length=40, blank=True, db_index=True)
    hold_until = models.DateTimeField(null=True, db_index=True)
    price_amount = models.BigIntegerField(null=True)
    problem_code = models.CharField(max_length=40, blank=True)
    problem_facts = models.JSONField(default=dict)
    documents_complete = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "attempt"], name="sale_attempt_once_per_item"),
        ]
        indexes = [models.Index(fields=["state", "hold_until"], name="sale_lapsing")]

    def __str__(self) -> str:
        return self.reference


class Ticket(models.Model):
    """A traveller's right in one sale: what the fee counts and what is refunded.

    `refund` is the refund that has claimed the ticket, set by a conditional update: one at a time.
    """

    sale = models.ForeignKey(Sale, models.PROTECT, related_name="tickets")
    traveller = models.CharField(max_length=12)
    traveller_name = models.CharField(max_length=125, blank=True)
    kind = models.CharField(max_length=8, choices=[(k, k) for k in TravellerKind])
    parts = models.JSONField()
    price_amount = models.BigIntegerField()
    refund = models.ForeignKey("sales.Refund", models.PROTECT, null=True, related_name="+")
    refunded = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sale", "traveller"], name="ticket_once_per_traveller"),
            models.CheckConstraint(
                condition=models.Q(price_amount__gte=0), name="ticket_price_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(refunded=False) | models.Q(refund__isnull=False),
                name="ticket_refunded_by_a_refund",
            ),
        ]

    def __str__(self) -> str:
        return f"ticket {self.pk}"


class Fulfillment(models.Model):
    """The distributor's proof for some parts of a sale, replaced by a partial refund."""

    sale = models.ForeignKey(Sale, models.PROTECT, related_name="fulfillments")
    external_id = models.TextField()
    control_number = models.CharField(max_length=80, blank=True)
    parts = models.JSONField()
    valid = models.BooleanField()

    def __str__(self) -> str:
        return f"fulfillment {self.pk}"
