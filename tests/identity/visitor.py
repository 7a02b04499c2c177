"""A person's browser at Keycloak, as far as signing in goes: cookies, forms, redirects, no scripts.

Keycloak's cookies are `Secure` also on http://127.0.0.1, where a real browser sends them all the
same; an HTTP library does not, so the jar here is our own.
"""

import base64
import hashlib
import html
import json
import re
import secrets
import time
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from http.cookies import SimpleCookie
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

_TIMEOUT_SECONDS: Final = 20.0
# One for all visitors: no connection is kept, and no cookie.
_HTTP: Final = httpx.Client(
    timeout=_TIMEOUT_SECONDS,
    trust_env=False,
    limits=httpx.Limits(max_keepalive_connections=0),
    cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
)
_EARLY_SECONDS: Final = 30
_ACTION: Final = re.compile(r'<form[^>]*\baction="([^"]+)"')
_TOLD: Final = re.compile(r'\bid="input-error[^"]*"[^>]*>\s*([^<]*?)\s*<')


class SignInFailed(Exception):
    """Keycloak did not let the person in; `status` is 0 when there was no answer."""

    def __init__(self, step: str, status: int, text: str) -> None:
        super().__init__(f"{step}: {status} {text[:200]}")
        self.status = status


@dataclass(frozen=True)
class Client:
    """The program that the person signs in to."""

    issuer: str
    client_id: str
    secret: str
    redirect_uri: str

    def endpoint(self, name: str) -> str:
        """The address of one of the realm's endpoints."""
        return f"{self.issuer}/protocol/openid-connect/{name}"


@dataclass(frozen=True)
class Tokens:
    """What the program got for the code."""

    id_token: str
    access_token: str

    @property
    def claims(self) -> dict[str, Any]:
        """What the id token says, unverified."""
        return read_claims(self.id_token)


class Visitor:
    """One browser. Not for several threads at once."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._cookies: dict[tuple[str, str], str] = {}  # path and name: realms use the same names
        self.tokens: Tokens | None = None
        self._verifier = ""

    def sign_in(self, username: str, password: str) -> Tokens:
        """The whole way: page, password, code, tokens. Raises SignInFailed."""
        answer = self.submit(self.open_page(), username, password)
        self.tokens = self.exchange(self.code_of(answer))
        return self.tokens

    def open_page(self, **more: str) -> httpx.Response:
        """The sign-in page, or where one is sent who is signed in already."""
        self._verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(self._verifier.encode()).digest()
        query = {
            "client_id": self.client.client_id,
            "response_type": "code",
            "scope": "openid email profile",
            "redirect_uri": self.client.redirect_uri,
            "state": secrets.token_urlsafe(8),
            "nonce": secrets.token_urlsafe(8),
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        } | more
        return self.go("GET", f"{self.client.endpoint('auth')}?{urlencode(query)}")

    def submit(self, page: httpx.Response, username: str, password: str) -> httpx.Response:
        """Fill in the form of a sign-in page. Raises SignInFailed when there is none."""
        return self.fill(page, username=username, password=password)

    def fill(self, page: httpx.Response, **fields: str) -> httpx.Response:
        """Send the first form of a page. Raises SignInFailed when there is none."""
        found = _ACTION.search(page.text)
        if found is None:
            raise SignInFailed("page", page.status_code, page.text)
        return self.go("POST", html.unescape(found[1]), data=fields)

    def code_of(self, answer: httpx.Response) -> str:
        """The code in a redirect to the program. Raises SignInFailed when there is none."""
        query = parse_qs(urlsplit(answer.headers.get("location", "")).query)
        if "code" not in query:
            told = _TOLD.search(answer.text)
            raise SignInFailed("password", answer.status_code, told[1] if told else str(query))
        code: str = query["code"][0]
        return code

    def exchange(self, code: str) -> Tokens:
        """What the program does with the code. Raises SignInFailed."""
        answer = self.go(
            "POST",
            self.client.endpoint("token"),
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self.client.redirect_uri,
                "code_verifier": self._verifier,
                "client_id": self.client.client_id,
                "client_secret": self.client.secret,
            },
            with_cookies=False,
        )
        if not answer.is_success:
            raise SignInFailed("code", answer.status_code, answer.text)
        read = answer.json()
        return Tokens(read["id_token"], read["access_token"])

    def is_signed_in(self) -> bool:
        """Whether Keycloak still knows this browser: a code without asking for a password."""
        answer = self.open_page(prompt="none")
        if not answer.is_redirect:
            raise SignInFailed("silent", answer.status_code, answer.text)
        return "code" in parse_qs(urlsplit(answer.headers["location"]).query)

    def renew(self) -> None:
        """New tokens from the session that is there. Raises SignInFailed when there is none."""
        self.tokens = self.exchange(self.code_of(self.open_page(prompt="none")))

    def token_is_live(self) -> bool:
        """Whether Keycloak still honours the session of the access token, which lives 5 minutes."""
        if self.tokens is None or self.tokens.claims["exp"] < time.time() + _EARLY_SECONDS:
            self.renew()
        token = self.tokens.access_token if self.tokens else ""
        answer = self.go(
            "GET",
            self.client.endpoint("userinfo"),
            headers={"Authorization": f"Bearer {token}"},
            with_cookies=False,
        )
        if answer.status_code not in (200, 401):
            raise SignInFailed("userinfo", answer.status_code, answer.text)
        return answer.is_success

    def go(
        self,
        method: str,
        address: str,
        *,
        data: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        with_cookies: bool = True,
    ) -> httpx.Response:
        """One request on a connection of its own. Raises SignInFailed on 5xx and silence."""
        sent = dict(headers or {})
        if with_cookies:
            path = urlsplit(address).path
            sent["Cookie"] = "; ".join(
                f"{name}={value}"
                for (below, name), value in self._cookies.items()
                if path.startswith(below)
            )
        try:
            answer = _HTTP.request(method, address, data=data, headers=sent)
        except httpx.HTTPError as error:
            raise SignInFailed(f"{method} {urlsplit(address).path}", 0, repr(error)) from error
        if answer.is_server_error:
            raise SignInFailed(
                f"{method} {urlsplit(address).path}", answer.status_code, answer.text
            )
        self._keep_cookies(answer)
        return answer

    def _keep_cookies(self, answer: httpx.Response) -> None:
        for header in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(header).items():
                if morsel["max-age"] == "0":
                    self._cookies.pop((morsel["path"], name), None)
                else:
                    self._cookies[morsel["path"], name] = morsel.value


def read_claims(token: str) -> dict[str, Any]:
    """The middle part of a token, unverified."""
    part = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims
