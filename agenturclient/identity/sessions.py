"""The life of a session: SESSION_IDLE_HOURS without a request, SESSION_HOURS in all.

Django's own expiry is the hard end, set once at sign-in, so that later saves do not move it. The
idle limit is a time in the session, written at most every few minutes. A row beside the session
tells whose it is, so that others than its browser can end it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.utils import timezone

from agenturclient.identity.models import OpenSession

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.sessions.backends.base import SessionBase
    from django.http import HttpRequest

    from agenturclient.identity.models import User

SEEN: Final = "seen"
"""The session's key for the last known activity, in seconds since 1970."""

CHECK_AT: Final = "check_at"
"""The session's key for when the next request asks about its user, in seconds since 1970."""

_SEEN_GRAIN: Final = 300  # seconds; a write for each request would be most of our writes


def begin(request: HttpRequest, user: User, *, sid: str = "", id_token: str = "") -> None:
    """Sign the user in under a new session key and a new CSRF token.

    `sid` and `id_token` are the identity provider's, where there is one.
    """
    request.session.flush()  # nothing of whoever sat here before
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    now = timezone.now().replace(microsecond=0)  # as the session keeps it
    check_at = now + timedelta(seconds=settings.REVALIDATE_SECONDS)
    request.session.set_expiry(now + timedelta(hours=settings.SESSION_HOURS))
    request.session[SEEN] = int(now.timestamp())
    request.session[CHECK_AT] = int(check_at.timestamp())
    OpenSession.objects.create(
        session_id=request.session.session_key or "",  # login has just made it
        user=user,
        sid=sid,
        id_token=id_token,
        check_at=check_at,
    )


def end(request: HttpRequest) -> None:
    """Sign out: the session's row goes, so a copy of the cookie is worth nothing."""
    logout(request)


def end_all(user_id: int) -> int:
    """End every session of a user, wherever its browser is; how many there were."""
    return _delete(OpenSession.objects.filter(user_id=user_id).values_list("pk", flat=True))


def end_named(sid: str) -> int:
    """End the sessions that began in this session of the identity provider; how many."""
    return _delete(OpenSession.objects.filter(sid=sid).values_list("pk", flat=True))


def id_token_of(session: SessionBase) -> str:
    """The identity provider's token of this session, empty where there is none."""
    found = OpenSession.objects.filter(session_id=session.session_key or "").first()
    return "" if found is None else found.id_token


def is_idle_too_long(session: SessionBase) -> bool:
    """Whether the last activity is longer ago than a session may rest."""
    return _now() - _seen(session) > _idle_seconds()


def touch(session: SessionBase) -> None:
    """Note that there was a request."""
    if _now() - _seen(session) >= _SEEN_GRAIN:
        session[SEEN] = _now()


def keep(session: SessionBase) -> bool:
    """Write what has changed now; False when the session has ended meanwhile.

    Not at the end of the request: a sale takes half a minute, and were the session ended during
    it, Django would answer with a failure to save instead of what became of the sale.
    """
    if session.modified:
        try:
            session.save()
        except UpdateError:
            return False
        session.modified = False
    return True


def expires_at(session: SessionBase) -> datetime:
    """When the session ends if nothing more happens, in UTC."""
    idle_end = datetime.fromtimestamp(_seen(session) + _idle_seconds(), UTC)
    return min(session.get_expiry_date(), idle_end)


def _delete(keys: Iterable[str]) -> int:
    # Listed first: MariaDB cannot delete from what a subquery of the same statement reads.
    found = list(keys)
    Session.objects.filter(pk__in=found).delete()
    return len(found)


def _seen(session: SessionBase) -> int:
    seen = session.get(SEEN)
    return seen if isinstance(seen, int) else 0


def _now() -> int:
    return int(timezone.now().timestamp())


def _idle_seconds() -> int:
    return int(timedelta(hours=settings.SESSION_IDLE_HOURS).total_seconds())
