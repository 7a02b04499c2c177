"""An agency's admin manages people whose accounts are at a real Keycloak."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.utils import timezone

from agenturclient.identity.accounts import actor_for
from agenturclient.identity.actors import Permission, Role
from agenturclient.identity.directory.port import Profile
from agenturclient.identity.models import Agency, Change, ChangeStep, User
from agenturclient.identity.users import agencies, block, edit, errors, invite, listing, welcome
from agenturclient.identity.users.details import ProfileChange, UserCriteria, UserState
from agenturclient.identity.users.recover import ChangeRecovery
from agenturclient.kernel.clock import SettableClock, SystemClock
from tests.identity.people import Office, Wire, open_office
from tests.identity.visitor import SignInFailed, Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.keycloak.cluster import Cluster
    from tests.figures import Figures
    from tests.identity.visitor import Client

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
SELL, REFUND = Permission.SELL, Permission.REFUND
PASSWORD = "korrektes pferd batterie 7 Klammer"


@pytest.fixture
def office(cluster: Cluster) -> Iterator[Office]:
    """Alpenreisen with Nina Huber."""
    with Wire() as wire:
        yield open_office(cluster, wire, "alpenreisen", "huber")


@pytest.fixture
def other(cluster: Cluster) -> Iterator[Office]:
    """Voyages Léman with Zoé Monnier."""
    with Wire() as wire:
        yield open_office(cluster, wire, "voyages-leman", "monnier")


def arrive(office: Office, client: Client, *rights: Permission) -> tuple[int, Visitor]:
    """Somebody who was invited, chose a password by the link and is signed in."""
    invited = office.invite(*rights)
    assert invited.link is not None
    token = invited.link.url.partition("#")[2]
    welcome.set_password(token, PASSWORD, directory=office.directory, clock=SystemClock())
    visitor = Visitor(client)
    visitor.sign_in(invited.user.username, PASSWORD)
    return invited.user.id, visitor


def sessions_of(cluster: Cluster, user: int) -> int:
    """How many sessions Keycloak keeps of somebody."""
    subject = User.objects.get(pk=user).subject
    with cluster.admin() as api:
        return len(api.get(f"/agenturclient/users/{subject}/sessions"))


def steps(user: int) -> list[str]:
    """The audit trail of somebody's last change."""
    change = Change.objects.filter(user=user).latest("pk")
    return list(change.steps.order_by("pk").values_list("step", flat=True))


def recover(office: Office) -> None:
    """The worker comes by, some minutes later."""
    later = SettableClock(timezone.now() + timedelta(minutes=5))
    ChangeRecovery(office.directory, later).run_once()


def test_an_invited_person_chooses_a_password_and_signs_in_with_the_groups(
    office: Office, client: Client
) -> None:
    invited = office.invite(SELL)
    assert (invited.user.state, invited.user.permissions) == (UserState.INVITED, (SELL,))
    assert invited.link is not None
    token = invited.link.url.partition("#")[2]
    tools: dict[str, Any] = {"directory": office.directory, "clock": SystemClock()}
    with pytest.raises(errors.PasswordRefused):
        welcome.set_password(token, "kurz", **tools)
    welcome.set_password(token, PASSWORD, **tools)
    claims = Visitor(client).sign_in(invited.user.username, PASSWORD).claims
    assert set(claims["groups"]) == {"/agencies/alpenreisen", "/agencies/alpenreisen/sell"}
    row = listing.get_user(invited.user.id, actor=office.tools()["actor"])
    assert row.state is UserState.ACTIVE


def test_rights_and_details_are_changed_at_keycloak(office: Office) -> None:
    user = office.invite(SELL).user.id
    edit.change_rights(user, {SELL: False, REFUND: True}, **office.tools())
    change = ProfileChange(first_name="Ada", email=f"ada-{uuid4().hex[:6]}@agency.example")
    edit.change_user(user, change, **office.tools())
    account = office.account(user)
    assert account.memberships == {"alpenreisen": frozenset({REFUND})}
    assert (account.profile.first_name, account.profile.email) == ("Ada", change.email)
    assert steps(user) == ["asked", "done"]


def test_an_address_that_somebody_has_is_refused(office: Office, other: Office) -> None:
    user = office.invite(SELL).user
    with pytest.raises(errors.EmailTaken):
        edit.change_user(user.id, ProfileChange(email=other.admin.email), **office.tools())
    assert office.account(user.id).profile.email == user.email
    assert steps(user.id) == ["asked", "failed"]


def test_who_is_blocked_has_no_session_left_and_cannot_sign_in(
    cluster: Cluster, office: Office, client: Client, figures: Figures
) -> None:
    user, visitor = arrive(office, client, SELL)
    assert sessions_of(cluster, user) == 1
    began = time.monotonic()
    assert block.block(user, **office.tools()).state is UserState.BLOCKED
    figures.add("a person is blocked: at Keycloak and here", f"{time.monotonic() - began:.2f} s")
    assert sessions_of(cluster, user) == 0
    account = office.account(user)
    assert (account.enabled, account.memberships) == (False, {})
    name = listing.get_user(user, actor=office.tools()["actor"]).username
    with pytest.raises(SignInFailed):
        Visitor(visitor.client).sign_in(name, PASSWORD)
    unblocked = block.unblock(user, **office.tools())
    assert (unblocked.state, unblocked.permissions) == (UserState.ACTIVE, (SELL,))
    Visitor(visitor.client).sign_in(name, PASSWORD)


def test_signing_somebody_out_ends_the_sessions_at_keycloak(
    cluster: Cluster, office: Office, client: Client
) -> None:
    user, _ = arrive(office, client, SELL)
    block.end_sessions(user, **office.tools())
    assert sessions_of(cluster, user) == 0
    assert office.account(user).enabled


