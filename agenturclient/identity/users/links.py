"""One-time links: whoever holds one sets the password of the invited person, once, in time.

The token is in the link's fragment, which no server and no proxy ever sees or logs; what is kept is
its hash. A new link makes the earlier ones worthless.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import F

from agenturclient.identity.models import Invitation
from agenturclient.identity.users.details import Link

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from agenturclient.identity.models import Agency, User

_BYTES = 32


def new_link(user: User, agency: Agency, *, now: datetime) -> Link:
    """A link that ends after INVITATION_HOURS; inside a transaction."""
    Invitation.objects.filter(user=user, used_at=None).update(expires_at=now)
    token = secrets.token_urlsafe(_BYTES)
    ends = now + timedelta(hours=settings.INVITATION_HOURS)
    Invitation.objects.create(
        user=user, agency=agency, token_hash=_hash(token), created_at=now, expires_at=ends
    )
    return Link(f"{settings.PUBLIC_URL}/welcome#{token}", ends)


def usable(token: str, *, now: datetime) -> QuerySet[Invitation]:
    """The invitation of this token (or none) that can still be used: its person is let in."""
    return Invitation.objects.filter(
        token_hash=_hash(token),
        used_at=None,
        expires_at__gt=now,
        user__is_active=True,
        user__memberships__active=True,
        user__memberships__agency=F("agency"),
    )


def _hash(token: str) -> str:
    """Of 256 random bits there is nothing to guess: no salt, no slow hash."""
    return sha256(token.encode()).hexdigest()
