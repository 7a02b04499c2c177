"""Tokens that are not the ones that were asked for, with a real Keycloak behind: nobody comes in.

Most are genuine tokens of Keycloak's own, each wrong in one way; between the program and Keycloak
stands a wire that hands them over instead. Every claim by itself: tests/api/test_login_forged.py.
"""

from __future__ import annotations

import base64
import json
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import jwt
import pytest
from django.contrib.sessions.models import Session

from agenturclient import bootstrap
from agenturclient.identity.models import User
from keycloak.applier.clients import client_path
from keycloak.applier.people import apply_groups, apply_users
from keycloak.applier.realm import apply_realm
from scripts.keycloak.layout import REALM
from tests.factories import make_agency
from tests.identity.place import Place, wire
from tests.identity.test_brokering import password_of
from tests.identity.visitor import Client, Visitor, read_claims
from tests.identity_provider import rsa_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client as Browser
    from pytest_django import Settings

    from scripts.keycloak.cluster import Cluster
    from tests.identity.place import Forge

pytestmark = pytest.mark.django_db

_NAME: Final = "agenturclient-forged"
_ELSEWHERE: Final = "voyages-leman"
_PASSWORD: Final = "korrektes pferd batterie 7 Klammer"
_LEEWAY_SECONDS: Final = 10


@pytest.fixture
def place(cluster: Cluster, settings: Settings) -> Iterator[Place]:
    with closing(Place(cluster, _NAME)) as made:
        wire(settings, made)
        bootstrap.use(keycloak=made.keycloak)
        make_agency("alpenreisen")
        yield made
        bootstrap.use()


def problem(address: str) -> str:
    """The code of a failed sign-in; empty where it did not fail."""
    return parse_qs(urlsplit(address).query).get("problem", [""])[0]


def come_back(browser: Browser, address: str) -> str:
    """What comes of the callback."""
    return problem(browser.get(address).headers["Location"])


def refused(place: Place, browser: Browser, address: str) -> str:
    """The code of a sign-in that leaves nothing behind."""
    code = come_back(browser, address)
    assert browser.get("/api/v1/session").status_code == 401
    assert all("_auth_user_id" not in each.get_decoded() for each in Session.objects.all())
    assert User.objects.filter(issuer=place.cluster.issuer).count() == 0
    return code


def nonce_in(address: str) -> str:
    return parse_qs(urlsplit(address).query)["nonce"][0]


def genuine_token(client: Client, cluster: Cluster, nonce: str, username: str = "keller") -> str:
    """An ID token that Keycloak gives somebody who signs in to a client with this nonce."""
    visitor = Visitor(client)
    sent = visitor.submit(visitor.open_page(nonce=nonce), username, password_of(cluster, username))
    return visitor.exchange(visitor.code_of(sent)).id_token


def test_the_token_that_was_asked_for_lets_in(place: Place) -> None:
    """Else what is refused below would prove nothing."""
    browser, address = place.begin()
    assert come_back(browser, place.at_keycloak(address)) == ""
    assert browser.get("/api/v1/session").status_code == 200


def _with_another_signature(genuine: str) -> str:
    head, body, signature = genuine.split(".")
    return ".".join((head, body, ("A" if signature[0] != "A" else "B") + signature[1:]))


def _unsigned(genuine: str) -> str:
    head = json.dumps({**jwt.get_unverified_header(genuine), "alg": "none"}).encode()
    return f"{base64.urlsafe_b64encode(head).decode().rstrip('=')}.{genuine.split('.')[1]}."


def _by_another_key(genuine: str) -> str:
    head = {"kid": jwt.get_unverified_header(genuine)["kid"]}
    return jwt.encode(read_claims(genuine), rsa_key("stranger"), algorithm="RS256", headers=head)


@pytest.mark.parametrize("forge", [_with_another_signature, _unsigned, _by_another_key])
def test_a_genuine_token_that_was_touched_lets_nobody_in(place: Place, forge: Forge) -> None:
    place.forge = forge
    browser, address = place.begin()
    assert refused(place, browser, place.at_keycloak(address)) == "sign-in-refused"


