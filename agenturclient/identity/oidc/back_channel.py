"""Keycloak says that a session of its own has ended (OpenID Connect Back-Channel Logout 1.0)."""

from __future__ import annotations

import logging
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from agenturclient.identity import sessions
from agenturclient.identity.keycloak.errors import KeycloakAway
from agenturclient.identity.models import LogoutToken, User
from agenturclient.identity.oidc.backend import expected_by
from agenturclient.identity.oidc.tokens import Logout, TokenRefused, read_logout_token

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

    from agenturclient.identity.keycloak.client import Keycloak

logger = logging.getLogger(__name__)

# Longer than a logout token counts (two minutes): what is forgotten is refused for its age.
_REMEMBERED: Final = timedelta(minutes=10)


@method_decorator(csrf_exempt, name="dispatch")
class BackChannelLogout(View):
    """POST /auth/backchannel-logout with `logout_token`; 200 when done, 400 when it proves nothing.

    Keycloak is the caller, with no cookie: the token's signature is what counts.
    """

    keycloak: Callable[[], Keycloak] = None  # type: ignore[assignment]  # given to as_view
    http_method_names = ["post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """404 in local mode."""
        if settings.AUTH_MODE != "oidc":
            raise Http404
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        return response

    def post(self, request: HttpRequest) -> HttpResponse:
        """End the sessions that the token names."""
        token = request.POST.get("logout_token", "")
        try:
            logout = read_logout_token(token, expected_by(self.keycloak()))
            ended = _obey(logout)
        except TokenRefused as problem:
            logger.warning("logout token refused: %s", problem)
            return HttpResponse(status=HTTPStatus.BAD_REQUEST)
        except KeycloakAway as problem:
            logger.warning("logout token cannot be checked: %s", problem)
            return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)
        logger.info("signed out at Keycloak: %d sessions ended", ended)
        return HttpResponse()


def _obey(logout: Logout) -> int:
    """End the sessions; how many. Raises TokenRefused when it has been obeyed before."""
    now = timezone.now()
    LogoutToken.objects.filter(at__lt=now - _REMEMBERED).delete()
    try:
        with transaction.atomic():
            LogoutToken.objects.create(jti=logout.jti, at=now)
            if logout.sid:
                return sessions.end_named(logout.sid)
            user = User.objects.filter(issuer=settings.OIDC_ISSUER, subject=logout.subject).first()
            return 0 if user is None else sessions.end_all(user.pk)
    except IntegrityError:
        raise TokenRefused("jti used before") from None
