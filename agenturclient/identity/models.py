"""Agencies, their branches, the people who work there, how these are changed, and failed attempts
to sign in.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.models import Session
from django.db import models

from agenturclient.identity.actors import Permission, Role
from agenturclient.identity.changes import ChangeKind, ChangeState

LOCAL_ISSUER = "local"


class Agency(models.Model):
    """A travel agency. `code` also names its group at the identity provider."""

    code = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)
    active = models.BooleanField(default=True, db_default=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class Branch(models.Model):
    """An office of an agency. A closed one keeps its name on old orders; nobody works there."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="branches")
    code = models.SlugField(max_length=50)
    name = models.CharField(max_length=100)
    active = models.BooleanField(default=True, db_default=True)

    class Meta:
        verbose_name_plural = "branches"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "code"], name="branch_code_once_per_agency")
        ]

    def __str__(self) -> str:
        return self.code


class UserManager(BaseUserManager["User"]):
    """Makes users that sign in with a password kept here."""

    def create_local(self, username: str, password: str | None = None, **fields: Any) -> User:
        """A local user; without a password nobody can sign in as this user yet."""
        user = self.model(username=username, issuer=LOCAL_ISSUER, subject=username, **fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """A person who signs in.

    Identified by the issuer's word and the subject it gave, which never change; `username` is for
    local sign-in and empty (null) for everyone who comes from an identity provider. `pending`: was
    invited and has set no password yet.
    """

    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=200)
    username = models.CharField(max_length=150, unique=True, null=True, blank=True)
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True)
    role = models.CharField(
        max_length=20,
        choices=[(role.value, role.name) for role in Role],
        default=Role.AGENT.value,
        db_default=Role.AGENT.value,
    )
    is_active = models.BooleanField(default=True, db_default=True)
    pending = models.BooleanField(default=False, db_default=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="user_once_per_issuer"),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]), name="user_role_known"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """First and last name, or the user name where neither is known."""
        return f"{self.first_name} {self.last_name}".strip() or self.username or self.subject


class Membership(models.Model):
    """What a person may do in an agency. Being a member is enough to read its orders.

    One that is not `active` has ended: it gives nothing, and keeps what it gave. A person in
    several agencies starts in the one `chosen_at` last.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="memberships")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, null=True, blank=True)
    sell = models.BooleanField(default=False, db_default=False)
    refund = models.BooleanField(default=False, db_default=False)
    finance = models.BooleanField(default=False, db_default=False)
    admin = models.BooleanField(default=False, db_default=False)
    active = models.BooleanField(default=True, db_default=True)
    chosen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "agency"], name="membership_once_per_agency")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.agency_id}"

    @property
    def permissions(self) -> frozenset[Permission]:
        """What it gives while it is active."""
        return frozenset(right for right in Permission if getattr(self, right.value))


class Change(models.Model):
    """A change of people or branches: written before the directory is asked, settled after it.

    `before` and `after` are what is to change, in the words of the page. `open_subject` names whom
    it is about until it is settled; the unique column lets one change at a time work on a person.
    `fence` grows with each claim: whoever holds an older one can write nothing any more. `key` is
    the browser's Idempotency-Key where it has one.
    """

    key = models.UUIDField(unique=True)
    kind = models.CharField(max_length=10, choices=[(k, k) for k in ChangeKind])
    state = models.CharField(max_length=8, choices=[(s, s) for s in ChangeState])
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="changes")
    actor = models.ForeignKey(User, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="changes")
    open_subject = models.CharField(max_length=255, null=True, unique=True)  # noqa: DJ001 - null is "not open": several rows
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    code = models.CharField(max_length=40, blank=True)
    attempts = models.PositiveIntegerField(default=1)
    fence = models.PositiveIntegerField(default=1)
    lease_until = models.DateTimeField()
    next_at = models.DateTimeField()
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "next_at", "lease_until"], name="change_due"),
            models.Index(fields=["agency", "user"], name="change_of_someone"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class ChangeStep(models.Model):
    """A line of the audit trail: a change was asked, is done, has failed, is not known. Only
    added to.
    """

    change = models.ForeignKey(Change, models.PROTECT, related_name="steps")
    step = models.CharField(max_length=8, choices=[(s, s) for s in ChangeState])
    at = models.DateTimeField()
    code = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return f"{self.change_id} {self.step}"


class Invitation(models.Model):
    """A one-time link with which a person sets a password; only the link's hash is kept."""

    user = models.ForeignKey(User, models.PROTECT, related_name="invitations")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"for {self.user_id}"


class SignInAttempt(models.Model):
    """An attempt that has not succeeded; dropped when one succeeds or has lost its weight."""

    username = models.CharField(max_length=150)
    address = models.CharField(max_length=45)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["username", "address", "at"], name="attempts_of_someone")]

    def __str__(self) -> str:
        return f"{self.username} at {self.at:%Y-%m-%d %H:%M}"


class OpenSession(models.Model):
    """What belongs to a browser's session, and goes with it.

    `sid` is the identity provider's name of the session (empty after local sign-in), by which it
    asks us to end ours. `id_token` goes back to it when the person signs out. From `check_at` on
    the next request asks whether the person may still work; whoever moves it does.
    """

    session = models.OneToOneField(Session, models.CASCADE, primary_key=True, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    sid = models.CharField(max_length=255, blank=True, db_index=True)
    id_token = models.TextField(blank=True)
    check_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"of {self.user_id}"


class LogoutToken(models.Model):
    """A logout token of the identity provider that was obeyed: it counts once."""

    jti = models.CharField(max_length=255, unique=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.jti