def test_a_genuine_token_for_another_program_lets_nobody_in(place: Place, client: Client) -> None:
    browser, address = place.begin()
    token = genuine_token(client, place.cluster, nonce_in(address))
    assert read_claims(token)["aud"] == "agenturclient"
    place.forge = lambda _genuine: token
    assert refused(place, browser, place.at_keycloak(address)) == "sign-in-refused"


def test_a_genuine_token_of_another_sign_in_lets_nobody_in(place: Place) -> None:
    token = genuine_token(place.client, place.cluster, "another nonce")
    assert read_claims(token)["aud"] == _NAME
    place.forge = lambda _genuine: token
    browser, address = place.begin()
    assert refused(place, browser, place.at_keycloak(address)) == "sign-in-refused"


def test_a_genuine_token_of_another_issuer_lets_nobody_in(place: Place) -> None:
    """The realm beside ours, with a client of our name."""
    twin: dict[str, Any] = {
        "clientId": _NAME,
        "secret": uuid4().hex,
        "redirectUris": [place.client.redirect_uri],
    }
    with place.cluster.admin() as api:
        apply_realm(api, {"realm": _ELSEWHERE, "clients": [twin]})
    issuer = place.cluster.issuer.replace(REALM, _ELSEWHERE)
    elsewhere = Client(issuer, _NAME, twin["secret"], place.client.redirect_uri)
    browser, address = place.begin()
    token = genuine_token(elsewhere, place.cluster, nonce_in(address), "dubois")
    assert (read_claims(token)["iss"], read_claims(token)["aud"]) == (issuer, _NAME)
    place.forge = lambda _genuine: token
    assert refused(place, browser, place.at_keycloak(address)) == "sign-in-refused"


def test_a_genuine_token_that_has_expired_lets_nobody_in(place: Place) -> None:
    with place.cluster.admin() as api:
        path = client_path(api, f"/{REALM}", _NAME)
        assert path is not None
        short = {"access.token.lifespan": "1"}
        declared = api.get(path)
        api.put(path, declared | {"attributes": declared["attributes"] | short})
        browser, address = place.begin()
        token = genuine_token(place.client, place.cluster, nonce_in(address))
        api.put(path, declared)
    expired = read_claims(token)["exp"] + _LEEWAY_SECONDS
    time.sleep(max(0.0, expired + 1 - time.time()))
    place.forge = lambda _genuine: token
    assert refused(place, browser, place.at_keycloak(address)) == "sign-in-refused"


def test_a_code_is_worth_nothing_in_another_browser_and_nothing_a_second_time(
    place: Place,
) -> None:
    browser, address = place.begin()
    back = place.at_keycloak(address)
    code = parse_qs(urlsplit(back).query)["code"][0]
    thief, other = place.begin()
    state = parse_qs(urlsplit(other).query)["state"][0]
    stolen = f"/auth/callback?state={state}&code={code}&iss={place.cluster.issuer}"
    assert refused(place, thief, stolen) == "sign-in-expired"
    assert come_back(browser, back) != ""  # and by the attempt the code is spent, for all


def test_groups_that_only_look_like_an_agencys_let_nobody_in(place: Place) -> None:
    paths = ["/alpenreisen/sell", "/partners/agencies/alpenreisen/sell"]
    name = f"imitator-{uuid4().hex[:6]}"
    person = {
        "username": name,
        "enabled": True,
        "firstName": "Ivo",
        "lastName": "Imhof",
        "email": f"{name}@agency.example",
        "groups": paths,
        "credentials": [{"type": "password", "value": _PASSWORD, "temporary": False}],
    }
    with place.cluster.admin() as api:
        apply_groups(api, f"/{REALM}", [{"path": path} for path in paths])
        apply_users(api, f"/{REALM}", [person])
    told: list[str] = []

    def look(genuine: str) -> str:
        told.extend(read_claims(genuine)["groups"])
        return genuine

    place.forge = look
    browser, address = place.begin()
    back = place.at_keycloak(address, name, _PASSWORD)
    assert come_back(browser, back) == "sign-in-no-place"
    assert sorted(told) == sorted(paths)
    assert browser.get("/api/v1/session").status_code == 401
