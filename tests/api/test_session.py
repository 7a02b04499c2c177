"""Signing in and out over HTTP, and how long a session lasts."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.sessions.models import Session

from agenturclient.identity.actors import Permission, Role
from agenturclient.identity.sessions import SEEN
from tests.api.browser import Browser
from tests.factories import PASSWORD, make_user

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries, Settings

    from tests.api.conftest import Shop


def seen(browser: Browser, ago: timedelta) -> None:
    """Let the session's last activity be this long ago."""
    session = browser.client.session
    session[SEEN] = int(time.time() - ago.total_seconds())
    session.save()


def test_a_visitor_learns_where_to_sign_in_and_gets_a_token(shop: Shop) -> None:
    del shop
    browser = Browser()
    answer = browser.get("session")
    status, code, facts = answer.problem
    assert (status, code) == (401, "not-signed-in")
    assert (facts["auth_mode"], facts["login_url"]) == ("local", "/sign-in")
    assert len(facts["csrf_token"]) == 64
    assert browser.client.cookies["csrf"]["httponly"]
    assert answer.headers["WWW-Authenticate"] == "Session"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_session_tells_who_is_signed_in_and_may_do_what(shop: Shop) -> None:
    user = make_user(shop.agency, Permission.SELL, Permission.REFUND, username="keller")
    body = Browser().sign_in(user).get("session").body
    ends = datetime.fromisoformat(body.pop("expires_at"))
    assert abs(ends - datetime.now(UTC) - timedelta(hours=4)) < timedelta(minutes=1)
    assert len(body.pop("csrf_token")) == 64
    assert body == {
        "user": {
            "id": user.pk,
            "name": user.full_name,
            "username": "keller",
            "email": user.email,
        },
        "role": "agent",
        "agency": {"code": "alpenreisen", "name": "Alpenreisen AG"},
        "branch": {"code": "main", "name": "Alpenreisen AG main"},
        "permissions": ["refund", "sell"],
        "auth_mode": "local",
        "environment": "Demo",
        "unconfirmed_since": None,
    }


def test_the_wide_roles_have_no_agency(shop: Shop) -> None:
    body = shop.enter(role=Role.CUSTOMER_CARE).get("session").body
    assert (body["role"], body["agency"], body["branch"], body["permissions"]) == (
        "customer-care",
        None,
        None,
        [],
    )


def test_signing_in_answers_the_session_under_a_new_key_and_token(shop: Shop) -> None:
    user = make_user(shop.agency)
    browser = Browser().sign_in(user)
    first_key, first_token = browser.client.cookies["session"].value, browser.csrf_token
    answer = browser.post("session", {"username": user.username, "password": PASSWORD})
    assert answer.status == 200
    assert answer.body["user"]["id"] == user.pk
    assert browser.client.cookies["session"].value != first_key
    assert browser.post("orders").problem[:2] == (403, "permission-missing")
    browser.csrf_token = first_token
    assert browser.send("DELETE", "session").problem[:2] == (403, "csrf-failed")


def test_knowing_who_asks_costs_three_queries(
    shop: Shop, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = shop.enter()
    with django_assert_num_queries(3):  # session, user, memberships
        assert browser.get("session").status == 200


def test_nobody_is_signed_in_without_a_token(shop: Shop) -> None:
    user = make_user(shop.agency)
    answer = Browser().post("session", {"username": user.username, "password": PASSWORD})
    assert answer.problem == (403, "csrf-failed", {})
    assert Session.objects.count() == 0


def test_a_copied_cookie_is_worth_nothing_after_signing_out(shop: Shop) -> None:
    browser, thief = shop.enter(), Browser()
    thief.client.cookies["session"] = browser.client.cookies["session"].value
    assert thief.get("session").status == 200
    assert browser.delete("session").status == 204
    assert thief.get("session").status == 401
    assert browser.get("session").status == 401


def test_four_hours_of_rest_end_a_session(shop: Shop) -> None:
    browser = shop.enter()
    seen(browser, timedelta(hours=3, minutes=59))
    assert browser.get("session").status == 200
    seen(browser, timedelta(hours=4, minutes=1))
    assert browser.get("session").problem[:2] == (401, "not-signed-in")
    assert Session.objects.count() == 0


def test_activity_prolongs_the_rest_but_never_the_twelve_hours(shop: Shop) -> None:
    browser = shop.enter()
    end = Session.objects.get().expire_date
    seen(browser, timedelta(hours=1))
    body = browser.get("session").body
    prolonged = datetime.fromisoformat(body["expires_at"]) - datetime.now(UTC)
    assert abs(prolonged - timedelta(hours=4)) < timedelta(minutes=1)
    assert Session.objects.get().expire_date == end
    assert abs(end - datetime.now(UTC) - timedelta(hours=12)) < timedelta(minutes=1)


def test_a_new_password_ends_the_sessions_of_the_old_one(shop: Shop) -> None:
    user = make_user(shop.agency)
    browser = Browser().sign_in(user)
    user.set_password("another long secret")
    user.save()
    assert browser.get("session").status == 401


def test_failures_are_counted_per_address_of_the_trusted_proxy(
    shop: Shop, settings: Settings
) -> None:
    settings.TRUSTED_PROXY = True
    user = make_user(shop.agency)
    browser = Browser()
    browser.csrf_token = browser.get("session").body["facts"]["csrf_token"]

    def sign_in(password: str, forwarded: str) -> Any:
        body = {"username": user.username, "password": password}
        headers = {"X-Forwarded-For": forwarded}
        return browser.send("POST", "session", body, headers=headers)

    for number in range(10):  # whatever the client itself puts in front
        assert sign_in("wrong", f"203.0.113.{number}, 198.51.100.1").status == 401
    blocked = sign_in(PASSWORD, "198.51.100.1")
    assert blocked.problem[:2] == (429, "too-many-attempts")
    assert blocked.headers["Retry-After"] == str(blocked.body["facts"]["retry_after"])
    assert sign_in(PASSWORD, "198.51.100.2").status == 200


def test_there_is_no_local_sign_in_where_people_sign_in_elsewhere(
    shop: Shop, settings: Settings
) -> None:
    user = make_user(shop.agency)
    settings.AUTH_MODE = "oidc"
    browser = Browser()
    facts = browser.get("session").body["facts"]
    assert (facts["auth_mode"], facts["login_url"]) == ("oidc", "/auth/login")
    browser.csrf_token = facts["csrf_token"]
    answer = browser.post("session", {"username": user.username, "password": PASSWORD})
    assert answer.problem == (404, "not-found", {})
