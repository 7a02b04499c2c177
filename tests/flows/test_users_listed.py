"""The list of an agency's people: by name, in pages, and as the directory has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from agenturclient.identity.directory.port import Account, Profile
from agenturclient.identity.models import User
from agenturclient.identity.users import listing
from agenturclient.identity.users.details import UserCriteria, UserState
from tests.flows.people import ALL, REFUND, SELL, hire
from tests.flows.test_users import office

if TYPE_CHECKING:
    from tests.flows.people import Office

__all__ = ["office"]

pytestmark = pytest.mark.django_db


def test_people_are_listed_by_name_in_pages_and_found_by_word_state_and_right(
    office: Office,
) -> None:
    for name in ("Zwahlen", "Arnold", "Moser"):
        hire(office.agency, office.directory, SELL, last_name=name)
    hire(office.agency, office.directory, last_name="Burri", pending=True)
    names = [each.last_name for each in office.people()]
    assert names == ["Arnold", "Burri", "Huber alpenreisen", "Moser", "Zwahlen"]
    tools: dict[str, Any] = {"actor": office.actor, "directory": office.directory}
    first = listing.list_users(UserCriteria(page_size=3), **tools)
    second = listing.list_users(UserCriteria(page_size=3, cursor=first.next or ""), **tools)
    assert [each.last_name for each in (*first.results, *second.results)] == names
    assert second.next is None
    assert [each.last_name for each in office.people(text="ROLF mos")] == ["Moser"]
    assert [each.last_name for each in office.people(state=UserState.INVITED)] == ["Burri"]
    assert [each.last_name for each in office.people(permission=REFUND)] == ["Huber alpenreisen"]


def test_the_list_is_the_directorys(office: Office) -> None:
    rolf = hire(office.agency, office.directory, SELL)
    accounts = office.directory.accounts
    accounts["new"] = Account(
        "new", Profile("Lea", "Neu", "lea@agency.example"), memberships={"alpenreisen": ALL}
    )
    del accounts[rolf.subject]
    states = {each.first_name: each.state for each in office.people()}
    assert states == {
        "Nina": UserState.ACTIVE,
        "Rolf": UserState.BLOCKED,
        "Lea": UserState.ACTIVE,
    }
    assert User.objects.get(subject="new").issuer == office.directory.issuer
