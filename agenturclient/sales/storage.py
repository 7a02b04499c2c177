"""A storage that keeps files in a table, for a deployment without object storage."""

from __future__ import annotations

from io import BytesIO

from django.core.files.base import File
from django.core.files.storage import Storage
from django.utils.deconstruct import deconstructible

from agenturclient.sales.clock import DatabaseClock
from agenturclient.sales.models import StoredFile


@deconstructible
class DatabaseStorage(Storage):
    """Keeps the content of files in `StoredFile`."""

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        del mode
        try:
            row = StoredFile.objects.get(name=name)
        except StoredFile.DoesNotExist as problem:
            raise FileNotFoundError(name) from problem
        return File(BytesIO(bytes(row.content)), name=name)

    def _save(self, name: str, content: File[bytes]) -> str:
        StoredFile.objects.create(
            name=name, content=content.read(), created_at=DatabaseClock().now()
        )
        return name

    def delete(self, name: str) -> None:
        """Forget a file; one that does not exist is forgotten."""
        StoredFile.objects.filter(name=name).delete()

    def exists(self, name: str) -> bool:
        """Whether a file of that name is kept."""
        return StoredFile.objects.filter(name=name).exists()
