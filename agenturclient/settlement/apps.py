"""Registration of the package with Django."""

from django.apps import AppConfig


class SettlementConfig(AppConfig):
    """The books: who owes whom what."""

    name = "agenturclient.settlement"
    default_auto_field = "django.db.models.BigAutoField"
