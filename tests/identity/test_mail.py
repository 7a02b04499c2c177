"""With a mail server, Keycloak itself mails whoever is invited a link for a password."""

from __future__ import annotations

import html
import re
from contextlib import contextmanager
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller

from agenturclient.identity.actors import Permission
from agenturclient.identity.users import invite
from agenturclient.identity.users.details import UserState
from tests.identity.people import Office, Wire, open_office
from tests.identity.test_users import PASSWORD, recover
from tests.identity.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

    from aiosmtpd.smtp import SMTP, Envelope, Session

    from scripts.keycloak.cluster import Cluster
    from tests.identity.visitor import Client

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

_REALM: Final = "/agenturclient"
_PORT: Final = 45  # of the cluster's block of fifty
_LINK: Final = re.compile(r'"?(https?://[^\s"<>]+/login-actions/action-token[^\s"<>]+)')


class Postbox:
    """A mail server that keeps what it is given while it is open."""

    def __init__(self, port: int) -> None:
        self.letters: list[EmailMessage] = []
        self._port = port

    @contextmanager
    def open(self) -> Iterator[None]:
        """Take letters for a while."""
        server = Controller(self, hostname="127.0.0.1", port=self._port)
        server.start()
        try:
            yield
        finally:
            server.stop()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Keep a letter."""
        assert isinstance(envelope.content, bytes)
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 kept"

    def link_for(self, address: str) -> str:
        """The link in the only letter to somebody."""
        (letter,) = [each for each in self.letters if each["To"] == address]
        body = letter.get_body(("plain",))
        assert body is not None
        found = _LINK.search(body.get_content())
        assert found is not None
        return found[1]


@pytest.fixture
def postbox(cluster: Cluster) -> Iterator[Postbox]:
    port = cluster.layout.port + _PORT
    box = Postbox(port)
    with cluster.admin() as api:
        server = {"host": "127.0.0.1", "port": str(port), "from": "billette@agenturclient.example"}
        api.put(_REALM, {"realm": "agenturclient", "smtpServer": server})
        yield box
        api.put(_REALM, {"realm": "agenturclient", "smtpServer": {}})


@pytest.fixture
def office(cluster: Cluster, postbox: Postbox) -> Iterator[Office]:
    """Alpenreisen with Nina Huber, where invitations are mailed."""
    with Wire() as wire:
        opened = open_office(cluster, wire, "alpenreisen", "huber")
        opened.directory.sends_mail = True
        yield opened


def choose_password(client: Client, link: str) -> None:
    """What a person does with the link: follow it, go on, choose."""
    browser = Visitor(client)
    page = browser.go("GET", link)
    onward = _LINK.search(html.unescape(page.text))
    if onward is not None:  # Keycloak asks first, so that a mail scanner uses nothing up
        page = browser.go("GET", onward[1])
    while page.is_redirect:
        page = browser.go("GET", page.headers["location"])
    done = browser.fill(page, **{"password-new": PASSWORD, "password-confirm": PASSWORD})
    assert done.status_code in (200, 302), done.text[:500]


def test_the_mails_link_lets_an_invited_person_choose_a_password_and_sign_in(
    office: Office, postbox: Postbox, client: Client
) -> None:
    with postbox.open():
        invited = office.invite(Permission.SELL)
    assert invited.link is not None
    assert (invited.link.mailed, invited.link.url) == (True, "")
    assert invited.user.state is UserState.INVITED

    choose_password(client, postbox.link_for(invited.user.email))
    claims = Visitor(client).sign_in(invited.user.username, PASSWORD).claims
    assert set(claims["groups"]) == {"/agencies/alpenreisen", "/agencies/alpenreisen/sell"}


def test_another_mail_is_sent_to_whoever_lost_the_first(office: Office, postbox: Postbox) -> None:
    with postbox.open():
        invited = office.invite()
        postbox.letters.clear()
        again = invite.renew_link(invited.user.id, key=uuid4(), **office.tools())
    assert again.link is not None
    assert again.link.mailed
    assert postbox.link_for(invited.user.email)


def test_a_mail_that_cannot_be_sent_is_sent_when_the_mail_server_is_back(
    office: Office, postbox: Postbox
) -> None:
    key, tools = uuid4(), office.tools()
    person: dict[str, Any] = {"key": key, **tools}
    wanted = office.somebody(Permission.SELL)
    assert invite.invite(wanted, **person) is None  # asked, and nobody knows what became of it
    assert postbox.letters == []

    with postbox.open():
        recover(office)
    assert postbox.link_for(wanted.email)
    standing = invite.invite(wanted, **person)  # the same wish again makes no second account
    assert standing is not None
    assert standing.user.email == wanted.email
    assert len(postbox.letters) == 1
