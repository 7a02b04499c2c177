"""The books. Postings and entries are only ever added (`ledger.post` is the only writer)."""

from __future__ import annotations

from django.db import models

from agenturclient.settlement.rules import Account, PostingKind


class Terms(models.Model):
    """A version of the terms, for one agency or (agency empty) for all, from a moment on.

    Rates in basis points.
    """

    version = models.CharField(max_length=40, unique=True)
    agency = models.ForeignKey("identity.Agency", models.PROTECT, null=True, related_name="+")
    valid_from = models.DateTimeField()
    commission = models.JSONField()
    fee_amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(fee_amount__gte=0), name="terms_fee_not_negative"
            )
        ]
        verbose_name_plural = "terms"

    def __str__(self) -> str:
        return self.version


class Posting(models.Model):
    """One event of the trade in the books; `subject` is unique, so nothing is posted twice."""

    subject = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=8, choices=[(k, k) for k in PostingKind])
    agency = models.ForeignKey("identity.Agency", models.PROTECT, related_name="+")
    order_number = models.CharField(max_length=20, db_index=True)
    ticket = models.BigIntegerField()
    product_kind = models.CharField(max_length=12)
    terms = models.ForeignKey(Terms, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["agency", "at"], name="posting_of_agency")]

    def __str__(self) -> str:
        return self.subject


class Entry(models.Model):
    """One line of a posting, in minor units; the lines of a posting add up to zero."""

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="entries")
    account = models.CharField(max_length=12, choices=[(a, a) for a in Account])
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["posting", "account"], name="entry_account_once_per_posting"
            )
        ]
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"{self.account} {self.amount} {self.currency}"
