"""The browser's way in and out: to Keycloak, back from it, and to its sign-out.

Every failure ends at the sign-in page with a code; whoever was signed in before stays so.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpResponseRedirect
from django.views import View
from mozilla_django_oidc.views import OIDCAuthenticationCallbackView, OIDCAuthenticationRequestView

from agenturclient.identity import sessions
from agenturclient.identity.oidc.addresses import HOME, failure_page, page_of_ours
from agenturclient.identity.oidc.backend import Attempt
from agenturclient.identity.oidc.failures import Failure, SignInFailed
from agenturclient.identity.oidc.library import library_setting

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

    from agenturclient.identity.keycloak.client import Keycloak

logger = logging.getLogger(__name__)

STATES: Final = "oidc_states"
"""The session's key for sign-ins under way, as the library names it."""

ASK_WHO: Final = "ask_who"
"""The session's key for: until somebody has signed in, Keycloak asks who it is."""

_LANGUAGES: Final = ("de", "fr", "it", "en")


class _AtKeycloak(View):
    """A view that exists only where people sign in at Keycloak."""

    keycloak: Callable[[], Keycloak] = None  # type: ignore[assignment]  # given to as_view

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """404 in local mode; nothing of an answer may be kept."""
        if settings.AUTH_MODE != "oidc":
            raise Http404
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        return response


class Begin(_AtKeycloak, OIDCAuthenticationRequestView):  # type: ignore[misc]  # the library has no types
    """GET /auth/login?next=/path&lang=de: send the browser to Keycloak.

    Only when Keycloak answers: otherwise the person would end at a dead address.
    """

    get_settings = staticmethod(library_setting)

    def get(self, request: HttpRequest) -> HttpResponseRedirect:
        """Redirect, with state, nonce and the PKCE verifier kept in the session."""
        target = page_of_ours(request.GET.get("next"))
        if not self.keycloak().answers():
            return _failed(request, Failure.UNAVAILABLE, target)
        response: HttpResponseRedirect = super().get(request)
        (state,) = parse_qs(urlsplit(response.url).query)["state"]
        # With the state, not beside it as the library does: each tab comes back to its own page.
        request.session[STATES][state]["next"] = target
        request.session.modified = True
        return response

    def get_extra_params(self, request: HttpRequest) -> dict[str, str]:
        """The page's language, and whether to ask who it is."""
        language = request.GET.get("lang")
        more = {"ui_locales": language} if language in _LANGUAGES else {}
        if request.session.get(ASK_WHO):
            more["prompt"] = "login"
        return more


class Callback(_AtKeycloak, OIDCAuthenticationCallbackView):  # type: ignore[misc]  # as above
    """GET /auth/callback: back from Keycloak with a code, or with an error."""

    get_settings = staticmethod(library_setting)

    def get(self, request: HttpRequest) -> HttpResponseRedirect:
        """Sign in and go on to the page that was asked for."""
        known = request.session.get(STATES, {}).get(request.GET.get("state"), {})
        self._target = page_of_ours(known.get("next"))
        self._attempt = Attempt(self.keycloak())
        request.attempt = self._attempt  # type: ignore[attr-defined]  # for the backend
        try:
            self._check_answer(request)
            response: HttpResponseRedirect = super().get(request)
        except (SignInFailed, SuspiciousOperation) as problem:
            return self._refused(request, problem)
        return response

    def login_success(self) -> HttpResponseRedirect:
        """A new session under a new key."""
        identity = self._attempt.identity
        sid = identity.sid if identity else ""
        sessions.begin(self.request, self.user, sid=sid, id_token=self._attempt.id_token)
        logger.info("user %s has signed in", self.user.pk)
        return HttpResponseRedirect(self._target)

    def login_failure(self) -> HttpResponseRedirect:
        """Code or state are missing: an address that was typed, kept or made up."""
        raise SignInFailed(Failure.EXPIRED, "no code, or a state that nobody waits for")

    def _check_answer(self, request: HttpRequest) -> None:
        """What Keycloak says instead of a code. The library would sign out whoever is signed in."""
        if request.GET.get("iss", self._attempt.keycloak.config.issuer) != (
            self._attempt.keycloak.config.issuer  # RFC 9207: another provider's answer
        ):
            raise SignInFailed(Failure.REFUSED, "iss of the answer")
        error = request.GET.get("error")
        if error is None:
            return
        if request.session.get(STATES, {}).pop(request.GET.get("state"), None) is not None:
            request.session.modified = True
        raise SignInFailed(_meaning(error, request.GET.get("error_description")), error[:40])

    def _refused(
        self, request: HttpRequest, problem: SignInFailed | SuspiciousOperation
    ) -> HttpResponseRedirect:
        failure = problem.failure if isinstance(problem, SignInFailed) else Failure.EXPIRED
        logger.warning("sign-in failed: %s", problem)
        if failure is Failure.EXPIRED and request.user.is_authenticated:
            return HttpResponseRedirect(HOME)  # another tab was faster
        if failure is Failure.NO_PLACE:  # Keycloak would let the same person in again at once
            request.session[ASK_WHO] = True
        return _failed(request, failure, self._target)


class Leave(_AtKeycloak):
    """POST /auth/logout: end the session here, then at Keycloak when it is there to be asked."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponseRedirect:
        """Redirect to Keycloak's sign-out, which leads back to the first page."""
        hint = sessions.id_token_of(request.session)
        sessions.end(request)
        # Should Keycloak's session live on in this browser, the next person must not slip into it.
        request.session[ASK_WHO] = True
        keycloak = self.keycloak()
        if not keycloak.answers():
            return _failed(request, Failure.STILL_THERE, HOME)
        config = keycloak.config
        query = {
            "client_id": config.client_id,
            "post_logout_redirect_uri": request.build_absolute_uri(HOME),
        }
        if hint:
            query["id_token_hint"] = hint
        return HttpResponseRedirect(f"{config.end_session_url}?{urlencode(query)}")


def _meaning(error: str, description: str | None) -> Failure:
    if description == "authentication_expired":  # Keycloak's word for a form that stood too long
        return Failure.EXPIRED
    if error in ("temporarily_unavailable", "server_error"):
        return Failure.UNAVAILABLE
    return Failure.CANCELLED if error == "access_denied" else Failure.REFUSED


def _failed(request: HttpRequest, failure: Failure, target: str) -> HttpResponseRedirect:
    request_id = request.META.get("HTTP_X_REQUEST_ID", "")
    return HttpResponseRedirect(failure_page(failure.value, target, request_id))
