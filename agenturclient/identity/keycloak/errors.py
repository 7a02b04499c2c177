"""What can go wrong with Keycloak, for whoever calls it."""

from __future__ import annotations


class KeycloakFailure(Exception):
    """Base of all. The text is for the log only."""


class KeycloakAway(KeycloakFailure):
    """No usable answer within the deadline, or one that says that it cannot serve."""


class ClientRefused(KeycloakFailure):
    """Keycloak does not accept our own credentials: somebody has to correct the settings."""


class CodeRefused(KeycloakFailure):
    """The sign-in code is unknown, too old, or has been used before."""


class UnknownKey(KeycloakFailure):
    """No published key has this id."""
