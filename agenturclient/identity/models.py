"""Agencies, their branches, the people who work there, and failed attempts to sign in."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from agenturclient.identity.actors import Role

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
    """An office of an agency."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="branches")
    code = models.SlugField(max_length=50)
    name = models.CharField(max_length=100)

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
    local sign-in and empty (null) for everyone who comes from an identity provider.
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
    """What a person may do in an agency. Being a member is enough to read its orders."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="memberships")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, null=True, blank=True)
    sell = models.BooleanField(default=False, db_default=False)
    refund = models.BooleanField(default=False, db_default=False)
    finance = models.BooleanField(default=False, db_default=False)
    admin = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "agency"], name="membership_once_per_agency")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.agency_id}"


class SignInAttempt(models.Model):
    """An attempt that has not succeeded; dropped when one succeeds or has lost its weight."""

    username = models.CharField(max_length=150)
    address = models.CharField(max_length=45)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["username", "address", "at"], name="attempts_of_someone")]

    def __str__(self) -> str:
        return f"{self.username} at {self.at:%Y-%m-%d %H:%M}"
