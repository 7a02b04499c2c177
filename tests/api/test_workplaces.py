"""A person in several agencies picks the one to work for, and the branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from agenturclient.identity.actors import Permission, Role
from agenturclient.identity.models import Branch, Membership
from tests.api.browser import Browser
from tests.factories import join, make_user

if TYPE_CHECKING:
    from agenturclient.identity.models import User
    from tests.api.conftest import Shop

SELL, REFUND = Permission.SELL, Permission.REFUND


@pytest.fixture
def both(shop: Shop) -> User:
    """Sells for Alpenreisen, which has a second branch, and refunds for Voyages Léman."""
    user = make_user(shop.agency, SELL)
    join(user, shop.other_agency, REFUND)
    Branch.objects.create(agency=shop.agency, code="chur", name="Chur")
    Branch.objects.create(agency=shop.agency, code="shut", name="Shut", active=False)
    return user


def place(browser: Browser) -> tuple[str, str, list[str]]:
    """Agency, branch and rights of the session."""
    body = browser.get("session").body
    return body["agency"]["code"], body["branch"]["code"], body["permissions"]


def test_a_person_sees_the_own_agencies_with_their_open_branches(both: User) -> None:
    assert Browser().sign_in(both).get("session/workplaces").body == {
        "results": [
            {
                "code": "alpenreisen",
                "name": "Alpenreisen AG",
                "branch": "main",
                "branches": [
                    {"code": "chur", "name": "Chur"},
                    {"code": "main", "name": "Alpenreisen AG main"},
                ],
            },
            {
                "code": "voyages-leman",
                "name": "Voyages Léman SA",
                "branch": "main",
                "branches": [{"code": "main", "name": "Voyages Léman SA main"}],
            },
        ]
    }


def test_the_wide_roles_work_for_no_agency(shop: Shop) -> None:
    browser = shop.enter(role=Role.OPERATOR)
    assert browser.get("session/workplaces").body == {"results": []}
    assert browser.patch("session", {"agency": "alpenreisen"}).problem[:2] == (
        403,
        "permission-missing",
    )


def test_the_rights_are_those_of_the_agency_that_was_chosen(both: User) -> None:
    browser = Browser().sign_in(both)
    assert place(browser) == ("alpenreisen", "main", ["sell"])
    answer = browser.patch("session", {"agency": "voyages-leman"})
    assert (answer.status, answer.body["agency"]["code"]) == (200, "voyages-leman")
    assert place(browser) == ("voyages-leman", "main", ["refund"])
    assert browser.post("orders").problem == (403, "permission-missing", {"permission": "sell"})


def test_a_choice_holds_for_its_session_and_for_the_next_sign_in(both: User) -> None:
    first, second = Browser().sign_in(both), Browser().sign_in(both)
    second.patch("session", {"agency": "alpenreisen", "branch": "chur"})
    first.patch("session", {"agency": "voyages-leman"})
    assert place(second) == ("alpenreisen", "chur", ["sell"])
    assert place(Browser().sign_in(both))[0] == "voyages-leman"


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"agency": "nowhere"}, "agency-not-found"),
        ({"agency": "ALPENREISEN"}, "agency-not-found"),
        ({"agency": "voyages-leman", "branch": "main"}, "agency-not-found"),
        ({"agency": "alpenreisen", "branch": "lausanne"}, "branch-not-found"),
        ({"agency": "alpenreisen", "branch": "shut"}, "branch-not-found"),
    ],
)
def test_nobody_works_where_he_does_not_belong(
    shop: Shop, wanted: dict[str, str], code: str
) -> None:
    browser = shop.enter(SELL)
    Branch.objects.create(agency=shop.agency, code="shut", name="Shut", active=False)
    Branch.objects.create(agency=shop.other_agency, code="lausanne", name="Lausanne")
    assert browser.patch("session", wanted).problem == (404, code, {})
    assert place(browser) == ("alpenreisen", "main", ["sell"])


def test_a_membership_that_ended_cannot_be_chosen_and_is_left(both: User) -> None:
    browser = Browser().sign_in(both)
    browser.patch("session", {"agency": "voyages-leman"})
    Membership.objects.filter(agency__code="voyages-leman").update(
        active=False, chosen_at=timezone.now()
    )
    assert place(browser)[0] == "alpenreisen"
    assert browser.patch("session", {"agency": "voyages-leman"}).problem[1] == "agency-not-found"
