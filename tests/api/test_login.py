"""Signing in at the identity provider: the way there and back, and every way it can fail."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.contrib.sessions.models import Session

from agenturclient import bootstrap
from agenturclient.identity.models import Membership, User
from tests.api.login import MEMBER, SELLER, Visitor, failure, nobody_is_in
from tests.identity_provider import CLIENT_ID, ISSUER

if TYPE_CHECKING:
    from pytest_django import Settings


def test_the_way_to_the_provider_carries_state_nonce_and_a_challenge(visitor: Visitor) -> None:
    address = visitor.begin(next="/sell", lang="fr")
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert address.partition("?")[0] == f"{ISSUER}/protocol/openid-connect/auth"
    assert (len(query.pop("state")), len(query.pop("nonce"))) == (32, 32)
    assert len(query.pop("code_challenge")) == 43
    assert query == {
        "response_type": "code",
        "scope": "openid email profile",
        "client_id": CLIENT_ID,
        "redirect_uri": "http://testserver/auth/callback",
        "code_challenge_method": "S256",
        "ui_locales": "fr",
    }


def test_signing_in_leads_to_the_page_that_was_asked_for(visitor: Visitor) -> None:
    account = visitor.provider.account(SELLER)
    assert visitor.sign_in(account, next="/orders?state=sold") == "/orders?state=sold"
    body = visitor.client.get("/api/v1/session").json()
    assert (body["user"]["name"], body["user"]["email"]) == (
        "Anna Keller",
        "anna.keller@agency.example",
    )
    assert (body["agency"]["code"], body["permissions"]) == ("alpenreisen", ["sell"])
    assert body["auth_mode"] == "oidc"


def test_the_session_key_is_a_new_one_and_no_token_reaches_the_browser(visitor: Visitor) -> None:
    address = visitor.begin()
    before = visitor.cookie
    account = visitor.provider.account(SELLER)
    answer = visitor.client.get(visitor.provider.authorize(address, account))
    assert visitor.cookie != before
    assert not Session.objects.filter(pk=before).exists()
    assert "eyJ" not in f"{answer.headers} {answer.cookies}"
    assert set(answer.cookies) == {"session", "csrf"}
    assert "eyJ" not in str(Session.objects.get().get_decoded())


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example/",
        "https://evil.example/",
        "http://testserver/sell",
        "/\\evil.example",
        "javascript:alert(1)",
        "/auth/login",
        "/api/v1/session",
        "sell",
        "/" + "x" * 3000,
    ],
)
def test_only_a_path_of_the_page_is_gone_on_to(visitor: Visitor, wanted: str) -> None:
    assert visitor.sign_in(visitor.provider.account(SELLER), next=wanted) == "/"


def test_two_tabs_come_back_to_their_own_pages(visitor: Visitor) -> None:
    account = visitor.provider.account(SELLER)
    first, second = visitor.begin(next="/sell"), visitor.begin(next="/orders")
    assert visitor.come_back(visitor.provider.authorize(second, account)) == "/orders"
    late = visitor.come_back(visitor.provider.authorize(first, account))
    assert late == "/"  # signed in already: no failure to be shown
    assert visitor.status() == 200


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("error=access_denied", "sign-in-cancelled"),
        ("error=temporarily_unavailable", "sign-in-unavailable"),
        (
            "error=temporarily_unavailable&error_description=authentication_expired",
            "sign-in-expired",
        ),
        ("error=invalid_scope", "sign-in-refused"),
        ("", "sign-in-expired"),
    ],
)
def test_what_the_provider_says_instead_of_a_code_becomes_a_page(
    visitor: Visitor, said: str, code: str
) -> None:
    state = parse_qs(urlsplit(visitor.begin(next="/sell")).query)["state"][0]
    assert failure(visitor.come_back(f"/auth/callback?state={state}&{said}")) == (code, "/sell")
    nobody_is_in(visitor)


def test_a_failed_callback_leaves_whoever_is_signed_in(visitor: Visitor) -> None:
    visitor.sign_in(visitor.provider.account(SELLER))
    assert failure(visitor.come_back("/auth/callback?error=access_denied"))[0]
    assert visitor.come_back("/auth/callback?code=x&state=y") == "/"
    assert visitor.status() == 200


def test_a_provider_that_is_away_is_not_gone_to(visitor: Visitor) -> None:
    visitor.forget_keys()
    visitor.provider.away = httpx.ConnectError("nobody listens")
    assert failure(visitor.begin(next="/sell")) == ("sign-in-unavailable", "/sell")


@pytest.mark.parametrize(
    ("away", "sent"),
    [
        (httpx.ConnectError("refused"), 3),  # certainly not sent, so it may be repeated
        (httpx.ReadTimeout("slow"), 1),
        (httpx.ReadError("cut"), 1),
        (503, 1),
    ],
)
def test_a_provider_that_dies_under_way_makes_a_page_and_gets_the_code_once(
    visitor: Visitor, away: Exception | int, sent: int
) -> None:
    address = visitor.provider.authorize(visitor.begin(), visitor.provider.account(SELLER))
    visitor.provider.away = away
    assert failure(visitor.come_back(address))[0] == "sign-in-unavailable"
    assert visitor.provider.calls("/token") == sent
    nobody_is_in(visitor)


def test_a_client_that_is_not_accepted_is_told_apart(visitor: Visitor, settings: Settings) -> None:
    address = visitor.provider.authorize(visitor.begin(), visitor.provider.account(SELLER))
    settings.OIDC_RP_CLIENT_SECRET = "one that was rotated away"
    assert failure(visitor.come_back(address))[0] == "sign-in-misconfigured"
    nobody_is_in(visitor)


def test_keys_may_change_under_way(visitor: Visitor) -> None:
    assert visitor.sign_in(visitor.provider.account(SELLER)) == "/"
    visitor.provider.key_name, visitor.provider.published = "second", ["first", "second"]
    bootstrap.use(keycloak=visitor.provider.keycloak())
    assert Visitor(visitor.provider).sign_in(visitor.provider.account(SELLER)) == "/"


@pytest.mark.parametrize(
    "groups",
    [
        (),
        ("/agencies/unknown", "/agencies/unknown/sell"),
        ("/foo/agencies/alpenreisen/sell",),
        ("/agencies/x/operators", "/agencies/x/customer-care"),
        ("/agencies/ALPENREISEN/sell",),
    ],
)
def test_somebody_without_a_place_here_is_told_so(
    visitor: Visitor, groups: tuple[str, ...]
) -> None:
    account = visitor.provider.account(*groups)
    assert failure(visitor.sign_in(account))[0] == "sign-in-no-place"
    nobody_is_in(visitor)
    assert User.objects.count() == 0
    assert parse_qs(urlsplit(visitor.begin()).query)["prompt"] == ["login"]


def test_rights_are_taken_anew_at_each_sign_in(visitor: Visitor) -> None:
    account = visitor.provider.account(SELLER)
    visitor.sign_in(account)
    account.groups = (f"{MEMBER}/refund", "/agencies/voyages-leman/sell")
    visitor.sign_in(account)
    found = Membership.objects.get(active=True)
    assert (found.sell, found.refund, found.agency.code) == (False, True, "alpenreisen")
    account.groups = ()
    assert failure(visitor.sign_in(account))[0] == "sign-in-no-place"
    assert not Membership.objects.filter(active=True).exists()


def test_people_are_told_apart_by_subject_not_by_e_mail(visitor: Visitor) -> None:
    first, second = (visitor.provider.account(SELLER) for _ in range(2))
    visitor.sign_in(first)
    visitor.sign_in(second)
    visitor.sign_in(first)
    assert sorted(User.objects.values_list("subject", flat=True)) == sorted(
        [first.subject, second.subject]
    )


def test_an_operator_and_care_have_no_agency(visitor: Visitor) -> None:
    visitor.sign_in(visitor.provider.account("/operators", SELLER))
    body = visitor.client.get("/api/v1/session").json()
    assert (body["role"], body["agency"]) == ("operator", None)


def test_a_session_of_local_sign_in_does_not_count_here(
    visitor: Visitor, settings: Settings
) -> None:
    visitor.sign_in(visitor.provider.account(SELLER))
    User.objects.update(issuer="local")
    assert visitor.status() == 401
    del settings


def test_where_people_sign_in_locally_there_is_no_way_to_a_provider(
    visitor: Visitor, settings: Settings
) -> None:
    settings.AUTH_MODE = "local"
    for path in ("/auth/login", "/auth/callback"):
        assert visitor.client.get(path).status_code == 404
    assert visitor.client.post("/auth/backchannel-logout").status_code == 404
