"""An agency's own sign-in in front of ours: who comes that way, and who cannot."""

import html
import re
from collections.abc import Iterator
from typing import Final

import httpx
import pytest

from keycloak.applier.admin import AdminApi
from scripts.keycloak.cluster import Cluster
from scripts.keycloak.layout import REALM
from tests.identity.visitor import Client, Visitor

ALIAS: Final = "voyages-leman"
_PASSWORD: Final = "long-enough-for-all"


@pytest.fixture(scope="module")
def api(cluster: Cluster) -> Iterator[AdminApi]:
    with cluster.admin() as opened:
        yield opened


def test_a_person_of_the_agencys_own_sign_in_becomes_a_member_without_rights(
    cluster: Cluster, client: Client, api: AdminApi
) -> None:
    visitor = Visitor(client)
    answer = through_the_agency(visitor, "dubois", password_of(cluster, "dubois"))

    told = visitor.exchange(visitor.code_of(answer)).claims

    assert told["preferred_username"] == "voyages-leman.dubois"
    assert (told["given_name"], told["family_name"]) == ("Camille", "Dubois")
    assert told["groups"] == ["/agencies/voyages-leman"]
    person = api.get(f"/{REALM}/users", username="voyages-leman.dubois", exact=True)[0]
    assert person["emailVerified"] is False


def test_who_was_taken_out_of_the_agency_stays_out_at_the_next_sign_in(
    cluster: Cluster, client: Client, api: AdminApi
) -> None:
    first = Visitor(client)
    through_the_agency(first, "dubois", password_of(cluster, "dubois"))
    person = api.get(f"/{REALM}/users", username="voyages-leman.dubois", exact=True)[0]
    group = api.get(f"/{REALM}/group-by-path/agencies/voyages-leman")
    api.delete(f"/{REALM}/users/{person['id']}/groups/{group['id']}")

    second = Visitor(client)
    answer = through_the_agency(second, "dubois", password_of(cluster, "dubois"))

    assert second.exchange(second.code_of(answer)).claims.get("groups", []) == []
    api.delete(f"/{REALM}/users/{person['id']}")


def test_an_address_of_somebody_else_opens_no_account(
    cluster: Cluster, client: Client, api: AdminApi
) -> None:
    """Whoever runs an agency's sign-in can claim any e-mail there."""
    impostor = api.post(
        f"/{ALIAS}/users",
        {
            "username": "impostor",
            "enabled": True,
            "firstName": "Anna",
            "lastName": "Keller",
            "email": "keller@agency.example",
            "emailVerified": True,
            "credentials": [{"type": "password", "value": _PASSWORD, "temporary": False}],
        },
    )
    visitor = Visitor(client)

    page = through_the_agency(visitor, "impostor", _PASSWORD)
    asked = visitor.fill(page, submitAction="linkAccount")
    asked = follow(visitor, asked)
    refused = visitor.submit(asked, "keller", _PASSWORD)

    assert "keller@agency.example" in html.unescape(page.text)
    assert 'name="password"' in asked.text
    assert 'id="input-error"' in refused.text
    keller = api.get(f"/{REALM}/users", username="keller", exact=True)[0]
    assert api.get(f"/{REALM}/users/{keller['id']}/federated-identity") == []
    assert api.get(f"/{REALM}/users", username="voyages-leman.impostor", exact=True) == []
    api.delete(f"/{ALIAS}/users/{impostor}")


def test_who_proves_the_account_is_theirs_is_linked_and_keeps_their_rights(
    cluster: Cluster, client: Client, api: AdminApi
) -> None:
    person = api.post(
        f"/{ALIAS}/users",
        {
            "username": "julie",
            "enabled": True,
            "firstName": "Julie",
            "lastName": "Rochat",
            "email": "rochat@agency.example",
            "credentials": [{"type": "password", "value": _PASSWORD, "temporary": False}],
        },
    )
    visitor = Visitor(client)

    page = through_the_agency(visitor, "julie", _PASSWORD)
    asked = follow(visitor, visitor.fill(page, submitAction="linkAccount"))
    answer = visitor.submit(asked, "rochat", password_of(cluster, "rochat"))
    answer = follow_to_program(visitor, answer)

    told = visitor.exchange(visitor.code_of(answer)).claims
    assert told["preferred_username"] == "rochat"
    assert "/agencies/voyages-leman/sell" in told["groups"]
    rochat = api.get(f"/{REALM}/users", username="rochat", exact=True)[0]
    linked = api.get(f"/{REALM}/users/{rochat['id']}/federated-identity")
    assert [each["userName"] for each in linked] == ["julie"]
    api.delete(f"/{REALM}/users/{rochat['id']}/federated-identity/{ALIAS}")
    api.delete(f"/{ALIAS}/users/{person}")


def password_of(cluster: Cluster, username: str) -> str:
    return next(user.password for user in cluster.users if user.username == username)


def through_the_agency(visitor: Visitor, username: str, password: str) -> httpx.Response:
    """From our page by way of the agency's sign-in to where that ends: our page or the program."""
    found = re.search(r'id="social-voyages-leman"[^>]*?href="([^"]+)"', visitor.open_page().text)
    assert found
    address = httpx.URL(visitor.client.issuer).join(html.unescape(found[1]))
    theirs = follow(visitor, visitor.go("GET", str(address)))
    return follow_to_program(visitor, visitor.submit(theirs, username, password))


def follow(visitor: Visitor, answer: httpx.Response) -> httpx.Response:
    """Go where Keycloak sends the browser, until there is a page."""
    while answer.is_redirect:
        answer = visitor.go("GET", str(answer.url.join(answer.headers["location"])))
    return answer


def follow_to_program(visitor: Visitor, answer: httpx.Response) -> httpx.Response:
    """The same, but stop where the program would be called."""
    while answer.is_redirect:
        target = str(answer.url.join(answer.headers["location"]))
        if target.startswith(visitor.client.redirect_uri):
            return answer
        answer = visitor.go("GET", target)
    return answer
