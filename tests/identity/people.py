"""Managing people at a real Keycloak: the directory over a wire whose answers can be lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

import httpx
from django.db import connection

from agenturclient.identity.accounts import actor_for
from agenturclient.identity.actors import Permission
from agenturclient.identity.directory.keycloak.admin_api import AdminApi
from agenturclient.identity.directory.keycloak.directory import KeycloakDirectory
from agenturclient.identity.keycloak.client import Keycloak
from agenturclient.identity.keycloak.config import KeycloakConfig
from agenturclient.identity.models import Agency, Branch, User
from agenturclient.identity.users import invite, mirror
from agenturclient.identity.users.details import InvitationCriteria
from agenturclient.kernel.clock import SystemClock
from agenturclient.outbound.client import Clients
from agenturclient.outbound.guard import Guard, GuardConfig, Lane

if TYPE_CHECKING:
    import ssl

    from agenturclient.identity.users.details import Invited
    from scripts.keycloak.cluster import Cluster


@dataclass
class Wire:
    """What stands between us and Keycloak. `lose` names a write (method and the end of its path)
    that is lost: before it arrives or (`after`) once it has been done.
    """

    lose: tuple[str, str] | None = None
    after: bool = True
    cut: bool = False
    lost: list[str] = field(default_factory=list)
    clients: list[Clients] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_why: object) -> None:
        for each in self.clients:
            each.close()

    def transport(self, _keep: bool, context: ssl.SSLContext) -> httpx.BaseTransport:  # noqa: FBT001 - as the port has it
        """The real transport behind this wire."""
        return _Transport(self, httpx.HTTPTransport(verify=context))


class _Transport(httpx.BaseTransport):
    def __init__(self, wire: Wire, real: httpx.BaseTransport) -> None:
        self._wire = wire
        self._real = real

    def close(self) -> None:
        self._real.close()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self._wire.cut:
            raise httpx.ConnectError("cut")
        lose = self._wire.lose
        path = request.url.path
        if lose is None or request.method != lose[0] or not path.endswith(lose[1]):
            return self._real.handle_request(request)
        self._wire.lose = None
        self._wire.lost.append(f"{request.method} {path.rpartition('/')[2]}")
        if self._wire.after:
            answer = self._real.handle_request(request)
            answer.read()
            answer.close()
        raise httpx.ReadError("lost")


@dataclass
class Office:
    """An agency at Keycloak with its admin; `wire` is between."""

    agency: Agency
    admin: User
    directory: KeycloakDirectory
    wire: Wire

    def tools(self) -> dict[str, Any]:
        """What every use case takes."""
        actor = actor_for(User.objects.get(pk=self.admin.pk), {})
        return {"actor": actor, "directory": self.directory, "clock": SystemClock()}

    def invite(self, *rights: Permission) -> Invited:
        """Somebody new is invited."""
        invited = invite.invite(self.somebody(*rights), key=uuid4(), **self.tools())
        assert invited is not None
        return invited

    @staticmethod
    def somebody(*rights: Permission) -> InvitationCriteria:
        """Somebody new, with an address of their own."""
        name = uuid4().hex[:8]
        return InvitationCriteria(
            "Ida", f"Amrein {name}", f"{name}@agency.example", frozenset(rights), "main"
        )

    def account(self, user: int) -> Any:
        """What Keycloak knows of somebody."""
        found = self.directory.account(User.objects.get(pk=user).subject)
        assert found is not None
        return found


def open_office(cluster: Cluster, wire: Wire, code: str, admin: str) -> Office:
    """The agency and its admin (by user name), as they are at Keycloak."""
    directory = directory_of(cluster, wire)
    agency, _ = Agency.objects.get_or_create(code=code, defaults={"name": code.title()})
    Branch.objects.get_or_create(agency=agency, code="main", defaults={"name": "Main"})
    with cluster.admin() as api:
        (found,) = api.get("/agenturclient/users", username=admin, exact=True)
    account = directory.account(found["id"])
    assert account is not None
    # Whatever the demonstration gives: who gives a right has it.
    directory.change_rights(account.subject, code, frozenset(Permission))
    account = directory.account(found["id"])
    assert account is not None
    user = mirror.record(account, issuer=directory.issuer)
    return Office(agency, user, directory, wire)


def directory_of(cluster: Cluster, wire: Wire) -> KeycloakDirectory:
    """The directory as the program is wired to it, over this wire."""
    config = KeycloakConfig(
        issuer=cluster.issuer,
        internal_url=cluster.issuer.replace(cluster.address, cluster.internal_address),
        client_id="agenturclient",
        client_secret="",
        admin_client_id="agentur-useradmin",
        admin_client_secret=cluster.secrets["USERADMIN_SECRET"],
    )
    clients = Clients(transport=wire.transport)
    wire.clients.append(clients)
    lanes = {name: Lane(4, None) for name in ("sign-in", "directory", "service-account")}
    guard = Guard(
        GuardConfig(lanes=lanes, system="keycloak", before_call=_no_transaction),
        clients=clients,
    )
    account = Keycloak(config, guard).service_account
    api = AdminApi(config.admin_url, guard, account, seconds=10.0)
    return KeycloakDirectory(config.issuer, api, sends_mail=False)


def _no_transaction() -> None:
    """Law 1, as the program's own wiring holds it."""
    assert not connection.in_atomic_block
