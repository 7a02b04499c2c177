"""What mozilla-django-oidc is to read instead of settings of its own.

Its defaults are HS256, no PKCE, an issuer that nobody checks and requests without a deadline.
"""

from __future__ import annotations

from typing import Any

from mozilla_django_oidc.utils import import_from_settings

from agenturclient.identity.keycloak.config import configured


def library_setting(name: str, *default: Any) -> Any:
    """The value of a setting of the library."""
    keycloak = configured()
    known = {
        "OIDC_OP_AUTHORIZATION_ENDPOINT": keycloak.authorization_url,
        "OIDC_OP_TOKEN_ENDPOINT": keycloak.token_url,
        "OIDC_OP_JWKS_ENDPOINT": keycloak.keys_url,
        "OIDC_OP_USER_ENDPOINT": "",  # never asked: the ID token says everything
        "OIDC_RP_CLIENT_ID": keycloak.client_id,
        "OIDC_RP_CLIENT_SECRET": keycloak.client_secret,
        "OIDC_RP_SIGN_ALGO": "RS256",
        "OIDC_RP_SCOPES": "openid email profile",
        "OIDC_USE_PKCE": True,
    }
    return known[name] if name in known else import_from_settings(name, *default)
