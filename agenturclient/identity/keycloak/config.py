"""Where Keycloak is and as whom we call it."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings

_PROTOCOL = "protocol/openid-connect"


@dataclass(frozen=True)
class KeycloakConfig:
    """`issuer` is the realm's public address, `internal_url` the same realm for our processes.

    Durations are seconds: `sign_in_seconds` for a call while somebody waits to be signed in,
    `revalidate_seconds` for all calls of one revalidation together.
    """

    issuer: str
    internal_url: str
    client_id: str
    client_secret: str = field(repr=False)
    admin_client_id: str
    admin_client_secret: str = field(repr=False)
    sign_in_seconds: float = 5.0
    revalidate_seconds: float = 1.0

    @property
    def authorization_url(self) -> str:
        """Where the browser is sent to sign in."""
        return f"{self.issuer}/{_PROTOCOL}/auth"

    @property
    def end_session_url(self) -> str:
        """Where the browser is sent to sign out."""
        return f"{self.issuer}/{_PROTOCOL}/logout"

    @property
    def token_url(self) -> str:
        """Where codes and client credentials become tokens."""
        return f"{self.internal_url}/{_PROTOCOL}/token"

    @property
    def keys_url(self) -> str:
        """Where the keys are that sign tokens (JWKS)."""
        return f"{self.internal_url}/{_PROTOCOL}/certs"

    @property
    def admin_url(self) -> str:
        """The Admin API of the realm: `/realms/x` becomes `/admin/realms/x`."""
        parts = urlsplit(self.internal_url)
        before, _, realm = parts.path.rpartition("/realms/")
        return f"{parts.scheme}://{parts.netloc}{before}/admin/realms/{realm}"


def configured() -> KeycloakConfig:
    """What the settings say."""
    return KeycloakConfig(
        issuer=settings.OIDC_ISSUER,
        internal_url=settings.OIDC_INTERNAL_URL,
        client_id=settings.OIDC_RP_CLIENT_ID,
        client_secret=settings.OIDC_RP_CLIENT_SECRET,
        admin_client_id=settings.OIDC_ADMIN_CLIENT_ID,
        admin_client_secret=settings.OIDC_ADMIN_CLIENT_SECRET,
        sign_in_seconds=settings.SIGN_IN_DEADLINE_SECONDS,
        revalidate_seconds=settings.REVALIDATE_DEADLINE_SECONDS,
    )
