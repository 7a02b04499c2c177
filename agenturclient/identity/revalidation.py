"""Asks Keycloak now and then whether somebody signed in may still work, and with which rights.

Keycloak tells nobody when it disables a user or takes a group away, so the first request after
REVALIDATE_SECONDS asks. When it does not answer nobody is signed out: the session is marked and
asks again later, up to its end.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.utils import timezone

from agenturclient.identity import memberships, sessions
from agenturclient.identity.claims import grants_of
from agenturclient.identity.keycloak.errors import KeycloakFailure
from agenturclient.identity.models import OpenSession, User

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.sessions.backends.base import SessionBase

    from agenturclient.identity.keycloak.client import Keycloak

logger = logging.getLogger(__name__)

UNCONFIRMED_SINCE: Final = "unconfirmed_since"
"""The session's key for when Keycloak was first asked in vain, in seconds since 1970."""

_ASK_AGAIN: Final = timedelta(seconds=60)


def may_go_on(session: SessionBase, user: User, keycloak: Keycloak) -> bool:
    """Whether the session goes on; its user's rights here are up to date then.

    Takes no longer than REVALIDATE_DEADLINE_SECONDS, and nothing at all most of the time. One
    request of a session asks; others that come meanwhile go on with what is known.
    """
    now = timezone.now().replace(microsecond=0)  # as the session keeps it
    due = session.get(sessions.CHECK_AT)
    if isinstance(due, int) and now.timestamp() < due:
        return True
    if not _claim(session, now):
        _postpone(session, _soon(now))
        return True
    try:
        person = keycloak.person(user.subject)
    except KeycloakFailure as failure:
        logger.warning("a session goes on unconfirmed: %s", failure)
        session.setdefault(UNCONFIRMED_SINCE, int(now.timestamp()))
        asked = OpenSession.objects.filter(session_id=session.session_key)
        asked.update(check_at=_soon(now))
        return True
    session.pop(UNCONFIRMED_SINCE, None)
    if person is None or not person.enabled:
        User.objects.filter(pk=user.pk).update(is_active=False)
        logger.info("user %s is disabled at Keycloak: sessions ended", user.pk)
        sessions.end_all(user.pk)
        return False
    if not memberships.settle(user, grants_of(person.groups)):
        logger.info("user %s has no place here any more: sessions ended", user.pk)
        sessions.end_all(user.pk)
        return False
    _postpone(session, now + _interval())
    return True


def unconfirmed_since(session: SessionBase) -> int | None:
    """Since when Keycloak has not confirmed the session, in seconds since 1970; None: it has."""
    since = session.get(UNCONFIRMED_SINCE)
    return since if isinstance(since, int) else None


def _claim(session: SessionBase, now: datetime) -> bool:
    """Whether it is this request that asks."""
    due = OpenSession.objects.filter(session_id=session.session_key, check_at__lte=now)
    return bool(due.update(check_at=now + _interval()))


def _postpone(session: SessionBase, until: datetime) -> None:
    session[sessions.CHECK_AT] = int(until.timestamp())


def _soon(now: datetime) -> datetime:
    return now + min(_ASK_AGAIN, _interval())


def _interval() -> timedelta:
    return timedelta(seconds=settings.REVALIDATE_SECONDS)
