"""The realm as code: applied again and again, and what it makes of a sign-in."""

from collections.abc import Iterator
from typing import Any

import pytest

from keycloak.applier.admin import AdminApi, AdminRefused
from scripts.keycloak.cluster import Cluster
from scripts.keycloak.layout import REALM
from tests.identity.visitor import Client, SignInFailed, Visitor

_PATH = f"/{REALM}"


@pytest.fixture(scope="module")
def api(cluster: Cluster) -> Iterator[AdminApi]:
    with cluster.admin() as opened:
        yield opened


def password_of(cluster: Cluster, username: str) -> str:
    return next(user.password for user in cluster.users if user.username == username)


def find_client(api: AdminApi, client_id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"{_PATH}/clients", clientId=client_id)[0]
    return found


def test_applying_the_realms_again_changes_nothing(cluster: Cluster) -> None:
    assert cluster.apply() == []


def test_what_drifted_is_put_back_and_told(cluster: Cluster, api: AdminApi) -> None:
    realm = api.get(_PATH)
    client = find_client(api, REALM)
    api.put(_PATH, {**realm, "bruteForceProtected": False})
    attributes = {**client["attributes"], "pkce.code.challenge.method": ""}
    uris = [*client["redirectUris"], "https://elsewhere.example/*"]
    api.put(
        f"{_PATH}/clients/{client['id']}",
        {**client, "attributes": attributes, "redirectUris": uris},
    )

    changes = cluster.apply()

    assert sorted(changes) == [
        "agenturclient: client agenturclient: attributes.pkce.code.challenge.method changed",
        "agenturclient: client agenturclient: redirectUris changed",
        "agenturclient: setting bruteForceProtected changed",
    ]
    assert find_client(api, REALM)["redirectUris"] == client["redirectUris"]
    assert cluster.apply() == []


def test_what_agencies_made_stays(cluster: Cluster, api: AdminApi) -> None:
    agencies = api.get(f"{_PATH}/group-by-path/agencies")
    agency = api.post(f"{_PATH}/groups/{agencies['id']}/children", {"name": "nordreisen"})
    person = api.post(
        f"{_PATH}/users",
        {
            "username": "nordmann",
            "enabled": True,
            "firstName": "Ida",
            "lastName": "Nordmann",
            "email": "nordmann@nord.example",
            "groups": ["/agencies/nordreisen"],
        },
    )
    keller = api.get(f"{_PATH}/users", username="keller", exact=True)[0]
    refund = api.get(f"{_PATH}/group-by-path/agencies/alpenreisen/refund")
    api.delete(f"{_PATH}/users/{keller['id']}/groups/{refund['id']}")
    api.put(f"{_PATH}/users/{keller['id']}", {**keller, "lastName": "Keller-Graf"})

    changes = cluster.apply()

    assert changes == []
    assert api.get(f"{_PATH}/groups/{agency}")["path"] == "/agencies/nordreisen"
    assert [each["path"] for each in api.get(f"{_PATH}/users/{person}/groups")] == [
        "/agencies/nordreisen"
    ]
    assert api.get(f"{_PATH}/users/{keller['id']}")["lastName"] == "Keller-Graf"
    paths = {each["path"] for each in api.get(f"{_PATH}/users/{keller['id']}/groups")}
    assert paths == {"/agencies/alpenreisen", "/agencies/alpenreisen/sell"}
    api.put(f"{_PATH}/users/{keller['id']}/groups/{refund['id']}")
    api.put(f"{_PATH}/users/{keller['id']}", keller)
    api.delete(f"{_PATH}/users/{person}")
    api.delete(f"{_PATH}/groups/{agency}")


def test_a_token_says_who_it_is_and_the_full_path_of_each_group(
    cluster: Cluster, client: Client
) -> None:
    tokens = Visitor(client).sign_in("keller", password_of(cluster, "keller"))

    told = tokens.claims
    assert told["iss"] == cluster.issuer
    assert told["aud"] == "agenturclient"
    assert (told["given_name"], told["family_name"]) == ("Anna", "Keller")
    assert told["email"] == "keller@agency.example"
    assert sorted(told["groups"]) == [
        "/agencies/alpenreisen",
        "/agencies/alpenreisen/refund",
        "/agencies/alpenreisen/sell",
    ]
    assert {"sid", "sub", "nonce", "auth_time"} <= set(told)
    assert not {"realm_access", "resource_access"} & set(told)


def test_a_sign_in_without_a_code_challenge_is_refused(client: Client) -> None:
    answer = Visitor(client).open_page(code_challenge="", code_challenge_method="")

    assert answer.is_redirect
    assert "error=invalid_request" in answer.headers["location"]


