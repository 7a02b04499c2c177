"""Two admins at once, in real threads on a real database: an agency always keeps one."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from agenturclient.identity.accounts import actor_for
from agenturclient.identity.models import Membership
from agenturclient.identity.users import block, edit
from agenturclient.identity.users.details import InvitationCriteria
from agenturclient.identity.users.invite import invite
from agenturclient.kernel.clock import SettableClock
from agenturclient.kernel.errors import Refusal
from tests.concurrency.test_races import at_once
from tests.fake_directory import FakeDirectory
from tests.flows.people import ADMIN, ALL, Office, hire, make_office

if TYPE_CHECKING:
    from collections.abc import Callable

    from agenturclient.identity.models import User

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def office() -> Office:
    clock = SettableClock(datetime(2026, 12, 1, 12, 0, tzinfo=UTC))
    return make_office("alpenreisen", FakeDirectory(), clock)


def admins_left(office: Office) -> int:
    rows = Membership.objects.filter(agency=office.agency, active=True, admin=True)
    return rows.filter(user__is_active=True).count()


@pytest.mark.parametrize("by", ["rights", "block"])
def test_two_admins_who_remove_each_other_at_the_same_moment_leave_one(
    office: Office, by: str
) -> None:
    """Both were let in as admins before either was removed; the lock lets one of them go first."""
    eva = hire(office.agency, office.directory, *ALL, first_name="Eva")
    pairs = [(office.admin, eva), (eva, office.admin)]
    let_in = {me.pk: actor_for(me, {}) for me, _ in pairs}
    assert all(actor.may(ADMIN) for actor in let_in.values())
    lock, taken = threading.Lock(), iter(pairs)

    def remove() -> str:
        with lock:
            me, them = next(taken)
        return outcome(lambda: removed(office, let_in[me.pk], them, by))

    def removed(office: Office, actor: object, them: User, by: str) -> None:
        tools = office.tools() | {"actor": actor}
        if by == "block":
            block.block(them.pk, **tools)
        else:
            edit.change_rights(them.pk, {ADMIN: False}, **tools)

    assert sorted(at_once(remove, 2)) == ["done", "permission-missing"]
    assert admins_left(office) == 1


def test_six_clicks_on_invite_make_one_account(office: Office) -> None:
    person = InvitationCriteria("Ida", "Amrein", "ida@agency.example", frozenset())
    key = uuid4()
    tools = office.tools()
    outcomes = at_once(lambda: outcome(lambda: invite(person, key=key, **tools)))
    assert office.directory.calls.count("create") == 1
    assert set(outcomes) <= {"done", "change-pending"}


def outcome(act: Callable[[], object]) -> str:
    """What came of it, in a word."""
    try:
        act()
    except Refusal as refusal:
        return refusal.code
    return "done"
