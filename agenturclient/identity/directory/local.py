"""The directory of an installation without an identity provider: the users of our own tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from agenturclient.identity.actors import Permission, Role
from agenturclient.identity.directory.port import Account, Profile, Refusals, Refused
from agenturclient.identity.models import LOCAL_ISSUER, Agency, Membership, User

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from agenturclient.identity.directory.port import Rights


class LocalDirectory:
    """Accounts are users with a password of ours; whoever is invited signs in by e-mail address."""

    issuer = LOCAL_ISSUER
    sends_mail = False

    def account(self, subject: str) -> Account | None:
        """The account of that subject, None where there is none."""
        user = _users().filter(subject=subject).first()
        return None if user is None else _account(user, _memberships(user))

    def find(self, email: str) -> Account | None:
        """The account with that e-mail address."""
        user = _users().filter(email__iexact=email).order_by("pk").first()
        return None if user is None else _account(user, _memberships(user))

    def members(self, agency: str) -> tuple[Account, ...]:
        """The members of an agency, each with the rights in this agency only."""
        rows = Membership.objects.filter(agency__code=agency, active=True).select_related("user")
        return tuple(_account(each.user, {agency: each.permissions}) for each in rows)

    def create(self, profile: Profile) -> str:
        """Make a user without a password; the subject. Refused `email-taken`."""
        name = profile.email.lower()
        if self.find(profile.email) is not None:
            raise Refused(Refusals.EMAIL_TAKEN)
        try:
            with transaction.atomic():
                user = User.objects.create_local(
                    name,
                    None,
                    first_name=profile.first_name,
                    last_name=profile.last_name,
                    email=profile.email,
                    pending=True,
                )
        except IntegrityError:  # it is somebody's user name
            raise Refused(Refusals.EMAIL_TAKEN) from None
        return user.subject

    def change_profile(self, subject: str, profile: Profile) -> None:
        """Set name and e-mail address, and with it the name to sign in with where that is the
        address. Refused `email-taken`.
        """
        user = _users().get(subject=subject)
        others = _users().filter(email__iexact=profile.email).exclude(pk=user.pk)
        if others.exists():
            raise Refused(Refusals.EMAIL_TAKEN)
        if user.username == user.email.lower():
            user.username = profile.email.lower()
        user.first_name, user.last_name = profile.first_name, profile.last_name
        user.email = profile.email
        try:
            with transaction.atomic():
                user.save(update_fields=["username", "first_name", "last_name", "email"])
        except IntegrityError:
            raise Refused(Refusals.EMAIL_TAKEN) from None

    def change_rights(self, subject: str, agency: str, rights: Rights | None) -> None:
        """Make the user a member with exactly these rights; None: the membership ends."""
        user = _users().get(subject=subject)
        if rights is None:
            Membership.objects.filter(user=user, agency__code=agency).update(active=False)
            return
        flags = {right.value: right in rights for right in Permission}
        Membership.objects.update_or_create(
            user=user, agency=Agency.objects.get(code=agency), defaults=flags | {"active": True}
        )

    def set_enabled(self, subject: str, *, enabled: bool) -> None:
        """Whether the user can sign in."""
        _users().filter(subject=subject).update(is_active=enabled)

    def end_sessions(self, subject: str) -> None:
        """There are none but ours, which are not this adapter's."""

    def set_password(self, subject: str, password: str) -> None:
        """Set the password. Refused `password-refused`."""
        user = _users().get(subject=subject)
        try:
            validate_password(password, user)
        except ValidationError as failure:
            detail = " ".join(error.code or "" for error in failure.error_list)
            raise Refused(Refusals.PASSWORD_REFUSED, detail) from failure
        user.set_password(password)
        user.pending = False
        user.save(update_fields=["password", "pending"])

    def send_invitation(self, subject: str) -> None:
        """There is no mail server. Always Refused."""
        raise Refused(Refusals.OTHER, f"no mail for {subject}")

    def create_agency(self, code: str) -> None:
        """An agency is a row of ours, which exists by now."""


def _users() -> QuerySet[User]:
    return User.objects.filter(issuer=LOCAL_ISSUER)


def _memberships(user: User) -> dict[str, Rights]:
    rows = Membership.objects.filter(user=user, active=True).select_related("agency")
    return {each.agency.code: each.permissions for each in rows}


def _account(user: User, memberships: dict[str, Rights]) -> Account:
    return Account(
        subject=user.subject,
        profile=Profile(user.first_name, user.last_name, user.email),
        enabled=user.is_active,
        pending=user.pending,
        memberships=memberships,
        guarded=user.role != Role.AGENT,
    )
