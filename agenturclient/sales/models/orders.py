"""What the agent wants: searches, dossiers, travellers and items."""

from __future__ import annotations

import uuid

from django.db import models

from agenturclient.sales.ports import OfferKind, TravellerKind
from agenturclient.sales.states import OrderState


class Search(models.Model):
    """The answer to one search, compressed, until it ends: offers come from here, never from the
    browser.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey("identity.Agency", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    body = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.kind} search {self.id}"


class Order(models.Model):
    """An agency's dossier. `total`, `refunded`, `route` and `travel_at` repeat what its items say,
    for the list.
    """

    agency = models.ForeignKey("identity.Agency", models.PROTECT, related_name="+")
    branch = models.ForeignKey("identity.Branch", models.PROTECT, null=True, related_name="+")
    agent = models.ForeignKey("identity.User", models.PROTECT, related_name="+")
    key = models.UUIDField()
    state = models.CharField(max_length=10, choices=[(s, s) for s in OrderState])
    currency = models.CharField(max_length=3)
    customer_reference = models.CharField(max_length=100, blank=True)
    cost_centre = models.CharField(max_length=50, blank=True)
    created_at = models.DateTimeField()
    sold_at = models.DateTimeField(null=True)
    total_amount = models.BigIntegerField(default=0)
    refunded_amount = models.BigIntegerField(default=0)
    route = models.CharField(max_length=160, blank=True)
    travel_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "key"], name="order_key_once_per_agency"),
            models.CheckConstraint(
                condition=models.Q(total_amount__gte=0), name="order_total_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(refunded_amount__gte=0), name="order_refunded_not_negative"
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "-id"], name="order_of_agency"),
            models.Index(fields=["agency", "travel_at"], name="order_travel_day"),
            models.Index(fields=["agency", "customer_reference"], name="order_reference"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The order number that people read and type."""
        return f"AC{self.pk:07d}"


class Traveller(models.Model):
    """A person, dog or bicycle of an order.

    The order list looks for the start of `last_first` or `first_last`, the folded names.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="travellers")
    ref = models.CharField(max_length=12)
    kind = models.CharField(max_length=8, choices=[(k, k) for k in TravellerKind])
    age = models.PositiveSmallIntegerField(null=True)
    birth_date = models.DateField(null=True)
    cards = models.JSONField(default=list)
    first_name = models.CharField(max_length=60, blank=True)
    last_name = models.CharField(max_length=60, blank=True)
    email = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    last_first = models.CharField(max_length=140, blank=True, db_index=True)
    first_last = models.CharField(max_length=140, blank=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "ref"], name="traveller_ref_once_per_order")
        ]

    def __str__(self) -> str:
        return f"{self.ref} of {self.order_id}"


class Item(models.Model):
    """A copied offer with its connection: what was shown is what is sold, whatever becomes of the
    search.

    `source` names the search and the offer in it; `travellers` maps the references of the offer to
    those of the order.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    key = models.UUIDField()
    source = models.CharField(max_length=60)
    kind = models.CharField(max_length=12, choices=[(k, k) for k in OfferKind])
    offer = models.JSONField()
    trip = models.JSONField(null=True)
    return_trip = models.JSONField(null=True)
    travellers = models.JSONField()
    price_amount = models.BigIntegerField()
    language = models.CharField(max_length=2)
    created_at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "position"], name="item_position_once_per_order"
            ),
            models.UniqueConstraint(fields=["order", "key"], name="item_key_once_per_order"),
            models.CheckConstraint(
                condition=models.Q(price_amount__gte=0), name="item_price_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}-{self.position}"
