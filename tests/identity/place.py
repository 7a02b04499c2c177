"""The program in the tests' own process, which signs people in at the cluster."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import httpx
from django.test import Client as Browser

from agenturclient.identity.keycloak.client import Keycloak
from agenturclient.identity.keycloak.config import KeycloakConfig
from agenturclient.outbound.client import Clients
from agenturclient.outbound.guard import Guard, GuardConfig, Lane
from tests.identity.test_brokering import password_of
from tests.identity.visitor import Client, Visitor
from tests.identity_provider import SETTINGS

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from pytest_django import Settings

    from scripts.keycloak.cluster import Cluster

    Forge = Callable[[str], str]

_SHOP: Final = "http://testserver"


class Wire(httpx.BaseTransport):
    """The way to Keycloak; the place's `forge` makes another ID token of what comes back."""

    def __init__(self, place: Place, context: ssl.SSLContext) -> None:
        self._place = place
        self._real = httpx.HTTPTransport(verify=context)

    def close(self) -> None:
        self._real.close()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._real.handle_request(request)
        if not request.url.path.endswith("/token"):
            return answer
        answer.read()
        answer.close()
        body = json.loads(answer.content)
        if "id_token" in body:
            body["id_token"] = self._place.forge(body["id_token"])
        return httpx.Response(answer.status_code, json=body)


class Place:
    """The program in this process, wired to the cluster as a client of its own."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        secret = cluster.add_shop(name, _SHOP)
        self.cluster = cluster
        self.client = Client(cluster.issuer, name, secret, f"{_SHOP}/auth/callback")
        self._clients = Clients(transport=self._wire)
        lanes = {name: Lane(4, None) for name in ("sign-in", "directory", "service-account")}
        config = KeycloakConfig(
            issuer=cluster.issuer,
            internal_url=cluster.issuer.replace(cluster.address, cluster.internal_address),
            client_id=name,
            client_secret=secret,
            admin_client_id="agentur-useradmin",
            admin_client_secret=cluster.secrets["USERADMIN_SECRET"],
        )
        self.forge: Forge = str
        self.keycloak = Keycloak(config, Guard(GuardConfig(lanes), clients=self._clients))

    def close(self) -> None:
        """Let go of its connections."""
        self._clients.close()

    def begin(self) -> tuple[Browser, str]:
        """Somebody presses "sign in": the browser, and where it is led."""
        browser = Browser()
        return browser, browser.get("/auth/login").headers["Location"]

    def at_keycloak(self, address: str, username: str = "keller", password: str = "") -> str:
        """The person signs in there; the address to come back to."""
        visitor = Visitor(self.client)
        page = visitor.go("GET", address)
        sent = visitor.submit(page, username, password or password_of(self.cluster, username))
        back = urlsplit(sent.headers["location"])
        return f"{back.path}?{back.query}"

    def _wire(self, _keep: bool, context: ssl.SSLContext) -> httpx.BaseTransport:  # noqa: FBT001 - as the port has it
        return Wire(self, context)


def wire(settings: Settings, place: Place) -> None:
    """Make the program's settings those of the place."""
    wiring = {
        "OIDC_ISSUER": place.cluster.issuer,
        "OIDC_RP_CLIENT_ID": place.client.client_id,
        "OIDC_RP_CLIENT_SECRET": place.client.secret,
    }
    for name, value in (SETTINGS | wiring).items():
        setattr(settings, name, value)
