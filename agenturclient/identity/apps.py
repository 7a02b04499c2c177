"""The Django application of people and agencies."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """People, their agencies, and how they sign in."""

    name = "agenturclient.identity"
