"""`make ha`: a shop of many processes on this machine, and how to break it.

MariaDB, two each of web, recover and assets, HAProxy and the sandbox distributor, until Ctrl-C.
What dies is started again. SIGUSR1 rolls out: web, recover and assets are replaced one by one. PORT
is where the proxy listens (8000); the ports above it are used too. With AUTH=keycloak people sign
in at a cluster of its own, whose proxy is at KEYCLOAK_PORT (8180).
"""

import json
import os
import signal
import sys
import threading
import time
from contextlib import ExitStack
from typing import Final

from scripts.alone import need_free, only_one
from scripts.environment import ROOT, demo_environment, port, state_dir, write_private
from scripts.ha.processes import NeverReady, Release
from scripts.ha.site import PORTS, Site
from scripts.ha.told import how_to_break_it, who_runs
from scripts.haproxy import HOST, ProxyFailed, ProxyMissing
from scripts.keycloak.cluster import Cluster
from scripts.keycloak.folders import KeycloakProblem, run_folder
from scripts.keycloak.layout import Layout
from scripts.mariadb import ServerFailed, ServerMissing
from scripts.run import welcome
from scripts.steps import say

_DEFAULT_PORT: Final = 8000
_WATCH_SECONDS: Final = 0.2
_PROBLEMS: Final = (
    *(KeycloakProblem, NeverReady, ProxyFailed, ProxyMissing),
    *(ServerFailed, ServerMissing),
)


def main() -> None:
    """Prepare, start, say where, who and how, then keep it alive until Ctrl-C."""
    stop, roll = threading.Event(), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    signal.signal(signal.SIGUSR1, lambda *_: roll.set())
    first = port("PORT", _DEFAULT_PORT)
    with only_one(state_dir(), "A shop"):
        for each in range(first, first + PORTS):
            need_free(each, "PORT")
        try:
            _serve(first, stop, roll)
        except _PROBLEMS as problem:
            sys.exit(str(problem))


def _serve(first: int, stop: threading.Event, roll: threading.Event) -> None:
    started = time.monotonic()
    with ExitStack() as ends:
        cluster = _sign_in(f"http://{HOST}:{first}", ends)
        site = ends.enter_context(Site(state_dir(), first, Release("this tree", ROOT)))
        site.start(demo_environment(web_port=first, sandbox_port=first))
        welcome(site.address, site.users, time.monotonic() - started)
        told = ""
        while not stop.wait(_WATCH_SECONDS):
            if (now := who_runs(site, cluster)) != told:
                told = now
                say("\n".join([told, how_to_break_it(site, os.getpid())]))
                say(f"Logs: {state_dir() / 'log'}   Stop: Ctrl-C")
            site.keep_alive()
            if cluster is not None:
                cluster.keep_alive()
            if roll.is_set():
                roll.clear()
                _roll(site)
        say("Stopping ...")
        stopped = time.monotonic()
    say(f"Stopped in {time.monotonic() - stopped:.1f} s.")


def _roll(site: Site) -> None:
    try:
        site.roll(site.release)
    except NeverReady as problem:
        say(f"{problem}\nThose that were not replaced yet go on serving.")


def _sign_in(shop_url: str, ends: ExitStack) -> Cluster | None:
    """The cluster that people sign in at, started; none with local sign-in."""
    if os.environ.get("AUTH") != "keycloak":
        return None
    say("Starting Keycloak ...")
    layout = Layout(port=port("KEYCLOAK_PORT", Layout.port), shop_url=shop_url)
    cluster = ends.enter_context(Cluster(run_folder(), layout))
    write_private(run_folder() / "connection.json", json.dumps(cluster.connection(), indent=1))
    return cluster


if __name__ == "__main__":
    main()
