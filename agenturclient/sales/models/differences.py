"""What the distributor's books and ours say differently, until a person or a later look settles
it.
"""

from __future__ import annotations

from django.db import models

from agenturclient.sales.details.worklist import DifferenceCause, DifferenceKind
from agenturclient.sales.models.orders import Order
from agenturclient.sales.models.refunds import Refund
from agenturclient.sales.models.sales import Sale


class Difference(models.Model):
    """One thing that differs; `expected` is what our side says, `found` the other, in minor units.

    `open_subject` names kind and subject until it is resolved: the unique column lets no second one
    be open for the same.
    """

    kind = models.CharField(max_length=30, choices=[(k.value, k.value) for k in DifferenceKind])
    order = models.ForeignKey(Order, models.PROTECT, related_name="differences")
    sale = models.ForeignKey(Sale, models.PROTECT, null=True, related_name="differences")
    refund = models.ForeignKey(Refund, models.PROTECT, null=True, related_name="differences")
    open_subject = models.CharField(max_length=60, null=True, unique=True)  # noqa: DJ001 - null is "resolved": several rows
    expected = models.BigIntegerField(null=True)
    found = models.BigIntegerField(null=True)
    cause = models.CharField(
        max_length=40, blank=True, choices=[(c.value, c.value) for c in DifferenceCause if c]
    )
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey("identity.User", models.PROTECT, null=True, related_name="+")
    resolution = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(open_subject__isnull=True, resolved_at__isnull=False)
                | models.Q(open_subject__isnull=False, resolved_at__isnull=True),
                name="difference_open_or_resolved",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
