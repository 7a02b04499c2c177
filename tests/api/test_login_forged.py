"""Everything about a sign-in that can be forged, stolen or used twice: nobody comes in by it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from agenturclient.identity.models import User
from tests.api.login import SELLER, Visitor, failure, nobody_is_in
from tests.identity_provider import CLIENT_ID, ISSUER, rsa_key

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(lambda c: {**c, "iss": "https://evil.example/realms/agenturclient"}, id="iss"),
        pytest.param(lambda c: {**c, "aud": "another-client"}, id="aud"),
        pytest.param(lambda c: {**c, "aud": ["another-client"]}, id="aud list"),
        pytest.param(lambda c: {**c, "aud": [CLIENT_ID, "b"], "azp": "b"}, id="azp"),
        pytest.param(
            lambda c: {k: v for k, v in {**c, "aud": [CLIENT_ID, "b"]}.items() if k != "azp"},
            id="no azp",
        ),
        pytest.param(lambda c: {**c, "azp": "another-client"}, id="azp of one audience"),
        pytest.param(lambda c: {**c, "nonce": "another nonce"}, id="nonce"),
        pytest.param(lambda c: {k: v for k, v in c.items() if k != "nonce"}, id="no nonce"),
        pytest.param(lambda c: {**c, "exp": int(time.time()) - 60}, id="expired"),
        pytest.param(lambda c: {k: v for k, v in c.items() if k != "exp"}, id="no exp"),
        pytest.param(lambda c: {**c, "iat": int(time.time()) + 300}, id="from the future"),
        pytest.param(lambda c: {k: v for k, v in c.items() if k != "iat"}, id="no iat"),
        pytest.param(lambda c: {k: v for k, v in c.items() if k != "sub"}, id="no sub"),
        pytest.param(lambda c: {**c, "sub": ""}, id="empty sub"),
        pytest.param(lambda c: {**c, "sub": "x" * 201}, id="long sub"),
        pytest.param(lambda c: {**c, "groups": SELLER}, id="groups no list"),
        pytest.param(lambda c: {**c, "groups": [{"path": SELLER}]}, id="groups no texts"),
    ],
)
def test_a_forged_claim_signs_nobody_in(
    visitor: Visitor, forge: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    visitor.provider.forge = forge
    assert failure(visitor.sign_in(visitor.provider.account(SELLER), next="/sell")) == (
        "sign-in-refused",
        "/sell",
    )
    nobody_is_in(visitor)
    assert User.objects.count() == 0


def signatures() -> dict[str, Callable[[dict[str, Any]], str]]:
    """Ways to sign that prove nothing."""
    public = "the public key, as a secret for HMAC, long enough"
    return {
        "another key": lambda c: jwt.encode(
            c, rsa_key("stranger"), algorithm="RS256", headers={"kid": "first"}
        ),
        "unknown key": lambda c: jwt.encode(
            c, rsa_key("stranger"), algorithm="RS256", headers={"kid": "stranger"}
        ),
        "no key id": lambda c: jwt.encode(c, rsa_key("first"), algorithm="RS256"),
        "alg none": lambda c: jwt.encode(c, "", algorithm="none", headers={"kid": "first"}),
        "HS256": lambda c: jwt.encode(c, public, algorithm="HS256", headers={"kid": "first"}),
        "RS384": lambda c: jwt.encode(
            c, rsa_key("first"), algorithm="RS384", headers={"kid": "first"}
        ),
        "no token": lambda _claims: "",
        "nonsense": lambda _claims: "a.b.c",
    }


@pytest.mark.parametrize("way", sorted(signatures()))
def test_a_forged_signature_signs_nobody_in(visitor: Visitor, way: str) -> None:
    visitor.provider.sign = signatures()[way]
    assert failure(visitor.sign_in(visitor.provider.account(SELLER))) == ("sign-in-refused", "/")
    nobody_is_in(visitor)
    assert User.objects.count() == 0


def test_a_code_counts_once(visitor: Visitor) -> None:
    account = visitor.provider.account(SELLER)
    address = visitor.provider.authorize(visitor.begin(), account)
    thief = Visitor(visitor.provider)
    thief.client.cookies["session"] = visitor.cookie
    assert visitor.come_back(address) == "/"
    assert failure(thief.come_back(address))[0] == "sign-in-expired"
    assert thief.status() == 401


def test_a_code_without_the_state_of_this_browser_signs_nobody_in(visitor: Visitor) -> None:
    account = visitor.provider.account(SELLER)
    stranger = Visitor(visitor.provider)
    address = stranger.provider.authorize(stranger.begin(), account)
    assert failure(visitor.come_back(address))[0] == "sign-in-expired"
    visitor.begin()
    assert failure(visitor.come_back(address))[0] == "sign-in-expired"
    nobody_is_in(visitor)


def test_a_stolen_code_is_worth_nothing_without_the_verifier(visitor: Visitor) -> None:
    account = visitor.provider.account(SELLER)
    stolen = parse_qs(urlsplit(visitor.provider.authorize(visitor.begin(), account)).query)["code"]
    thief = Visitor(visitor.provider)
    state = parse_qs(urlsplit(thief.begin()).query)["state"][0]
    answer = thief.come_back(f"/auth/callback?state={state}&code={stolen[0]}")
    assert failure(answer)[0] == "sign-in-expired"
    nobody_is_in(thief)


def test_an_answer_of_another_provider_is_refused(visitor: Visitor) -> None:
    account = visitor.provider.account(SELLER)
    address = visitor.provider.authorize(visitor.begin(), account)
    forged = address.replace(f"iss={ISSUER}", "iss=https://evil.example")
    assert failure(visitor.come_back(forged))[0] == "sign-in-refused"
    nobody_is_in(visitor)
