"""Signing out here, at the identity provider, and when it tells us that a session has ended."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.contrib.sessions.models import Session

from agenturclient.identity.models import LogoutToken, OpenSession
from tests.api.login import SELLER, Visitor, failure
from tests.identity_provider import CLIENT_ID, ISSUER, LOGOUT_EVENT

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response


def leave(visitor: Visitor) -> Response:
    """Press "sign out", as the page's form does."""
    token = visitor.client.get("/api/v1/session").json()["csrf_token"]
    return visitor.client.post("/auth/logout", {"csrfmiddlewaretoken": token})


def tell(visitor: Visitor, token: str) -> int:
    """The provider posts a logout token; the status that it gets."""
    answer = Visitor(visitor.provider).client.post(
        "/auth/backchannel-logout", {"logout_token": token}
    )
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code


def test_signing_out_ends_the_session_here_and_goes_on_to_the_provider(visitor: Visitor) -> None:
    visitor.sign_in(visitor.provider.account(SELLER))
    id_token, cookie = OpenSession.objects.get().id_token, visitor.cookie
    address = leave(visitor).headers["Location"]
    assert address.partition("?")[0] == f"{ISSUER}/protocol/openid-connect/logout"
    assert parse_qs(urlsplit(address).query) == {
        "client_id": [CLIENT_ID],
        "post_logout_redirect_uri": ["http://testserver/"],
        "id_token_hint": [id_token],
    }
    assert not Session.objects.filter(pk=cookie).exists()
    assert OpenSession.objects.count() == 0
    assert visitor.status() == 401


def test_signing_out_works_while_the_provider_is_away(visitor: Visitor) -> None:
    visitor.sign_in(visitor.provider.account(SELLER))
    visitor.provider.away = httpx.ConnectError("refused")
    visitor.forget_keys()
    assert failure(leave(visitor).headers["Location"]) == ("sign-out-here-only", "/")
    assert visitor.status() == 401


def test_whoever_signs_in_next_at_this_browser_is_asked_who_it_is(visitor: Visitor) -> None:
    visitor.sign_in(visitor.provider.account(SELLER))
    leave(visitor)
    for _ in range(2):  # also after somebody turned back half-way
        assert parse_qs(urlsplit(visitor.begin()).query)["prompt"] == ["login"]
    visitor.sign_in(visitor.provider.account(SELLER))
    assert "prompt" not in parse_qs(urlsplit(visitor.begin()).query)


def test_signing_out_needs_the_pages_token_and_a_post(visitor: Visitor) -> None:
    visitor.sign_in(visitor.provider.account(SELLER))
    assert visitor.client.post("/auth/logout").status_code == 403
    assert visitor.client.get("/auth/logout").status_code == 405
    assert visitor.status() == 200


def test_a_logout_token_ends_the_session_that_it_names_and_no_other(visitor: Visitor) -> None:
    account = visitor.provider.account(SELLER)
    other = Visitor(visitor.provider)
    visitor.sign_in(account, sid="one")
    other.sign_in(account, sid="two")
    assert tell(visitor, visitor.provider.logout_token(sid="one", sub=account.subject)) == 200
    assert (visitor.status(), other.status()) == (401, 200)


def test_a_logout_token_without_a_session_ends_all_of_its_person(visitor: Visitor) -> None:
    account = visitor.provider.account(SELLER)
    browsers = [Visitor(visitor.provider) for _ in range(2)]
    for each in browsers:
        each.sign_in(account)
    visitor.sign_in(visitor.provider.account(SELLER))
    assert tell(visitor, visitor.provider.logout_token(sub=account.subject)) == 200
    assert [each.status() for each in browsers] == [401, 401]
    assert visitor.status() == 200


def test_a_session_that_is_unknown_here_is_no_failure(visitor: Visitor) -> None:
    assert tell(visitor, visitor.provider.logout_token(sid="never seen")) == 200
    assert tell(visitor, visitor.provider.logout_token(sub="never seen")) == 200


NOW = int(time.time())


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param({"iss": "https://evil.example"}, id="iss"),
        pytest.param({"aud": "another-client"}, id="aud"),
        pytest.param({"iat": NOW - 200}, id="too old"),
        pytest.param({"iat": NOW + 3600}, id="from the future"),
        pytest.param({"iat": None}, id="no iat"),
        pytest.param({"exp": NOW - 60}, id="expired"),
        pytest.param({"jti": None}, id="no jti"),
        pytest.param({"jti": ""}, id="empty jti"),
        pytest.param({"events": None}, id="no events"),
        pytest.param({"events": {"something-else": {}}}, id="another event"),
        pytest.param({"events": LOGOUT_EVENT}, id="events no object"),
        pytest.param({"nonce": "x"}, id="nonce"),
        pytest.param({"sid": None}, id="neither sid nor sub"),
        pytest.param({"typ": "JWT"}, id="typ"),
    ],
)
def test_a_forged_logout_token_ends_nothing(visitor: Visitor, forged: dict[str, Any]) -> None:
    visitor.sign_in(visitor.provider.account(SELLER), sid="mine")
    token = visitor.provider.logout_token(**{"sid": "mine", **forged})
    assert tell(visitor, token) == 400
    assert visitor.status() == 200
    assert LogoutToken.objects.count() == 0


@pytest.mark.parametrize("token", ["", "a.b.c", "no token"])
def test_nonsense_ends_nothing(visitor: Visitor, token: str) -> None:
    assert tell(visitor, token) == 400


def test_a_logout_token_signed_by_somebody_else_ends_nothing(visitor: Visitor) -> None:
    visitor.sign_in(visitor.provider.account(SELLER), sid="mine")
    visitor.provider.key_name = "stranger"
    assert tell(visitor, visitor.provider.logout_token(sid="mine")) == 400
    assert visitor.status() == 200


def test_an_id_token_is_no_logout_token(visitor: Visitor) -> None:
    visitor.sign_in(visitor.provider.account(SELLER))
    assert tell(visitor, OpenSession.objects.get().id_token) == 400
    assert visitor.status() == 200


def test_a_logout_token_counts_once(visitor: Visitor) -> None:
    account = visitor.provider.account(SELLER)
    token = visitor.provider.logout_token(sid="mine")
    assert tell(visitor, token) == 200
    visitor.sign_in(account, sid="mine")
    assert tell(visitor, token) == 400
    assert visitor.status() == 200


def test_a_logout_token_that_cannot_be_checked_is_not_refused_for_good(visitor: Visitor) -> None:
    visitor.sign_in(visitor.provider.account(SELLER), sid="mine")
    token = visitor.provider.logout_token(sid="mine")
    visitor.forget_keys()
    visitor.provider.away = 503
    assert tell(visitor, token) == 503
    visitor.provider.away = None
    assert tell(visitor, token) == 200
    assert visitor.status() == 401
