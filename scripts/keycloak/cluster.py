"""A Keycloak cluster on this machine: nodes on one private MariaDB, a proxy in front, the realms.

The same class serves `make keycloak` and the tests, which kill parts of it.
"""

import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from keycloak.applier.admin import AdminApi, AdminRefused
from keycloak.applier.declared import read_declaration
from keycloak.applier.realm import apply_realm
from scripts.keycloak import snapshot
from scripts.keycloak.credentials import ADMIN_CLIENT, kept_secrets, password_of
from scripts.keycloak.distribution import Distribution, build
from scripts.keycloak.folders import DECLARED, HOST, KeycloakProblem, clean_environment
from scripts.keycloak.layout import REALM, DemoUser, Layout, declared_users, realm_files
from scripts.keycloak.node import Node, Ports
from scripts.keycloak.proxy import Proxy, need_haproxy
from scripts.keycloak.variants import HEADLESS_SERVICE, read_variant
from scripts.mariadb import Login, MariaDB

_DATABASE: Final = "keycloak"


class Cluster:
    """Database, nodes and proxy, with their state in one folder.

    As a context manager it is started at the beginning and stopped at the end. Start it from a
    thread that lives as long as the cluster is to.
    """

    def __init__(self, folder: Path, layout: Layout | None = None) -> None:
        """Fetches and builds Keycloak when that was not done before.

        Raises KeycloakProblem and ServerMissing, whose texts say what to install.
        """
        self.layout = layout or Layout()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        need_haproxy()
        self.database = MariaDB(folder / "database", port=self.layout.port + 2)
        self._variant = read_variant(self.layout.variant)
        self._distribution = build(self._variant)
        self.secrets = kept_secrets([user["username"] for user in declared_users()])
        self._login = Login(
            _DATABASE, _DATABASE, self.secrets["DATABASE_PASSWORD"], self.database.port
        )
        self.nodes = [self.node(number + 1) for number in range(self.layout.nodes)]
        addresses = {node.ports.jgroups[0] for node in self.nodes}
        (folder / "hosts").write_text(
            "".join(f"{address} {HEADLESS_SERVICE}\n" for address in sorted(addresses)), "utf-8"
        )
        self.proxy = Proxy(
            folder, self.nodes, public=self.layout.port, internal=self.layout.port + 1
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def address(self) -> str:
        """Where people sign in; the beginning of the issuer's name."""
        return f"http://{HOST}:{self.layout.port}"

    @property
    def internal_address(self) -> str:
        """The same Keycloak for our own processes, with the Admin API and the console."""
        return f"http://{HOST}:{self.layout.port + 1}"

    @property
    def issuer(self) -> str:
        """The `iss` of its tokens."""
        return f"{self.address}/realms/{REALM}"

    @property
    def users(self) -> list[DemoUser]:
        """The people of the demonstration, with their passwords."""
        return [
            DemoUser(
                user["username"],
                password_of(user["username"], self.secrets),
                tuple(user.get("groups", ())),
            )
            for user in declared_users()
        ]

    def connection(self) -> dict[str, object]:
        """What the program that signs people in here has to know; secrets included."""
        return {
            "issuer": self.issuer,
            "internal_url": self.issuer.replace(self.address, self.internal_address),
            "client_id": REALM,
            "client_secret": self.secrets["AGENTURCLIENT_SECRET"],
            "admin_client_id": "agentur-useradmin",
            "admin_client_secret": self.secrets["USERADMIN_SECRET"],
            "users": {user.username: user.password for user in self.users},
        }

    def start(self) -> list[str]:
        """Start everything and apply the realms; returns what that changed.

        On an empty folder the database is made from a snapshot when there is one.

        Raises KeycloakProblem, ServerFailed.
        """
        try:
            return self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End everything in order."""
        self.proxy.stop()
        for node in self.nodes:
            node.begin_stop()
        for node in self.nodes:
            node.stop()
        self.database.stop()

    def keep_alive(self) -> None:
        """Start again what has died. Raises ServerFailed when the database cannot."""
        if not self.database.is_running():
            self.database.start()
        for node in self.nodes:
            node.keep_alive()
        self.proxy.keep_alive()

    def apply(self) -> list[str]:
        """Apply the realm files; returns one sentence for each change. Raises KeycloakProblem."""
        values = self._values()
        declared = [read_declaration(file, values) for file in realm_files()]
        try:
            with self.admin() as api:
                return [change for realm in declared for change in apply_realm(api, realm)]
        except AdminRefused as error:
            raise KeycloakProblem(str(error)) from error

    def admin(self, node: Node | None = None) -> AdminApi:
        """The Admin API, through the proxy or of one node. Close it, or use it in `with`."""
        address = self.internal_address if node is None else node.address
        return AdminApi(address, ADMIN_CLIENT, self.secrets["KEYCLOAK_ADMIN_CLIENT_SECRET"])

    def add_shop(self, client_id: str, shop_url: str) -> str:
        """A client like `agenturclient` for another shop; returns its secret.

        Raises KeycloakProblem.
        """
        values = self._values() | {
            "AGENTURCLIENT_URL": shop_url,
            "AGENTURCLIENT_BACKCHANNEL_URL": shop_url,
        }
        realm = read_declaration(DECLARED / "realm" / f"{REALM}.json", values)
        client = next(each for each in realm["clients"] if each["clientId"] == REALM)
        mapper = next(each for each in client["protocolMappers"] if each["name"] == "audience")
        mapper["config"]["included.client.audience"] = client_id
        with self.admin() as api:
            apply_realm(api, {"realm": REALM, "clients": [client | {"clientId": client_id}]})
        secret: str = client["secret"]
        return secret

    def _start(self) -> list[str]:
        fresh = not (self.folder / "complete").exists()
        self.database.start()
        if fresh:  # what an interrupted first start may have left
            self.database.sql(f"DROP DATABASE IF EXISTS {_DATABASE}")
        self.database.create_database(_DATABASE, password=self._login.password)
        kept = snapshot.snapshot_file(self._distribution.version, realm_files(), self.secrets)
        first = fresh and not kept.exists()
        if fresh and not first:
            snapshot.restore(self.database, self._login, kept)
        # Nodes that make the tables at once would wait for each other; nodes of one JGroups cluster
        # that look for each other at once may each take itself for the first.
        alone = first or self.layout.variant != "stateless"
        for group in [[node] for node in self.nodes] if alone else [self.nodes]:
            for node in group:
                node.start()
            for node in group:
                node.await_ready()
        self.proxy.start()
        self._await_proxy()
        changes = self.apply()
        if first:
            snapshot.take(self._login, kept)
        (self.folder / "complete").touch()
        return changes

    def _await_proxy(self) -> None:
        """The proxy has to find out first that the nodes are ready."""
        end = time.monotonic() + 20
        while True:
            try:
                with self.admin() as api:
                    api.find("/master")
            except AdminRefused as error:
                if time.monotonic() > end:
                    raise KeycloakProblem(str(error)) from error
                time.sleep(0.2)
            else:
                return

    def _values(self) -> dict[str, str]:
        return self.secrets | {
            "KEYCLOAK_URL": self.address,
            "AGENTURCLIENT_URL": self.layout.shop_url,
            "AGENTURCLIENT_BACKCHANNEL_URL": self.layout.shop_url,
        }

    def node(self, number: int, distribution: Distribution | None = None) -> Node:
        """A node of this number (from 1) on the cluster's database, not started; from another built
        distribution than its own, if given. The proxy knows those of the layout alone.
        """
        distribution = distribution or self._distribution
        name = f"node-{number}"
        port = self.layout.port
        own = {
            "KC_DB_URL": f"jdbc:mariadb://{HOST}:{self.database.port}/{_DATABASE}"
            f"{self._variant.settings['KC_DB_URL_PROPERTIES']}",
            "KC_DB_USERNAME": self._login.user,
            "KC_DB_PASSWORD": self._login.password,
            "KC_HOSTNAME": self.address,
            "KC_HOSTNAME_ADMIN": self.internal_address,
            "KC_BOOTSTRAP_ADMIN_CLIENT_ID": ADMIN_CLIENT,
            "KC_BOOTSTRAP_ADMIN_CLIENT_SECRET": self.secrets["KEYCLOAK_ADMIN_CLIENT_SECRET"],
            "KC_BOOTSTRAP_ADMIN_USERNAME": "admin",
            "KC_BOOTSTRAP_ADMIN_PASSWORD": self.secrets["CONSOLE_PASSWORD"],
        }
        hosts = (self.folder / "hosts").resolve()
        own |= self._variant.node_settings(hosts)
        return Node(
            name,
            self._variant.start_command(distribution.program, name, distribution.version),
            Ports(
                port + 10 + number,
                port + 20 + number,
                self._variant.jgroups_place(number, port + 30),
            ),
            settings=clean_environment() | self._variant.settings | own,
            log=self.folder / f"{name}.log",
        )
