"""Runs of the reconciliation: asked for, taken further step by step, ended."""

from __future__ import annotations

from django.db import models


class ReconciliationRun(models.Model):
    """One comparison of our books with the distributor's, asked for by a night or by a person.

    `open_mark` is "open" until it has ended: the unique column lets one run at a time be open.
    `night` is the day on which a nightly run was due: the unique column lets each have one.
    Whoever takes a run further holds it until `lease_until` and writes under the newest `fence`.
    """

    open_mark = models.CharField(max_length=4, null=True, unique=True)  # noqa: DJ001 - null is "ended": several rows
    night = models.DateField(null=True, unique=True)
    user = models.ForeignKey("identity.User", models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField()
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField()
    cursor = models.BigIntegerField(default=0)
    compared = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    stopped = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(open_mark__isnull=True, ended_at__isnull=False)
                | models.Q(open_mark__isnull=False, ended_at__isnull=True),
                name="reconciliation_open_or_ended",
            )
        ]

    def __str__(self) -> str:
        return f"reconciliation {self.pk}"
