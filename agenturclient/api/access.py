"""From a request to an Actor: the only place that knows how somebody proves who they are.

Each resource states per method who may call it; one that does not cannot be imported.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.http import HttpResponse
from django.middleware.csrf import get_token
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.exceptions import MethodNotAllowed, ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.permissions import SAFE_METHODS
from rest_framework.views import APIView

from agenturclient import bootstrap
from agenturclient.api.database import was_chosen
from agenturclient.api.errors import CsrfFailed, NotSignedIn
from agenturclient.identity import revalidation, sessions
from agenturclient.identity.accounts import actor_for
from agenturclient.identity.actors import Actor, Permission, PermissionMissing, Role
from agenturclient.outbound import deadline

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.contrib.auth.models import AbstractBaseUser
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase
    from rest_framework.parsers import BaseParser
    from rest_framework.renderers import BaseRenderer
    from rest_framework.request import Request
    from rest_framework.response import Response


_LOGIN_URLS = {"local": "/sign-in", "oidc": "/auth/login"}


class Access(Enum):
    """Who may call a method of a resource."""

    ANYONE = "anyone"
    SIGNED_IN = "signed-in"
    READER = "reader"  # a member of an agency, or one of the wide roles
    MEMBER = "member"  # a member of an agency
    SELLER = Permission.SELL
    REFUNDER = Permission.REFUND
    ADMIN = Permission.ADMIN
    OPERATOR = Role.OPERATOR  # one of the operator's people, who have no agency


class SessionSignIn(BaseAuthentication):
    """The browser's session cookie. One that has rested too long, or whose user may not work any
    more, is ended here.
    """

    def authenticate(self, request: Request) -> tuple[AbstractBaseUser, None] | None:
        """The session's user, or None when nobody is signed in."""
        http = django_request(request)
        user: Any = http.user
        if not user.is_authenticated:
            return None
        if sessions.is_idle_too_long(http.session) or not _is_confirmed(http):
            sessions.end(http)
            return None
        sessions.touch(http.session)
        if not sessions.keep(http.session):
            sessions.end(http)
            return None
        return user, None


def _is_confirmed(http: HttpRequest) -> bool:
    """Whether the session goes on as far as Keycloak is concerned."""
    if settings.AUTH_MODE != "oidc":
        return True
    user: Any = http.user
    return revalidation.may_go_on(http.session, user, bootstrap.keycloak())


class JsonBody(JSONParser):
    """JSON; one that is nested too deeply to be read is as malformed as any other."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """The body's content. Raises ParseError."""
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError from None


class JsonAlways(BaseContentNegotiation):
    """Answers JSON whatever is accepted: there is nothing else, and a refusal must be readable."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        """The parser of the body's content type, None (415) where there is no such parser."""
        sent = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == sent), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The one renderer there is."""
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class Resource(APIView):
    """Base of every view: who may call, then CSRF, then the actor for the use case."""

    access: ClassVar[Mapping[str, Access]]
    actor: Actor
    """Who calls; set unless the method is open to anyone."""

    authentication_classes = [SessionSignIn]
    permission_classes = []
    parser_classes = [JsonBody]
    content_negotiation_class = JsonAlways
    http_method_names = ["get", "head", "post", "patch", "delete"]
    _is_second_try = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse a resource that leaves open who may call one of its methods."""
        super().__init_subclass__(**kwargs)
        offered = {name.upper() for name in cls.http_method_names if name in vars(cls)}
        if offered != set(getattr(cls, "access", ())):
            raise TypeError(f"{cls.__name__} must state the access of {sorted(offered)}")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer within the request's deadline, whatever it calls for that."""
        with deadline.within(settings.REQUEST_DEADLINE_SECONDS):
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let the request in, or raise the refusal that says why not."""
        method = "GET" if request.method == "HEAD" else str(request.method)
        if method not in self.access:
            raise MethodNotAllowed(method)
        super().initial(request, *args, **kwargs)
        http = django_request(request)
        wanted = self.access[method]
        if wanted is not Access.ANYONE:
            self.actor = _admitted(request, wanted)
            django_request(request).actor = self.actor  # type: ignore[attr-defined]  # for the access log
        if method not in SAFE_METHODS:
            _check_csrf(http)

    def handle_exception(self, exc: Exception) -> Response:
        """The answer to a failure. What the database ended for the sake of another is done once
        more, as its sender would: a request may be sent again, under its key where it has one.
        """
        if was_chosen(exc) and not self._is_second_try:
            self._is_second_try = True
            try:
                self.initial(self.request, *self.args, **self.kwargs)
                again: Response = getattr(self, str(self.request.method).lower())(
                    self.request, *self.args, **self.kwargs
                )
            except Exception as second:  # noqa: BLE001 - told below like the first
                return super().handle_exception(second)
            return again
        return super().handle_exception(exc)


def django_request(request: Request) -> HttpRequest:
    """Django's own request, which has the session and the cookies."""
    return request._request  # noqa: SLF001 - REST framework gives it no public name


def not_signed_in(request: HttpRequest) -> NotSignedIn:
    """The refusal with all that the page needs to sign somebody in."""
    return NotSignedIn(
        auth_mode=settings.AUTH_MODE,
        login_url=_LOGIN_URLS[settings.AUTH_MODE],
        csrf_token=get_token(request),
    )


def client_address(request: HttpRequest) -> str:
    """The client's network address, as the nearest proxy saw it where there is a trusted one."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.TRUSTED_PROXY else ""
    return forwarded.rpartition(",")[2].strip()[:45] or str(request.META["REMOTE_ADDR"])


def _admitted(request: Request, wanted: Access) -> Actor:
    http = django_request(request)
    if not request.user.is_authenticated:
        raise not_signed_in(http)
    actor = actor_for(request.user, http.session)
    if isinstance(wanted.value, Permission):
        actor.require(wanted.value)
    if isinstance(wanted.value, Role):
        if actor.role is not wanted.value:
            raise PermissionMissing(permission=wanted.value.value)
        return actor
    outside = actor.agency_id is None and not (wanted is Access.READER and actor.is_wide)
    if wanted is not Access.SIGNED_IN and outside:
        raise PermissionMissing(permission="member")
    return actor


def _check_csrf(request: HttpRequest) -> None:
    check = CSRFCheck(_passed)
    check.process_request(request)
    if check.process_view(request, _passed, (), {}) is not None:
        raise CsrfFailed


def _passed(_request: HttpRequest) -> HttpResponse:
    """What Django's check believes to protect."""
    return HttpResponse()
