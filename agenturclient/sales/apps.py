"""Registration of the package with Django."""

from django.apps import AppConfig


class SalesConfig(AppConfig):
    """Orders, sales, tickets and refunds."""

    name = "agenturclient.sales"
    default_auto_field = "django.db.models.BigAutoField"