@pytest.mark.parametrize("after", [True, False])
@pytest.mark.parametrize("lose", [("POST", "/logout"), ("PUT", "<user>"), ("DELETE", "<group>")])
def test_a_block_whose_answer_is_lost_is_found_out_and_finished(
    office: Office,
    lose: tuple[str, str],
    after: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    user = office.invite(SELL).user.id
    end = {"<user>": User.objects.get(pk=user).subject, "<group>": ""}.get(lose[1], lose[1])
    office.wire.lose, office.wire.after = (lose[0], end), after
    assert block.block(user, **office.tools()).changing == "block"
    assert len(office.wire.lost) == 1
    assert actor_for(User.objects.get(pk=user), {}).agency_id is None
    recover(office)
    account = office.account(user)
    assert (account.enabled, account.memberships) == (False, {})
    assert steps(user) == ["asked", "unknown", "done"]


@pytest.mark.parametrize("after", [True, False])
def test_an_invitation_whose_answer_is_lost_makes_one_account(
    office: Office,
    after: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    office.wire.lose, office.wire.after = ("POST", "/users"), after
    with pytest.raises(AssertionError):  # nobody knows the person yet
        office.invite(SELL)
    recover(office)
    change = Change.objects.latest("pk")
    assert change.user is not None
    account = office.account(change.user.pk)
    assert account.memberships == {"alpenreisen": frozenset({SELL})}
    assert steps(change.user.pk) == ["asked", "unknown", "done"]
    link = invite.renew_link(change.user.pk, key=uuid4(), **office.tools()).link
    assert link is not None


def test_with_keycloak_away_nothing_is_given_and_what_is_taken_is_gone(office: Office) -> None:
    user = office.invite(SELL).user.id
    office.wire.cut = True
    with pytest.raises(errors.DirectoryUnavailable):
        listing.list_users(
            UserCriteria(), actor=office.tools()["actor"], directory=office.directory
        )
    with pytest.raises(errors.DirectoryUnavailable):
        edit.change_rights(user, {REFUND: True}, **office.tools())
    assert edit.change_rights(user, {SELL: False}, **office.tools()).changing == "rights"
    assert actor_for(User.objects.get(pk=user), {}).permissions == frozenset()
    office.wire.cut = False
    assert office.account(user).memberships == {"alpenreisen": frozenset({SELL})}
    recover(office)
    assert office.account(user).memberships == {"alpenreisen": frozenset()}


def test_one_agency_cannot_touch_a_person_of_another(office: Office, other: Office) -> None:
    theirs = other.invite(SELL).user.id
    before = other.account(theirs)
    known = ChangeStep.objects.count()
    tools = office.tools()
    for change in (
        lambda: listing.get_user(theirs, actor=tools["actor"]),
        lambda: edit.change_user(theirs, ProfileChange(first_name="X"), **tools),
        lambda: edit.change_rights(theirs, {SELL: False}, **tools),
        lambda: block.block(theirs, **tools),
        lambda: block.unblock(theirs, **tools),
        lambda: block.end_sessions(theirs, **tools),
        lambda: invite.renew_link(theirs, key=uuid4(), **tools),
    ):
        with pytest.raises(errors.UserNotFound):
            change()
    assert other.account(theirs) == before
    assert ChangeStep.objects.count() == known
    found = listing.list_users(
        UserCriteria(page_size=100), actor=tools["actor"], directory=office.directory
    )
    assert theirs not in {row.id for row in found.results}


def test_a_person_whom_keycloak_made_the_operators_is_left_alone(
    cluster: Cluster, office: Office
) -> None:
    user = office.invite(SELL).user.id
    subject = User.objects.get(pk=user).subject
    with cluster.admin() as api:
        group = api.get("/agenturclient/group-by-path/operators")["id"]
        api.put(f"/agenturclient/users/{subject}/groups/{group}")
    for change in (
        lambda: block.block(user, **office.tools()),
        lambda: edit.change_user(user, ProfileChange(first_name="X"), **office.tools()),
        lambda: invite.renew_link(user, key=uuid4(), **office.tools()),
    ):
        with pytest.raises(errors.SharedAccount):
            change()
    account = office.account(user)
    assert (account.enabled, account.profile.first_name) == (True, "Ida")


def test_who_works_for_two_agencies_stays_in_the_other(office: Office, other: Office) -> None:
    user = office.invite(SELL).user.id
    subject = User.objects.get(pk=user).subject
    office.directory.change_rights(subject, "voyages-leman", frozenset({REFUND}))
    block.block(user, **office.tools())
    account = office.account(user)
    assert (account.enabled, account.memberships) == (True, {"voyages-leman": frozenset({REFUND})})
    assert actor_for(User.objects.get(pk=user), {}).agency_code == other.agency.code


def test_the_operator_makes_an_agency_with_its_groups_and_first_admin(office: Office) -> None:
    operator = User.objects.create_local(f"op-{uuid4().hex[:6]}", role=Role.OPERATOR.value)
    code = f"agency-{uuid4().hex[:6]}"
    admin = Profile("Luc", "Rey", f"luc@{code}.example")
    tools = office.tools() | {"actor": actor_for(operator, {})}
    made = agencies.create_agency(code, "Kleinreisen", admin, key=uuid4(), **tools)
    assert made.link is not None
    account = office.directory.find(admin.email)
    assert account is not None
    assert account.memberships == {code: frozenset(Permission)}
    assert [each.subject for each in office.directory.members(code)] == [account.subject]
    assert Agency.objects.get(code=code).memberships.count() == 1
