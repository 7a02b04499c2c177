"""Local sign-in and the actor of a session."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from agenturclient.identity.accounts import ACTIVE_AGENCY, actor_for, authenticate, person
from agenturclient.identity.actors import Actor, Permission, Role
from agenturclient.identity.errors import NoLocalSignIn, TooManyAttempts, WrongCredentials
from agenturclient.identity.models import Membership, SignInAttempt, User
from tests.factories import PASSWORD, join, make_agency, make_user

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
HERE = "192.0.2.7"


def fail_to_sign_in(times: int, *, username: str = "keller", address: str = HERE) -> None:
    for _ in range(times):
        with pytest.raises(WrongCredentials):
            authenticate(username, "wrong", address=address, now=NOW)


def test_the_right_password_finds_the_user_however_the_name_is_typed() -> None:
    user = make_user(username="keller")
    assert authenticate(" Keller ", PASSWORD, address=HERE, now=NOW) == user


@pytest.mark.parametrize("username", ["keller", "nobody", "retired"])
def test_a_wrong_password_a_strange_name_and_a_retired_user_look_alike(username: str) -> None:
    make_user(username="keller")
    make_user(username="retired", is_active=False)
    password = PASSWORD if username == "retired" else "wrong"
    with pytest.raises(WrongCredentials) as refusal:
        authenticate(username, password, address=HERE, now=NOW)
    assert refusal.value.facts == {}


def test_someone_from_an_identity_provider_has_no_local_sign_in() -> None:
    user = User(issuer="https://sso.example", subject="1", username="keller")
    user.set_password(PASSWORD)
    user.save()
    with pytest.raises(WrongCredentials):
        authenticate("keller", PASSWORD, address=HERE, now=NOW)


def test_the_eleventh_failure_in_five_minutes_has_to_wait() -> None:
    make_user(username="keller")
    fail_to_sign_in(10)
    with pytest.raises(TooManyAttempts) as refusal:
        authenticate("keller", PASSWORD, address=HERE, now=NOW + timedelta(minutes=1))
    assert refusal.value.facts == {"retry_after": 241}


def test_a_wait_ends_after_five_minutes_and_is_not_prolonged_by_trying() -> None:
    user = make_user(username="keller")
    fail_to_sign_in(10)
    with pytest.raises(TooManyAttempts):
        authenticate("keller", "wrong", address=HERE, now=NOW + timedelta(minutes=4))
    later = NOW + timedelta(minutes=5)
    assert authenticate("keller", PASSWORD, address=HERE, now=later) == user


def test_failures_elsewhere_or_of_others_do_not_count() -> None:
    user = make_user(username="keller")
    fail_to_sign_in(10, address="192.0.2.8")
    fail_to_sign_in(10, username="frei")
    assert authenticate("keller", PASSWORD, address=HERE, now=NOW) == user


def test_signing_in_forgets_the_failures_before_it() -> None:
    make_user(username="keller")
    fail_to_sign_in(9)
    authenticate("keller", PASSWORD, address=HERE, now=NOW)
    assert SignInAttempt.objects.count() == 0


def test_local_sign_in_does_not_exist_where_people_sign_in_elsewhere(
    settings: Settings,
) -> None:
    make_user(username="keller")
    settings.AUTH_MODE = "oidc"
    with pytest.raises(NoLocalSignIn):
        authenticate("keller", PASSWORD, address=HERE, now=NOW)


def test_an_agent_acts_for_the_agency_with_the_rights_of_the_membership() -> None:
    agency = make_agency("alpenreisen", name="Alpenreisen AG")
    user = make_user(agency, Permission.SELL, Permission.FINANCE)
    branch = agency.branches.get()
    assert actor_for(user, {}) == Actor(
        user_id=user.pk,
        name=user.full_name,
        role=Role.AGENT,
        agency_id=agency.pk,
        agency_code="alpenreisen",
        agency_name="Alpenreisen AG",
        branch_id=branch.pk,
        branch_name="Alpenreisen AG main",
        branch_code="main",
        permissions=frozenset({Permission.SELL, Permission.FINANCE}),
    )


def test_someone_in_two_agencies_acts_for_the_one_that_the_session_names() -> None:
    first, second = make_agency("first"), make_agency("second")
    user = make_user(first, Permission.SELL)
    join(user, second, Permission.REFUND)
    chosen = actor_for(user, {ACTIVE_AGENCY: second.pk})
    assert actor_for(user, {}).agency_code == "first"
    assert chosen.agency_code == "second"
    assert chosen.permissions == {Permission.REFUND}


def test_a_session_cannot_name_an_agency_that_its_user_does_not_belong_to() -> None:
    own, other = make_agency("own"), make_agency("other")
    user = make_user(own)
    assert actor_for(user, {ACTIVE_AGENCY: other.pk}).agency_code == "own"


def test_an_agency_that_was_closed_leaves_its_members_without_one() -> None:
    user = make_user(make_agency(active=False), Permission.SELL)
    actor = actor_for(user, {})
    assert (actor.agency_id, actor.permissions) == (None, frozenset())


@pytest.mark.parametrize("role", [Role.CUSTOMER_CARE, Role.OPERATOR])
def test_a_wide_role_acts_for_no_agency_even_as_a_member_of_one(role: Role) -> None:
    actor = actor_for(make_user(make_agency(), Permission.SELL, role=role), {})
    assert (actor.agency_id, actor.permissions, actor.role) == (None, frozenset(), role)


def test_a_person_without_a_name_is_called_by_the_user_name() -> None:
    user = User.objects.create_local("keller")
    assert person(user).name == "keller"


def test_a_user_without_a_password_cannot_sign_in() -> None:
    User.objects.create_local("keller")
    with pytest.raises(WrongCredentials):
        authenticate("keller", "", address=HERE, now=NOW)


def test_the_database_keeps_a_subject_once_per_issuer() -> None:
    User.objects.create(issuer="https://sso.example", subject="1")
    User.objects.create(issuer="https://sso.example", subject="2")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(issuer="https://sso.example", subject="1")


def test_the_database_keeps_a_membership_once_per_agency_and_knows_the_roles() -> None:
    agency = make_agency()
    user = make_user(agency)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=user, agency=agency)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(issuer="local", subject="x", role="superuser")
