"""Somebody is kept out of an agency: at once here, then at the directory, until it is done."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from agenturclient.identity.accounts import actor_for
from agenturclient.identity.directory.port import OutcomeUnknown, Unavailable
from agenturclient.identity.models import Change, User
from agenturclient.identity.users import errors
from agenturclient.identity.users.details import UserState
from agenturclient.identity.users.recover import ChangeRecovery
from tests.flows.people import ADMIN, REFUND, SELL, hire, join, membership, trail
from tests.flows.test_users import office, other

if TYPE_CHECKING:
    from tests.flows.people import Office

__all__ = ["office", "other"]

pytestmark = pytest.mark.django_db
AWAY, LOST = Unavailable("no-route-to-host"), OutcomeUnknown("no-answer")


def test_the_account_is_disabled_logged_out_and_taken_out_in_this_order(office: Office) -> None:
    rolf = hire(office.agency, office.directory, SELL)
    assert office.block(rolf).state is UserState.BLOCKED
    assert office.directory.calls == ["disable", "log out Rolf", "change_rights"]
    assert office.directory.accounts[rolf.subject].memberships == {}
    assert not User.objects.get(pk=rolf.pk).is_active


def test_with_another_agency_left_only_the_membership_ends(office: Office, other: Office) -> None:
    rolf = hire(office.agency, office.directory, SELL)
    join(rolf, other.agency, office.directory, REFUND)
    office.block(rolf)
    assert office.directory.calls == ["change_rights"]
    assert User.objects.get(pk=rolf.pk).is_active
    assert actor_for(rolf, {}).agency_code == "voyages-leman"


def test_let_in_again_with_the_rights_of_before_as_far_as_the_admin_has_them(
    office: Office,
) -> None:
    rolf = hire(office.agency, office.directory, SELL, ADMIN)
    office.block(rolf)
    assert office.unblock(rolf).permissions == (SELL, ADMIN)
    account = office.directory.accounts[rolf.subject]
    assert (account.enabled, account.memberships) == (
        True,
        {"alpenreisen": frozenset({SELL, ADMIN})},
    )
    office.block(rolf)
    eva = hire(office.agency, office.directory, ADMIN, first_name="Eva")
    office.admin = eva
    assert office.unblock(rolf).permissions == (ADMIN,)


def test_who_is_blocked_gets_no_rights(office: Office) -> None:
    rolf = hire(office.agency, office.directory, SELL)
    office.block(rolf)
    with pytest.raises(errors.UserBlocked):
        office.rights(rolf, refund=True)


@pytest.mark.parametrize("failure", [AWAY, LOST])
def test_with_the_directory_away_who_is_blocked_is_out_here_at_once_and_there_later(
    office: Office, failure: Exception
) -> None:
    rolf = hire(office.agency, office.directory, SELL)
    assert isinstance(failure, Unavailable | OutcomeUnknown)
    office.directory.fail_next("disable", failure)
    assert office.block(rolf).changing == "block"
    assert actor_for(rolf, {}).agency_id is None
    assert office.directory.accounts[rolf.subject].enabled
    assert trail() == [("block", "asked", ""), ("block", "unknown", failure.code)]
    office.recover()
    assert not office.directory.accounts[rolf.subject].enabled
    assert office.directory.accounts[rolf.subject].memberships == {}
    assert trail()[-1] == ("block", "done", "")
    assert office.people(text="rolf")[0].changing == ""


@pytest.mark.parametrize("call", ["disable", "log out Rolf", "change_rights"])
@pytest.mark.parametrize("effect", [True, False])
def test_an_answer_that_is_lost_anywhere_is_found_out_and_the_rest_is_done(
    office: Office,
    call: str,
    effect: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    rolf = hire(office.agency, office.directory, SELL)
    office.directory.fail_next(call, LOST, effect=effect)
    assert office.block(rolf).changing == "block"
    office.recover()
    account = office.directory.accounts[rolf.subject]
    assert (account.enabled, account.memberships) == (False, {})
    done_before = 1 if effect and call != "log out Rolf" else 2
    assert office.directory.calls.count(call) == done_before  # never again what was seen to be done
    assert [step for _, step, _ in trail()] == ["asked", "unknown", "done"]


def test_it_is_repeated_until_it_is_done(office: Office) -> None:
    rolf = hire(office.agency, office.directory, SELL)
    for _ in range(5):
        office.directory.fail_next("disable", AWAY)
    office.block(rolf)
    for _ in range(4):
        office.recover()
        assert Change.objects.get().state == "unknown"
    office.recover()
    assert Change.objects.get().state == "done"
    assert trail("block") == [
        ("block", "asked", ""),
        ("block", "unknown", "no-route-to-host"),
        ("block", "done", ""),
    ]


def test_meanwhile_nothing_else_is_changed_of_the_person(office: Office) -> None:
    rolf = hire(office.agency, office.directory, SELL)
    office.directory.fail_next("disable", AWAY)
    office.block(rolf)
    with pytest.raises(errors.ChangePending) as refusal:
        office.unblock(rolf)
    assert refusal.value.facts == {"kind": "block"}


def test_a_list_that_still_names_the_blocked_person_lets_nobody_in(office: Office) -> None:
    rolf = hire(office.agency, office.directory, SELL)
    office.directory.fail_next("disable", AWAY)
    office.block(rolf)
    (row,) = office.people(text="rolf")  # the directory still has the old groups
    assert (row.state, row.changing) == (UserState.BLOCKED, "block")
    assert actor_for(rolf, {}).agency_id is None


def test_a_right_that_is_given_with_the_directory_away_is_not_given(office: Office) -> None:
    rolf = hire(office.agency, office.directory, SELL)
    office.directory.fail_next("change_rights", AWAY)
    with pytest.raises(errors.DirectoryUnavailable):
        office.rights(rolf, refund=True)
    assert membership(rolf, office.agency).permissions == {SELL}
    assert trail() == [("rights", "asked", ""), ("rights", "failed", "no-route-to-host")]


def test_a_right_that_is_taken_with_the_directory_away_is_gone_at_once(office: Office) -> None:
    rolf = hire(office.agency, office.directory, SELL, REFUND)
    office.directory.fail_next("change_rights", AWAY)
    assert office.rights(rolf, sell=False).changing == "rights"
    assert actor_for(rolf, {}).permissions == {REFUND}
    office.recover()
    assert office.directory.accounts[rolf.subject].memberships == {
        "alpenreisen": frozenset({REFUND})
    }


@pytest.mark.parametrize("effect", [True, False])
def test_a_right_whose_answer_is_lost_counts_when_the_directory_says_so(
    office: Office,
    effect: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    rolf = hire(office.agency, office.directory, SELL)
    office.directory.fail_next("change_rights", LOST, effect=effect)
    assert office.rights(rolf, refund=True).changing == "rights"
    assert actor_for(rolf, {}).permissions == {SELL}
    office.recover()
    assert actor_for(rolf, {}).permissions == {SELL, REFUND}
    assert office.directory.calls.count("change_rights") == (1 if effect else 2)


@pytest.mark.parametrize("call", ["create", "change_rights"])
@pytest.mark.parametrize("effect", [True, False])
def test_an_invitation_whose_answer_is_lost_makes_one_account(
    office: Office,
    call: str,
    effect: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    office.directory.fail_next(call, LOST, effect=effect)
    office.invite(SELL)
    office.recover()
    found = [
        each for each in office.directory.accounts.values() if each.profile.first_name == "Ida"
    ]
    assert [each.memberships for each in found] == [{"alpenreisen": frozenset({SELL})}]
    assert trail()[-1] == ("invite", "done", "")
    assert office.people(text="ida")[0].state is UserState.INVITED


def test_a_worker_that_woke_up_late_writes_nothing(office: Office) -> None:
    rolf = hire(office.agency, office.directory, SELL)

    def overtake(call: str) -> None:
        if call == "disable":  # the request sleeps here, longer than its lease
            office.directory.on_call = lambda _call: None
            office.recover()

    office.directory.on_call = overtake
    assert office.block(rolf).state is UserState.BLOCKED
    assert [step for _, step, _ in trail()] == ["asked", "done"]  # the worker's, once


def test_signing_somebody_out_is_repeated_until_the_directory_has_done_it(office: Office) -> None:
    rolf = hire(office.agency, office.directory, SELL)
    office.directory.fail_next("log out Rolf", AWAY)
    assert office.end_sessions(rolf).changing == "sessions"
    office.recover()
    assert office.directory.calls == ["log out Rolf", "log out Rolf"]
    assert trail()[-1] == ("sessions", "done", "")


def test_a_worker_that_is_asked_to_end_holds_no_change_that_it_has_not_begun(
    office: Office,
) -> None:
    for name in ("Rolf", "Eva"):
        person = hire(office.agency, office.directory, SELL, first_name=name)
        office.directory.fail_next("disable", AWAY)
        office.block(person)
    office.clock.advance(timedelta(minutes=1))
    asked = iter([False, True])

    handled = ChangeRecovery(office.directory, office.clock).run_once(lambda: next(asked))

    assert handled == 1
    left = Change.objects.get(state="unknown")
    assert (left.attempts, left.lease_until <= office.clock.now()) == (1, True)
