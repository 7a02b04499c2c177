"""Files of a fulfillment, and the table that holds their content in the embedded default."""

from __future__ import annotations

from django.db import models

from agenturclient.sales.models.sales import Sale


class Document(models.Model):
    """A stored file of a sale. `current` until a refund has replaced or ended it."""

    sale = models.ForeignKey(Sale, models.PROTECT, related_name="documents")
    external_id = models.TextField()
    fulfillment_id = models.TextField()
    name = models.CharField(max_length=80)
    media_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    storage_name = models.CharField(max_length=120, unique=True)
    travellers = models.JSONField(default=list)
    current = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class StoredFile(models.Model):
    """Content of one file, for a deployment without object storage."""

    name = models.CharField(max_length=120, unique=True)
    content = models.BinaryField()
    created_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.name
