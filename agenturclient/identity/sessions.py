"""The life of a session: SESSION_IDLE_HOURS without a request, SESSION_HOURS in all.

Django's own expiry is the hard end, set once at sign-in, so that later saves do not move it. The
idle limit is a time in the session, written at most every few minutes.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.contrib.auth import login, logout
from django.utils import timezone

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase
    from django.http import HttpRequest

    from agenturclient.identity.models import User

SEEN: Final = "seen"
"""The session's key for the last known activity, in seconds since 1970."""

_SEEN_GRAIN: Final = 300  # seconds; a write for each request would be most of our writes


def begin(request: HttpRequest, user: User) -> None:
    """Sign the user in under a new session key and a new CSRF token."""
    request.session.flush()  # nothing of whoever sat here before
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    now = timezone.now()
    request.session.set_expiry(now + timedelta(hours=settings.SESSION_HOURS))
    request.session[SEEN] = int(now.timestamp())


def end(request: HttpRequest) -> None:
    """Sign out: the session's row goes, so a copy of the cookie is worth nothing."""
    logout(request)


def is_idle_too_long(session: SessionBase) -> bool:
    """Whether the last activity is longer ago than a session may rest."""
    return _now() - _seen(session) > _idle_seconds()


def touch(session: SessionBase) -> None:
    """Note that there was a request."""
    if _now() - _seen(session) >= _SEEN_GRAIN:
        session[SEEN] = _now()


def expires_at(session: SessionBase) -> datetime:
    """When the session ends if nothing more happens, in UTC."""
    idle_end = datetime.fromtimestamp(_seen(session) + _idle_seconds(), UTC)
    return min(session.get_expiry_date(), idle_end)


def _seen(session: SessionBase) -> int:
    seen = session.get(SEEN)
    return seen if isinstance(seen, int) else 0


def _now() -> int:
    return int(timezone.now().timestamp())


def _idle_seconds() -> int:
    return int(timedelta(hours=settings.SESSION_IDLE_HOURS).total_seconds())
