"""Whoever Keycloak has identified becomes a user here, with exactly the rights that it grants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from agenturclient.identity import memberships
from agenturclient.identity.claims import grants_of
from agenturclient.identity.models import User
from agenturclient.identity.oidc.failures import Failure, SignInFailed

if TYPE_CHECKING:
    from agenturclient.identity.oidc.tokens import Identity

_LONGEST_NAME = 100
_LONGEST_EMAIL = 254


def arrive(identity: Identity) -> User:
    """The user of this identity, made at the first sign-in, with name and rights as they are now.

    People are told apart by issuer and subject alone: an e-mail address is whatever somebody typed.
    Raises SignInFailed NO_PLACE when there is nothing here that the person may do; what had been
    allowed before is taken back all the same.
    """
    grants = grants_of(identity.groups)
    welcome = memberships.gives_a_place(grants)
    with transaction.atomic():
        user = _user(identity, make=welcome)
        if user is not None:
            _bring_up_to_date(user, identity)
            welcome = memberships.settle(user, grants) and user.is_active
    if user is None or not welcome:
        raise SignInFailed(Failure.NO_PLACE, f"groups {list(identity.groups)}")
    return user


def _user(identity: Identity, *, make: bool) -> User | None:
    issuer, subject = identity.issuer, identity.subject
    if make:
        User.objects.get_or_create(issuer=issuer, subject=subject)
    user = User.objects.filter(issuer=issuer, subject=subject).first()
    # Some databases compare without regard to case; two subjects may differ in nothing else.
    if user is not None and user.subject != identity.subject:
        raise SignInFailed(Failure.REFUSED, "a subject that differs in case only")
    return user


def _bring_up_to_date(user: User, identity: Identity) -> None:
    told = {
        "first_name": identity.first_name[:_LONGEST_NAME],
        "last_name": identity.last_name[:_LONGEST_NAME],
        "email": identity.email if len(identity.email) <= _LONGEST_EMAIL else "",
        # Keycloak lets nobody in who is disabled there; but it may be about to be told.
        "is_active": user.is_active or not memberships.is_changing(user),
    }
    changed = [name for name, value in told.items() if getattr(user, name) != value]
    for name in changed:
        setattr(user, name, told[name])
    if changed:
        user.save(update_fields=changed)
