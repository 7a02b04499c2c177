"""An agency's admin invites people, changes them, gives and takes rights."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from agenturclient.identity.accounts import actor_for
from agenturclient.identity.actors import PermissionMissing, Role
from agenturclient.identity.directory.port import Profile, Refused
from agenturclient.identity.models import Change, Membership, User
from agenturclient.identity.users import edit, errors, invite, listing, story, welcome
from agenturclient.identity.users.details import ProfileChange, UserState
from agenturclient.kernel.clock import SettableClock
from tests.fake_directory import FakeDirectory
from tests.flows.people import ADMIN, REFUND, SELL, hire, join, make_office, membership, trail

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.flows.people import Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Office:
    clock = SettableClock(datetime(2026, 12, 1, 12, 0, tzinfo=UTC))
    return make_office("alpenreisen", FakeDirectory(), clock)


@pytest.fixture
def other(office: Office) -> Office:
    return make_office("voyages-leman", office.directory, office.clock)


def test_an_invited_person_gets_an_account_the_rights_the_branch_and_a_link(office: Office) -> None:
    invited = office.invite(SELL, branch="main")
    assert invited is not None
    assert invited.link is not None
    assert invited.user.state is UserState.INVITED
    assert invited.user.permissions == (SELL,)
    assert invited.user.branch is not None
    assert invited.user.branch.code == "main"
    account = office.directory.find("ida@agency.example")
    assert account is not None
    assert account.memberships == {"alpenreisen": frozenset({SELL})}
    assert office.directory.calls == ["create", "change_rights"]
    assert trail() == [("invite", "asked", ""), ("invite", "done", "")]


def test_the_same_key_invites_once_and_tells_the_link_once(office: Office) -> None:
    key = uuid4()
    first, again = office.invite(SELL, key=key), office.invite(SELL, key=key)
    assert first is not None
    assert again is not None
    assert (first.user, again.link) == (again.user, None)
    assert office.directory.calls.count("create") == 1
    with pytest.raises(errors.KeyReused):
        office.invite(REFUND, key=key)


def test_an_address_that_has_an_account_cannot_be_invited(office: Office, other: Office) -> None:
    taken = other.admin.email
    with pytest.raises(errors.EmailTaken):
        office.invite(SELL, email=taken)
    account = office.directory.find(taken)
    assert account is not None
    assert set(account.memberships) == {"voyages-leman"}
    assert trail() == [("invite", "asked", ""), ("invite", "failed", "email-taken")]


def test_an_account_whose_invitation_broke_off_is_taken_up_again(office: Office) -> None:
    office.directory.create(Profile("I", "A", "ida@agency.example"))
    invited = office.invite(SELL)
    assert invited is not None
    assert office.directory.calls == ["create", "change_rights"]


def test_the_link_sets_the_password_once(office: Office) -> None:
    invited = office.invite(SELL)
    assert invited is not None
    assert invited.link is not None
    token = invited.link.url.partition("#")[2]
    found = welcome.look_up(token, clock=office.clock)
    assert (found.name, found.agency) == ("Ida Amrein", "Alpenreisen")
    with pytest.raises(errors.PasswordRefused):
        welcome.set_password(token, "short", directory=office.directory, clock=office.clock)
    welcome.set_password(
        token, "long enough for it", directory=office.directory, clock=office.clock
    )
    (ida,) = office.people(text="ida")
    assert ida.state is UserState.ACTIVE
    with pytest.raises(errors.InvitationNotFound):
        welcome.set_password(
            token, "another try of it", directory=office.directory, clock=office.clock
        )
    assert trail("password") == [
        ("password", "asked", ""),
        ("password", "failed", "password-refused"),
        ("password", "asked", ""),
        ("password", "done", ""),
    ]


def test_a_new_link_makes_the_earlier_one_worthless_and_ends_after_its_hours(
    office: Office,
) -> None:
    invited = office.invite(SELL)
    assert invited is not None
    assert invited.link is not None
    renewed = invite.renew_link(invited.user.id, key=uuid4(), **office.tools())
    assert renewed.link is not None
    first, second = (each.url.partition("#")[2] for each in (invited.link, renewed.link))
    with pytest.raises(errors.InvitationNotFound):
        welcome.look_up(first, clock=office.clock)
    assert welcome.look_up(second, clock=office.clock).name == "Ida Amrein"
    assert renewed.link.expires_at is not None
    office.clock.advance(renewed.link.expires_at - office.clock.now())
    with pytest.raises(errors.InvitationNotFound):
        welcome.look_up(second, clock=office.clock)


def test_nobody_opens_the_account_of_somebody_with_more_rights(office: Office) -> None:
    helper = hire(office.agency, office.directory, ADMIN, first_name="Eva")
    seller = hire(office.agency, office.directory, SELL)
    tools = office.tools(actor_for(helper, {}))
    with pytest.raises(errors.BeyondOwnRights):
        invite.renew_link(seller.pk, key=uuid4(), **tools)
    with pytest.raises(errors.BeyondOwnRights):
        edit.change_user(seller.pk, ProfileChange(email="eva@agency.example"), **tools)
    with pytest.raises(errors.BeyondOwnRights) as refusal:
        edit.change_rights(seller.pk, {REFUND: True}, **tools)
    assert refusal.value.facts == {"permission": "refund"}
    assert edit.change_rights(seller.pk, {SELL: False}, **tools).permissions == ()


def test_rights_count_from_the_next_request_on(office: Office) -> None:
    rolf = hire(office.agency, office.directory, SELL)
    assert office.rights(rolf, sell=False, refund=True).permissions == (REFUND,)
    assert actor_for(rolf, {}).permissions == {REFUND}
    assert office.directory.accounts[rolf.subject].memberships == {
        "alpenreisen": frozenset({REFUND})
    }
    (change,) = story.list_changes_of(rolf.pk, actor=office.actor).results
    assert (change.before, change.after) == ({"permissions": ["sell"]}, {"permissions": ["refund"]})
    assert [step.step for step in change.steps] == ["asked", "done"]
    assert change.actor == "Nina Huber alpenreisen"


def test_rights_that_are_there_already_ask_nothing(office: Office) -> None:
    rolf = hire(office.agency, office.directory, SELL)
    office.rights(rolf, sell=True)
    assert (office.directory.calls, trail()) == ([], [])


def test_an_admin_changes_neither_the_own_rights_nor_the_own_access(office: Office) -> None:
    with pytest.raises(errors.OwnAccount):
        office.rights(office.admin, admin=False)
    with pytest.raises(errors.OwnAccount):
        office.block(office.admin)
    assert trail() == []


def test_who_is_no_admin_any_more_changes_nothing_whatever_the_request_believed(
    office: Office,
) -> None:
    stale = office.actor
    rolf = hire(office.agency, office.directory, SELL)
    Membership.objects.filter(user=office.admin).update(admin=False)
    with pytest.raises(PermissionMissing):
        edit.change_rights(rolf.pk, {SELL: False}, **office.tools(stale))
    assert membership(rolf, office.agency).sell


def test_name_address_and_branch_are_changed(office: Office) -> None:
    rolf = hire(office.agency, office.directory, SELL)
    changed = office.edit(rolf, first_name="Rolf-Peter", email="rp@agency.example", branch="")
    assert (changed.first_name, changed.email, changed.branch) == (
        "Rolf-Peter",
        "rp@agency.example",
        None,
    )
    assert office.directory.accounts[rolf.subject].profile == Profile(
        "Rolf-Peter", "Frei", "rp@agency.example"
    )
    change = Change.objects.get()
    assert (change.before["branch"], change.after["branch"]) == ("main", "")


def test_the_branch_alone_is_ours_and_asks_nothing_of_the_directory(office: Office) -> None:
    rolf = hire(office.agency, office.directory, SELL)
    assert office.edit(rolf, branch="").branch is None
    assert office.directory.calls == []
    assert trail() == [("edit", "asked", ""), ("edit", "done", "")]
    with pytest.raises(errors.BranchNotFound):
        office.edit(rolf, branch="nowhere")


def test_an_address_that_somebody_has_is_refused_and_nothing_changes(office: Office) -> None:
    rolf = hire(office.agency, office.directory, SELL)
    office.directory.fail_next("change_profile", Refused("email-taken"))
    with pytest.raises(errors.EmailTaken):
        office.edit(rolf, email=office.admin.email)
    assert office.people(text="rolf")[0].email == "rolf.frei@agency.example"


def test_a_person_of_two_agencies_is_changed_by_neither_but_for_rights(
    office: Office, other: Office
) -> None:
    rolf = hire(office.agency, office.directory, SELL)
    join(rolf, other.agency, office.directory, REFUND)
    assert office.people(text="rolf")[0].shared
    for change in (
        lambda: office.edit(rolf, first_name="R"),
        lambda: office.end_sessions(rolf),
        lambda: invite.renew_link(rolf.pk, key=uuid4(), **office.tools()),
    ):
        with pytest.raises(errors.SharedAccount):
            change()
    office.rights(rolf, sell=False)
    assert membership(rolf, other.agency).refund
    assert office.directory.accounts[rolf.subject].memberships == {
        "alpenreisen": frozenset(),
        "voyages-leman": frozenset({REFUND}),
    }


def test_what_only_the_directory_knows_of_another_agency_counts_too(office: Office) -> None:
    rolf = hire(office.agency, office.directory, SELL)
    office.directory._set(
        rolf.subject, memberships={"alpenreisen": frozenset({SELL}), "else": frozenset()}
    )
    with pytest.raises(errors.SharedAccount):
        office.edit(rolf, email="mine@agency.example")
    with pytest.raises(errors.SharedAccount):
        invite.renew_link(rolf.pk, key=uuid4(), **office.tools())
    assert office.directory.calls == []


def test_an_account_that_can_more_than_agencies_give_is_left_alone(office: Office) -> None:
    rolf = hire(office.agency, office.directory, SELL)
    office.directory._set(rolf.subject, guarded=True)
    with pytest.raises(errors.SharedAccount):
        office.rights(rolf, refund=True)
    with pytest.raises(errors.SharedAccount):
        office.block(rolf)
    assert office.directory.calls == []
    assert membership(rolf, office.agency).active  # given back: it did not happen


def everything(office: Office, user: User) -> list[Callable[[], object]]:
    """All that an admin can ask and do about somebody."""
    return [
        lambda: listing.get_user(user.pk, actor=office.actor),
        lambda: story.list_changes_of(user.pk, actor=office.actor),
        lambda: office.edit(user, first_name="X"),
        lambda: office.rights(user, sell=False),
        lambda: office.block(user),
        lambda: office.unblock(user),
        lambda: office.end_sessions(user),
        lambda: invite.renew_link(user.pk, key=uuid4(), **office.tools()),
    ]


def test_another_agencys_person_does_not_exist(office: Office, other: Office) -> None:
    theirs = hire(other.agency, office.directory, SELL)
    wide = User.objects.create_local("wyss", role=Role.OPERATOR.value)
    Membership.objects.create(user=wide, agency=office.agency)  # whatever rows there are
    for user in (theirs, wide, User(pk=999_999)):
        for change in everything(office, user):
            with pytest.raises(errors.UserNotFound):
                change()
    assert (office.directory.calls, trail()) == ([], [])
    assert [each.last_name for each in office.people()] == ["Huber alpenreisen"]
