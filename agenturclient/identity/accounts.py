"""Local sign-in, and what a signed-in user may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db.models import F

from agenturclient.identity.actors import Actor, Permission, Role
from agenturclient.identity.errors import NoLocalSignIn, TooManyAttempts, WrongCredentials
from agenturclient.identity.models import LOCAL_ISSUER, Membership, SignInAttempt, User

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django.db.models import QuerySet

ATTEMPTS_ALLOWED: Final = 10
ATTEMPTS_WINDOW: Final = timedelta(minutes=5)
ACTIVE_AGENCY: Final = "agency"
"""The session's key for the id of the agency that its user works for at the moment."""


@dataclass(frozen=True)
class Person:
    """A user as the page shows one."""

    id: int
    name: str
    username: str
    email: str


def person(user: User) -> Person:
    """The user as the page shows one."""
    return Person(user.pk, user.full_name, user.username or "", user.email)


def authenticate(username: str, password: str, *, address: str, now: datetime) -> User:
    """The active local user with this name and password.

    `address` is the client's network address. Raises NoLocalSignIn unless AUTH_MODE is local,
    TooManyAttempts after ten failures within five minutes from that address for that name, and
    WrongCredentials after the same work whether or not the name exists.
    """
    if settings.AUTH_MODE != "local":
        raise NoLocalSignIn
    name = username.strip().lower()
    attempts = _count_attempt(name, address, now)
    user = User.objects.filter(issuer=LOCAL_ISSUER, username=name, is_active=True).first()
    if not _password_matches(user, password) or user is None:
        raise WrongCredentials
    attempts.delete()
    return user


def _count_attempt(name: str, address: str, now: datetime) -> QuerySet[SignInAttempt]:
    """Book the attempt before it is made, so that parallel ones count each other."""
    SignInAttempt.objects.filter(at__lte=now - ATTEMPTS_WINDOW).delete()
    mine = SignInAttempt.objects.create(username=name, address=address, at=now)
    attempts = SignInAttempt.objects.filter(username=name, address=address)
    if attempts.count() > ATTEMPTS_ALLOWED:
        mine.delete()  # a refused attempt must not prolong the wait
        oldest = attempts.order_by("at").first()
        waited = now - oldest.at if oldest else ATTEMPTS_WINDOW
        raise TooManyAttempts(retry_after=int((ATTEMPTS_WINDOW - waited).total_seconds()) + 1)
    return attempts


def _password_matches(user: User | None, password: str) -> bool:
    if user is None:
        make_password(password)  # as slow as a check, so that time does not tell which names exist
        return False
    return check_password(password, user.password)


def actor_for(user: User, session: Mapping[str, object]) -> Actor:
    """Who acts in this session: memberships are read anew, so that a right taken away is gone.

    The session's active agency counts while the user is a member of it and it is active; otherwise
    the one that was chosen last, then the first by code. Wide roles act for no agency, whatever
    memberships they have.
    """
    role = Role(user.role)
    membership = _membership(user, session.get(ACTIVE_AGENCY)) if role is Role.AGENT else None
    if membership is None:
        return Actor(user.pk, user.full_name, role, None, "", "", None, "", frozenset())
    agency, branch = membership.agency, membership.branch
    return Actor(
        user_id=user.pk,
        name=user.full_name,
        role=role,
        agency_id=agency.pk,
        agency_code=agency.code,
        agency_name=agency.name,
        branch_id=branch.pk if branch else None,
        branch_name=branch.name if branch else "",
        branch_code=branch.code if branch else "",
        permissions=frozenset(right for right in Permission if getattr(membership, right.value)),
    )


def memberships_of(user: User) -> list[Membership]:
    """Where the user may work, the agency chosen last first, with agency and branch read."""
    return list(
        Membership.objects.filter(user=user, active=True, agency__active=True)
        .select_related("agency", "branch")
        .order_by(F("chosen_at").desc(nulls_last=True), "agency__code")
    )


def _membership(user: User, wanted: object) -> Membership | None:
    memberships = memberships_of(user)
    for membership in memberships:
        if membership.agency_id == wanted:
            return membership
    return memberships[0] if memberships else None
