"""The authentication backend: from a code in the callback to a user."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

from agenturclient.identity.keycloak.errors import ClientRefused, CodeRefused, KeycloakAway
from agenturclient.identity.models import User
from agenturclient.identity.oidc.arrivals import arrive
from agenturclient.identity.oidc.failures import Failure, SignInFailed
from agenturclient.identity.oidc.library import library_setting
from agenturclient.identity.oidc.tokens import Expected, Identity, TokenRefused, read_id_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agenturclient.identity.keycloak.client import Keycloak


@dataclass
class Attempt:
    """One sign-in under way; the callback's view hands it over as `request.attempt`."""

    keycloak: Keycloak
    identity: Identity | None = None
    id_token: str = field(default="", repr=False)


def expected_by(keycloak: Keycloak) -> Expected:
    """What a token must show to count here."""
    return Expected(keycloak.config.issuer, keycloak.config.client_id, keycloak.key)


class ProviderBackend(OIDCAuthenticationBackend):  # type: ignore[misc]  # the library has no types
    """The library's code flow, with our wire, our checks and our users.

    Any failure is a SignInFailed. No token is kept in the session.
    """

    get_settings = staticmethod(library_setting)

    @property
    def _attempt(self) -> Attempt:
        attempt: Attempt = self.request.attempt
        return attempt

    def get_token(self, payload: Mapping[str, str]) -> Mapping[str, Any]:
        """Exchange the code, once."""
        try:
            return self._attempt.keycloak.exchange(payload)
        except CodeRefused as failure:
            raise SignInFailed(Failure.EXPIRED, "the code") from failure
        except ClientRefused as failure:
            raise SignInFailed(Failure.MISCONFIGURED, str(failure)) from failure
        except KeycloakAway as failure:
            raise SignInFailed(Failure.UNAVAILABLE, str(failure)) from failure

    def verify_token(self, token: Any, **kwargs: Any) -> Identity:
        """The person that the ID token proves."""
        try:
            expected = expected_by(self._attempt.keycloak)
            return read_id_token(str(token or ""), expected, nonce=str(kwargs.get("nonce") or ""))
        except TokenRefused as failure:
            raise SignInFailed(Failure.REFUSED, f"ID token: {failure}") from failure
        except KeycloakAway as failure:
            raise SignInFailed(Failure.UNAVAILABLE, str(failure)) from failure

    def store_tokens(self, _access_token: Any, id_token: Any) -> None:
        """Keep the ID token for the view; the access token is not needed and not kept."""
        self._attempt.id_token = str(id_token)

    def get_or_create_user(self, _access_token: Any, _id_token: Any, payload: Identity) -> User:
        """The user of this identity."""
        self._attempt.identity = payload
        return arrive(payload)

    def get_user(self, user_id: int) -> User | None:
        """The user of a session: not one who is disabled, nor one of another issuer."""
        known = User.objects.filter(issuer=settings.OIDC_ISSUER, is_active=True)
        return known.filter(pk=user_id).first()