@pytest.mark.parametrize(
    "uri",
    [
        "https://elsewhere.example/auth/callback",
        "http://127.0.0.1:8000/auth/callback/more",
        "http://127.0.0.1:8000/",
        "http://127.0.0.1:8001/auth/callback",
    ],
)
def test_only_the_exact_address_is_returned_to(uri: str, client: Client) -> None:
    answer = Visitor(client).open_page(redirect_uri=uri)

    assert answer.status_code == 400
    assert "location" not in answer.headers


@pytest.mark.parametrize("client_id", ["agenturclient", "admin-cli", "agentur-useradmin"])
def test_a_password_is_never_taken_without_the_page(
    client_id: str, cluster: Cluster, client: Client
) -> None:
    answer = Visitor(client).go(
        "POST",
        client.endpoint("token"),
        data={
            "grant_type": "password",
            "client_id": client_id,
            "client_secret": client.secret,
            "username": "keller",
            "password": password_of(cluster, "keller"),
        },
    )

    assert answer.status_code in {400, 401}
    assert "access_token" not in answer.text


def test_the_account_for_user_management_reaches_users_and_nothing_else(cluster: Cluster) -> None:
    with AdminOf(cluster) as users:
        assert users.get(f"{_PATH}/users", username="keller", exact=True)[0]["firstName"] == "Anna"
        assert users.get(f"{_PATH}/group-by-path/agencies/alpenreisen/sell")["name"] == "sell"
        for path in ("/clients", "/identity-provider/instances", "/events", "/roles"):
            with pytest.raises(AdminRefused, match="403"):
                users.get(f"{_PATH}{path}")
        with pytest.raises(AdminRefused, match="403"):
            users.put(_PATH, {"displayName": "Mine"})
        with pytest.raises(AdminRefused, match="403"):
            users.get("/voyages-leman/users")


def test_nobody_is_made_without_a_name_and_an_address(api: AdminApi) -> None:
    with pytest.raises(AdminRefused, match="error-user-attribute-required") as caught:
        api.post(f"{_PATH}/users", {"username": "nameless", "enabled": True})

    for field in ("firstName", "lastName", "email"):
        assert field in str(caught.value)


def test_a_password_that_is_tried_too_often_is_paused_and_nobody_learns_it(
    cluster: Cluster, client: Client, api: AdminApi
) -> None:
    visitor = Visitor(client)
    page = visitor.open_page()
    for number in range(10):
        page = visitor.submit(page, "girard", f"wrong-password-{number}")
    wrong = page.text
    page = visitor.submit(page, "girard", password_of(cluster, "girard"))

    person = api.get(f"{_PATH}/users", username="girard", exact=True)[0]
    state = api.get(f"{_PATH}/attack-detection/brute-force/users/{person['id']}")
    assert state["disabled"] is True
    assert page.status_code == 200
    assert sentence(page.text) == sentence(wrong)
    api.delete(f"{_PATH}/attack-detection/brute-force/users/{person['id']}")
    assert Visitor(client).sign_in("girard", password_of(cluster, "girard")).claims["groups"]


def test_a_short_password_is_refused(api: AdminApi) -> None:
    person = api.get(f"{_PATH}/users", username="frei", exact=True)[0]
    with pytest.raises(AdminRefused, match="invalidPasswordMinLengthMessage"):
        api.put(
            f"{_PATH}/users/{person['id']}/reset-password",
            {"type": "password", "value": "short", "temporary": False},
        )


@pytest.mark.parametrize(
    "path",
    ["/admin/", "/admin/realms/agenturclient", "/metrics", "/health", "/realms/master/", "/"],
)
def test_the_public_address_shows_no_administration(
    path: str, cluster: Cluster, client: Client
) -> None:
    assert Visitor(client).go("GET", f"{cluster.address}{path}").status_code == 404


def test_the_page_may_be_put_in_no_frame(client: Client) -> None:
    answer = Visitor(client).open_page()

    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "Secure" in answer.headers["set-cookie"]
    assert "HttpOnly" in answer.headers["set-cookie"]


def test_a_sign_in_leaves_an_event(cluster: Cluster, client: Client, api: AdminApi) -> None:
    visitor = Visitor(client)
    tokens = visitor.sign_in("meier", password_of(cluster, "meier"))
    with pytest.raises(SignInFailed):
        visitor.exchange("not-a-code")

    events = api.get(f"{_PATH}/events", user=tokens.claims["sub"], max=5)
    assert "LOGIN" in {event["type"] for event in events}


class AdminOf(AdminApi):
    """The Admin API as the program's own service account sees it."""

    def __init__(self, cluster: Cluster) -> None:
        secret = cluster.secrets["USERADMIN_SECRET"]
        super().__init__(cluster.internal_address, "agentur-useradmin", secret, realm=REALM)


def sentence(page: str) -> str:
    """What a sign-in page says about the last attempt."""
    return page.partition('id="input-error"')[2].partition("</span>")[0]
