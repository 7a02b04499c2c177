"""People, branches and agencies over HTTP, in the directory of our own tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from drf_spectacular.generators import SchemaGenerator

from agenturclient import bootstrap
from agenturclient.identity.actors import Permission, Role
from agenturclient.identity.directory.port import OutcomeUnknown
from tests.api import steps
from tests.api.browser import Browser
from tests.api.scenarios_users import admin, colleague
from tests.api.test_openapi import faults
from tests.factories import PASSWORD, join, make_user
from tests.fake_directory import FakeDirectory

if TYPE_CHECKING:
    from tests.api.conftest import Shop

SELLER = {**steps.IDA, "permissions": ["sell"]}


def follow(link: dict[str, Any], username: str) -> Browser:
    """The browser of somebody who follows a link, sets a password and signs in with it."""
    browser = Browser("198.51.100.7")
    browser.csrf_token = browser.get("session").body["facts"]["csrf_token"]
    token = link["url"].partition("#")[2]
    assert browser.post("invitations/look-up", {"token": token}).body["username"] == username
    words = {"token": token, "password": "correct horse battery"}
    assert browser.post("invitations/password", words).status == 200
    credentials = {"username": username, "password": "correct horse battery"}
    answer = browser.post("session", credentials)
    assert answer.status == 200, answer.body
    browser.csrf_token = answer.body["csrf_token"]
    return browser


def test_an_invited_person_sets_a_password_signs_in_and_sells(shop: Shop) -> None:
    answer = admin(shop).post("users", SELLER)
    assert answer.status == 201
    assert answer.body["user"]["state"] == "invited"
    assert answer.body["user"]["branch"] == {"code": "main", "name": "Alpenreisen AG main"}
    ida = follow(answer.body["link"], "ida@agency.example")
    assert ida.get("session").body["branch"]["code"] == "main"
    assert steps.sold(ida)["state"] == "sold"


def test_a_right_that_is_taken_is_gone_at_the_next_request(shop: Shop) -> None:
    browser = admin(shop)
    answer = browser.post("users", SELLER)
    ida = follow(answer.body["link"], "ida@agency.example")
    path = f"users/{answer.body['user']['id']}/permissions"
    assert browser.patch(path, {"sell": False}).body["permissions"] == []
    assert ida.post("orders").problem == (403, "permission-missing", {"permission": "sell"})


def test_who_is_signed_out_or_blocked_is_out_at_the_next_request(shop: Shop) -> None:
    browser, person = admin(shop), colleague(shop)
    theirs = Browser().sign_in(person)
    assert browser.delete(f"users/{person.pk}/sessions").status == 200
    assert theirs.get("session").problem[:2] == (401, "not-signed-in")
    theirs.sign_in(person)
    assert browser.post(f"users/{person.pk}/block").body["state"] == "blocked"
    assert theirs.get("session").problem[:2] == (401, "not-signed-in")
    words = {"username": person.username, "password": PASSWORD}
    theirs.csrf_token = theirs.get("session").body["facts"]["csrf_token"]
    assert theirs.post("session", words).problem[:2] == (401, "wrong-credentials")
    assert browser.delete(f"users/{person.pk}/block").body["state"] == "active"
    theirs.sign_in(person)


def test_who_works_for_another_agency_too_goes_on_there(shop: Shop) -> None:
    person = colleague(shop, Permission.SELL)
    join(person, shop.other_agency)
    theirs = Browser().sign_in(person)
    assert admin(shop).post(f"users/{person.pk}/block").body["state"] == "blocked"
    assert theirs.get("session").body["agency"]["code"] == "voyages-leman"
    other = shop.enter(*Permission, other=True)
    (row,) = other.get("users", q=person.last_name.split()[-1]).body["results"]
    assert (row["state"], row["shared"]) == ("active", False)


def test_the_name_to_sign_in_with_moves_with_the_address(shop: Shop) -> None:
    browser = admin(shop)
    answer = browser.post("users", SELLER)
    user = answer.body["user"]["id"]
    changed = browser.patch(f"users/{user}", {"email": "Ida.Meier@agency.example"})
    assert changed.body["username"] == "ida.meier@agency.example"
    follow(answer.body["link"], "ida.meier@agency.example")
    taken = make_user(shop.other_agency).email
    assert browser.patch(f"users/{user}", {"email": taken}).problem[1] == "email-taken"


def test_the_trail_tells_who_changed_what_and_how_it_went(shop: Shop) -> None:
    browser = admin(shop)
    user = browser.post("users", SELLER).body["user"]["id"]
    browser.patch(f"users/{user}/permissions", {"refund": True})
    changes = browser.get(f"users/{user}/changes").body["results"]
    assert [each["kind"] for each in changes] == ["rights", "invite"]
    assert changes[0]["before"] == {"permissions": ["sell"]}
    assert changes[0]["after"] == {"permissions": ["sell", "refund"]}
    assert [step["step"] for step in changes[0]["steps"]] == ["asked", "done"]
    assert changes[0]["actor"] == browser.get("session").body["user"]["name"]
    assert browser.get("changes").body["results"] == changes


def test_an_answer_that_is_lost_is_told_as_not_known_yet(shop: Shop) -> None:
    directory = FakeDirectory()
    bootstrap.use(distributor=shop.distributor, clock=shop.clock, directory=directory)
    directory.fail_next("create", OutcomeUnknown("no-answer"), effect=True)
    answer = admin(shop).post("users", SELLER)
    assert (answer.status, answer.body) == (202, {"user": None, "link": None})


def test_branches_are_opened_renamed_and_closed(shop: Shop) -> None:
    browser, key = admin(shop), uuid4()
    opened = browser.post("branches", {"code": "chur", "name": "Chur"}, key=key)
    assert (opened.status, opened.body["people"]) == (201, 0)
    assert browser.post("branches", {"code": "chur", "name": "Chur"}, key=key).body == opened.body
    path = f"branches/{opened.body['id']}"
    assert browser.patch(path, {"name": "Chur West"}).body["name"] == "Chur West"
    assert not browser.patch(path, {"active": False}).body["active"]
    assert [each["code"] for each in browser.get("branches").body["results"]] == ["chur", "main"]
    refused = browser.post("users", {**steps.IDA, "branch": "chur"})
    assert refused.problem == (404, "branch-not-found", {})
    kinds = [each["kind"] for each in browser.get("changes").body["results"]]
    assert kinds == ["branch", "branch", "branch"]


def test_the_operator_makes_an_agency_whose_first_admin_can_do_everything(shop: Shop) -> None:
    operator = shop.enter(role=Role.OPERATOR)
    words = {"code": "kleinreisen", "name": "Kleinreisen", "admin": steps.LUC}
    answer = operator.post("agencies", words)
    assert (answer.status, answer.body["user"]) == (201, "Luc Rey")
    agency = answer.body["agency"]
    assert (agency["people"], agency["admins"], agency["branches"]) == (1, 1, 1)
    luc = follow(answer.body["link"], "luc@agency.example")
    assert luc.post("users", SELLER).status == 201
    rows = operator.get("agencies").body["results"]
    assert [each["code"] for each in rows] == ["alpenreisen", "kleinreisen", "voyages-leman"]
    assert operator.patch("agencies/kleinreisen", {"active": False}).status == 200
    assert luc.get("users").problem == (403, "permission-missing", {"permission": "admin"})


def test_the_operator_gives_an_agency_an_admin_who_has_an_account_already(shop: Shop) -> None:
    person = make_user(shop.other_agency, Permission.SELL)
    words = {**steps.LUC, "email": person.email}
    answer = shop.enter(role=Role.OPERATOR).post("agencies/alpenreisen/admins", words)
    assert (answer.status, answer.body["link"]) == (201, None)
    assert person.memberships.get(agency=shop.agency).admin
    assert person.memberships.get(agency=shop.other_agency).permissions == {Permission.SELL}
    person.refresh_from_db()
    assert person.first_name == "Test"  # whoever has an account keeps the name


def test_every_answer_about_people_is_as_described(shop: Shop) -> None:
    description = SchemaGenerator().get_schema(  # type: ignore[no-untyped-call]  # has no types
        request=None, public=True
    )
    browser, operator = admin(shop), shop.enter(role=Role.OPERATOR)
    answer = browser.post("users", SELLER)
    path = f"users/{answer.body['user']['id']}"
    ida = follow(answer.body["link"], "ida@agency.example")
    browser.get("users")
    browser.get("users", state="gone")
    browser.patch(path, {"first_name": "Ada"})
    browser.patch(f"{path}/permissions", {"refund": True})
    browser.post(f"{path}/invitation")
    browser.delete(f"{path}/sessions")
    browser.post(f"{path}/block")
    browser.delete(f"{path}/block")
    browser.get(path)
    browser.get(f"{path}/changes")
    browser.get("changes")
    opened = browser.post("branches", {"code": "chur", "name": "Chur"})
    browser.patch(f"branches/{opened.body['id']}", {"name": "Chur West"})
    browser.get("branches")
    operator.post("agencies", {"code": "new", "name": "New", "admin": steps.LUC})
    operator.post("agencies/new/admins", steps.LUC)
    operator.patch("agencies/new", {"name": "Newer"})
    operator.get("agencies")
    exchanges = (*browser.exchanges, *operator.exchanges, *ida.exchanges)
    assert [fault for each in exchanges for fault in faults(each, description)] == []
