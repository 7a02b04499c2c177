"""How managing people, branches and agencies gets a problem."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.apps import apps

from agenturclient import bootstrap
from agenturclient.identity.actors import Permission, Role
from agenturclient.identity.directory.port import Refused, Unavailable
from tests.api import steps
from tests.api.scenarios import tells
from tests.factories import PASSWORD, join, make_user
from tests.fake_directory import FakeDirectory

if TYPE_CHECKING:
    from agenturclient.identity.directory.port import DirectoryFailure
    from agenturclient.identity.models import User
    from tests.api.browser import Answer, Browser
    from tests.api.conftest import Shop


def admin(shop: Shop) -> Browser:
    """A browser in which an admin with every right is signed in."""
    return shop.enter(*Permission)


def colleague(shop: Shop, *rights: Permission) -> User:
    """Somebody else of the agency."""
    return make_user(shop.agency, *rights)


def invited(shop: Shop) -> dict[str, Any]:
    """What inviting Ida answers."""
    answer = admin(shop).post("users", steps.IDA)
    assert answer.status == 201, answer.body
    found: dict[str, Any] = answer.body
    return found


def elsewhere(shop: Shop, call: str, failure: DirectoryFailure) -> None:
    """Keep accounts in a directory that fails next time."""
    directory = FakeDirectory()
    directory.fail_next(call, failure)
    bootstrap.use(distributor=shop.distributor, clock=shop.clock, directory=directory)


@tells("user-not-found", 404)
def nobody(shop: Shop, _counter: Browser) -> Answer:
    return admin(shop).get("users/999999")


@tells("branch-not-found", 404)
def no_branch(shop: Shop, _counter: Browser) -> Answer:
    return admin(shop).post("users", {**steps.IDA, "branch": "nowhere"})


@tells("agency-not-found", 404)
def no_agency(shop: Shop, _counter: Browser) -> Answer:
    return shop.enter(role=Role.OPERATOR).patch("agencies/nowhere", {"name": "New"})


@tells("invitation-not-found", 404)
def a_used_link(shop: Shop, counter: Browser) -> Answer:
    token = invited(shop)["link"]["url"].partition("#")[2]
    words = {"token": token, "password": PASSWORD}
    assert counter.post("invitations/password", words).status == 200
    return counter.post("invitations/password", words)


@tells("email-taken", 409)
def an_address_twice(shop: Shop, _counter: Browser) -> Answer:
    invited(shop)
    return admin(shop).post("users", steps.IDA)


@tells("code-taken", 409)
def a_code_twice(shop: Shop, _counter: Browser) -> Answer:
    return admin(shop).post("branches", {"code": "main", "name": "Main"})


@tells("change-pending", 409, kind="block")
def two_changes_at_once(shop: Shop, _counter: Browser) -> Answer:
    person, moment = colleague(shop), shop.clock.now()
    apps.get_model("identity", "Change").objects.create(
        key=uuid4(),
        kind="block",
        state="asked",
        agency=shop.agency,
        actor=person,
        user=person,
        open_subject=f"user:{person.pk}",
        lease_until=moment,
        next_at=moment,
        asked_at=moment,
    )
    return admin(shop).delete(f"users/{person.pk}/sessions")


@tells("own-account", 409)
def oneself(shop: Shop, _counter: Browser) -> Answer:
    browser = admin(shop)
    own = browser.get("session").body["user"]["id"]
    return browser.post(f"users/{own}/block")


@tells("shared-account", 409)
def somebody_of_two_agencies(shop: Shop, _counter: Browser) -> Answer:
    person = colleague(shop)
    join(person, shop.other_agency)
    return admin(shop).patch(f"users/{person.pk}", {"first_name": "X"})


@tells("user-blocked", 409)
def somebody_who_is_blocked(shop: Shop, _counter: Browser) -> Answer:
    person, browser = colleague(shop), admin(shop)
    assert browser.post(f"users/{person.pk}/block").status == 200
    return browser.patch(f"users/{person.pk}/permissions", {"sell": True})


@tells("branch-in-use", 409, count=3)
def a_branch_with_people(shop: Shop, _counter: Browser) -> Answer:
    colleague(shop)
    branch = shop.agency.branches.get().pk
    return admin(shop).patch(f"branches/{branch}", {"active": False})


@tells("beyond-own-rights", 403, permission="sell")
def a_right_that_one_has_not(shop: Shop, _counter: Browser) -> Answer:
    person = colleague(shop)
    return shop.enter(Permission.ADMIN).patch(f"users/{person.pk}/permissions", {"sell": True})


@tells("password-refused", 422)
def a_short_password(shop: Shop, counter: Browser) -> Answer:
    token = invited(shop)["link"]["url"].partition("#")[2]
    return counter.post("invitations/password", {"token": token, "password": "short"})


@tells("email-refused", 422)
def an_address_that_the_directory_refuses(shop: Shop, _counter: Browser) -> Answer:
    elsewhere(shop, "create", Refused("email-refused"))
    return admin(shop).post("users", steps.IDA)


@tells("directory-refused", 422)
def something_that_the_directory_refuses(shop: Shop, _counter: Browser) -> Answer:
    elsewhere(shop, "create", Refused("their-code"))
    return admin(shop).post("users", steps.IDA)


@tells("directory-unavailable", 503, retry_after=8)
def the_directory_is_away(shop: Shop, _counter: Browser) -> Answer:
    elsewhere(shop, "create", Unavailable("breaker-open", retry_after=7.5))
    return admin(shop).post("users", steps.IDA)
