"""An identity provider in memory: Keycloak's addresses, its keys, and tokens true or forged."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from agenturclient.identity.keycloak.client import Keycloak
from agenturclient.identity.keycloak.config import KeycloakConfig
from agenturclient.outbound.client import Clients, ConnectionPolicy
from agenturclient.outbound.guard import Guard, GuardConfig, Lane

if TYPE_CHECKING:
    from collections.abc import Callable

ISSUER = "https://sso.example/realms/agenturclient"
CLIENT_ID, CLIENT_SECRET = "agenturclient", "the secret of the client"
ADMIN_ID, ADMIN_SECRET = "agentur-useradmin", "the secret of the service account"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
CONFIG = KeycloakConfig(
    issuer=ISSUER,
    internal_url=ISSUER,
    client_id=CLIENT_ID,
    client_secret=CLIENT_SECRET,
    admin_client_id=ADMIN_ID,
    admin_client_secret=ADMIN_SECRET,
)
SETTINGS = {
    "AUTH_MODE": "oidc",
    "AUTHENTICATION_BACKENDS": ["agenturclient.identity.oidc.backend.ProviderBackend"],
    "OIDC_ISSUER": ISSUER,
    "OIDC_INTERNAL_URL": ISSUER,
    "OIDC_RP_CLIENT_ID": CLIENT_ID,
    "OIDC_RP_CLIENT_SECRET": CLIENT_SECRET,
    "OIDC_ADMIN_CLIENT_ID": ADMIN_ID,
    "OIDC_ADMIN_CLIENT_SECRET": ADMIN_SECRET,
}
"""What the program's settings are with this provider."""


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    """A signing key; making one is slow, so each name has one for the whole run."""
    del name
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Account:
    """Somebody who can sign in."""

    groups: tuple[str, ...] = ()
    subject: str = field(default_factory=lambda: str(uuid4()))
    enabled: bool = True
    claims: dict[str, Any] = field(
        default_factory=lambda: {
            "given_name": "Anna",
            "family_name": "Keller",
            "email": "anna.keller@agency.example",
        }
    )


@dataclass
class _Code:
    account: Account
    nonce: str
    challenge: str
    sid: str


class Provider:
    """Answers as Keycloak does. `forge` changes the claims of the next ID tokens.

    `away` is an exception that every request meets, or a status that answers it; `wire` stands
    between the program and the answers.
    """

    def __init__(self) -> None:
        self.key_name = "first"
        self.published = ["first"]
        self.accounts: dict[str, Account] = {}
        self.sent: list[str] = []
        self.away: Exception | int | None = None
        self.forge: Callable[[dict[str, Any]], dict[str, Any]] = dict
        self.sign: Callable[[dict[str, Any]], str] = self.signed
        self.admin_status = 200
        self.wire: Callable[[httpx.Request], httpx.Response] = self.answer
        self._codes: dict[str, _Code] = {}

    def keycloak(self, **config: Any) -> Keycloak:
        """The program's own client of this provider, without breakers."""
        lanes = {name: Lane(4, None) for name in ("sign-in", "directory", "service-account")}
        transport = httpx.MockTransport(self._wire)
        clients = Clients(ConnectionPolicy(), lambda _keep, _context: transport)
        guard = Guard(GuardConfig(lanes), clients=clients)
        return Keycloak(KeycloakConfig(**(CONFIG.__dict__ | config)), guard)

    def _wire(self, request: httpx.Request) -> httpx.Response:
        return self.wire(request)

    def account(self, *groups: str, **fields: Any) -> Account:
        """Somebody new, in these groups."""
        made = Account(groups, **fields)
        self.accounts[made.subject] = made
        return made

    def authorize(self, address: str, account: Account, *, sid: str = "") -> str:
        """What the person does at the sign-in page: the path and query to come back to."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert (query["client_id"], query["response_type"]) == (CLIENT_ID, "code")
        assert query["code_challenge_method"] == "S256"
        code = uuid4().hex
        self._codes[code] = _Code(
            account, query["nonce"], query["code_challenge"], sid or uuid4().hex
        )
        return f"/auth/callback?state={query['state']}&code={code}&iss={ISSUER}"

    def signed(self, claims: dict[str, Any], **header: Any) -> str:
        """A token signed with the current key."""
        headers = {"kid": self.key_name, **header}
        return jwt.encode(claims, rsa_key(self.key_name), algorithm="RS256", headers=headers)

    def logout_token(self, *, typ: str = "logout+jwt", **changes: Any) -> str:
        """What Keycloak posts when a session has ended; a claim that is None is left out."""
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 120,
            "jti": uuid4().hex,
            "events": {LOGOUT_EVENT: {}},
            **changes,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        return self.signed(kept, typ=typ)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """The answer to any request of the program."""
        path = request.url.path
        self.sent.append(f"{request.method} {path}")
        if isinstance(self.away, Exception):
            raise self.away
        if self.away is not None:
            return httpx.Response(self.away)
        if path.endswith("/certs"):
            return httpx.Response(200, json={"keys": [published(name) for name in self.published]})
        if path.endswith("/token"):
            return self._token(request)
        if path.startswith("/admin/realms/agenturclient/users/"):
            return self._admin(request, path.removeprefix("/admin/realms/agenturclient/users/"))
        return httpx.Response(404)

    def calls(self, part: str) -> int:
        """How many requests had this in method and path."""
        return sum(part in each for each in self.sent)

    def _token(self, request: httpx.Request) -> httpx.Response:
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        clients = {CLIENT_ID: CLIENT_SECRET, ADMIN_ID: ADMIN_SECRET}
        if clients.get(form["client_id"]) != form["client_secret"]:
            return httpx.Response(401, json={"error": "invalid_client"})
        if form["grant_type"] == "client_credentials":
            return httpx.Response(200, json={"access_token": "service", "expires_in": 300})
        code = self._codes.pop(form.get("code", ""), None)
        if code is None or _challenge(form["code_verifier"]) != code.challenge:
            return httpx.Response(400, json={"error": "invalid_grant"})
        token = self.sign(self.forge(_claims(code)))
        return httpx.Response(200, json={"access_token": "opaque", "id_token": token})

    def _admin(self, request: httpx.Request, rest: str) -> httpx.Response:
        if request.headers["authorization"] != "Bearer service":
            return httpx.Response(401, json={"error": "HTTP 401 Unauthorized"})
        if self.admin_status != 200:
            return httpx.Response(self.admin_status, json={"error": "whatever"})
        subject, _, more = rest.partition("/")
        account = self.accounts.get(subject)
        if account is None:
            return httpx.Response(404, json={"error": "User not found"})
        if more == "groups":
            return httpx.Response(200, json=[{"path": path} for path in account.groups])
        return httpx.Response(200, json={"id": subject, "enabled": account.enabled})


def _claims(code: _Code) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": ISSUER,
        "aud": CLIENT_ID,
        "azp": CLIENT_ID,
        "sub": code.account.subject,
        "iat": now,
        "exp": now + 300,
        "nonce": code.nonce,
        "sid": code.sid,
        "groups": list(code.account.groups),
        **code.account.claims,
    }


def published(name: str) -> dict[str, Any]:
    """The public half of a key, as the provider publishes it."""
    key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(rsa_key(name).public_key()))
    return {**key, "kid": name, "use": "sig", "alg": "RS256"}


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
