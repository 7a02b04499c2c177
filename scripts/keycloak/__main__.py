"""`make keycloak`: a Keycloak cluster on this machine until Ctrl-C.

NODES says how many nodes (2), CLUSTER how they find each other (stateless, jgroups or dns),
KEYCLOAK_PORT where people sign in (8180), SHOP_URL which shop they come from. What belongs to the
program that signs in there stands in `connection.json` in the state folder, for its owner only.
"""

import json
import os
import signal
import sys
import threading
import time
from typing import Final

from scripts.alone import only_one
from scripts.environment import port, write_private
from scripts.keycloak.cluster import Cluster
from scripts.keycloak.folders import HOST, KeycloakProblem, run_folder
from scripts.keycloak.layout import Layout
from scripts.mariadb import ServerFailed, ServerMissing
from scripts.steps import say

_WATCH_SECONDS: Final = 0.5


def main() -> None:
    """Prepare, start, say where and who, then wait for Ctrl-C."""
    started = time.monotonic()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    with only_one(run_folder(), "A Keycloak"):
        try:
            cluster = Cluster(run_folder(), _layout())
            changes = cluster.start()
        except (KeycloakProblem, ServerFailed, ServerMissing) as problem:
            sys.exit(str(problem))
        for change in changes:
            say(f"  {change}")
        _welcome(cluster, time.monotonic() - started)
        while not stop.wait(_WATCH_SECONDS):
            cluster.keep_alive()
        say("Stopping ...")
        started = time.monotonic()
        cluster.stop()
        say(f"Stopped in {time.monotonic() - started:.1f} s.")


def _layout() -> Layout:
    nodes = os.environ.get("NODES") or "2"
    if not nodes.isdecimal():
        raise KeycloakProblem(f"NODES must be a number, not {nodes!r}.")
    return Layout(
        port=port("KEYCLOAK_PORT", Layout.port),
        nodes=int(nodes),
        variant=os.environ.get("CLUSTER") or Layout.variant,
        shop_url=os.environ.get("SHOP_URL") or Layout.shop_url,
    )


def _welcome(cluster: Cluster, seconds: float) -> None:
    """Tell people and programs how to reach it."""
    write_private(run_folder() / "connection.json", json.dumps(cluster.connection(), indent=1))
    nodes = ", ".join(f"{node.name} {node.address}" for node in cluster.nodes)
    say(f"\nKeycloak ({cluster.layout.variant}) runs   (started in {seconds:.1f} s)\n")
    say(f"  sign-in   {cluster.address}/realms/agenturclient/account")
    say(f"  console   {cluster.internal_address}/admin/   admin")
    say(f"            {cluster.secrets['CONSOLE_PASSWORD']}")
    say(f"  nodes     {nodes}")
    say(f"  database  {HOST}:{cluster.database.port}\n")
    for user in cluster.users:
        say(f"  {user.username:<10} {user.password}  {' '.join(user.groups)}")
    say(f"\nLogs: {run_folder()}   Stop: Ctrl-C")


if __name__ == "__main__":
    main()
