"""A browser that signs in at the identity provider in memory."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from django.contrib.sessions.models import Session
from django.test import Client

from agenturclient import bootstrap
from agenturclient.identity.models import OpenSession
from agenturclient.identity.sessions import CHECK_AT

if TYPE_CHECKING:
    from tests.identity_provider import Account, Provider


MEMBER = "/agencies/alpenreisen"
SELLER = "/agencies/alpenreisen/sell"


class Visitor:
    """Follows redirects by hand, so that each step can be looked at."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.client = Client(enforce_csrf_checks=True)

    def begin(self, **query: str) -> str:
        """Press "sign in"; where that leads."""
        return self.client.get("/auth/login", query).headers["Location"]

    def come_back(self, address: str) -> str:
        """Load the callback; where that leads."""
        return self.client.get(address).headers["Location"]

    def sign_in(self, account: Account, *, sid: str = "", **query: str) -> str:
        """The whole way; the page at its end."""
        return self.come_back(self.provider.authorize(self.begin(**query), account, sid=sid))

    def status(self, path: str = "session") -> int:
        """The status of a call of the page."""
        return self.client.get(f"/api/v1/{path}").status_code

    def forget_keys(self) -> None:
        """Let the program have no keys of the provider at hand."""
        bootstrap.use(keycloak=self.provider.keycloak())

    @property
    def cookie(self) -> str:
        """The session's key."""
        return self.client.cookies["session"].value


def failure(address: str) -> tuple[str, str]:
    """Code and next page of a failed sign-in; the test fails where it did not."""
    parts = urlsplit(address)
    assert parts.path == "/sign-in", address
    query = parse_qs(parts.query)
    return query["problem"][0], query["next"][0]


def make_due(visitor: Visitor) -> None:
    """Let the session's next request ask the provider about its user."""
    session = visitor.client.session
    session[CHECK_AT] = int(time.time()) - 1
    session.save()
    past = datetime.now(UTC) - timedelta(seconds=1)
    OpenSession.objects.filter(session_id=visitor.cookie).update(check_at=past)


def nobody_is_in(visitor: Visitor) -> None:
    """No session with a user in it was made, and the page's calls are refused."""
    assert visitor.status() == 401
    assert all("_auth_user_id" not in each.get_decoded() for each in Session.objects.all())
