"""Kills a node while people sign in and work, and says what that cost."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scripts.keycloak.cluster import Cluster
from tests.figures import Figures
from tests.identity.traffic import Failure, Traffic
from tests.identity.visitor import Client, Visitor

_BEFORE_SECONDS: Final = 8.0
_LOOK_SECONDS: Final = 0.2


@dataclass(frozen=True)
class Cost:
    """What the death of one node cost the people at the proxy."""

    requests: int
    failures: tuple[Failure, ...]
    last_failure: float
    lost: int
    unready: float
    """Seconds for which the survivor said that it is not ready."""

    @property
    def share_failed(self) -> float:
        """Failed requests per request."""
        return len(self.failures) / self.requests

    def tell(self, figures: Figures, about: str, *, sessions: int, promised: bool) -> None:
        """Note it in the table."""

        def note(what: str, seen: str, promise: str) -> None:
            figures.add(f"{about}: {what}", seen, promise if promised else "recorded")

        failed = f"{len(self.failures)} of {self.requests} ({self.share_failed:.2%})"
        note("requests failed", failed, "<= 1 %")
        note("last failure after", f"{self.last_failure:.2f} s", "<= 2 s")
        note("survivor not ready for", f"{self.unready:.1f} s", "0 s")
        figures.add(f"{about}: sessions lost", f"{self.lost} of {sessions}", "0")


def kill_under_traffic(
    cluster: Cluster,
    client: Client,
    sessions: Sequence[Visitor],
    *,
    number: int,
    logins: int,
    watch: float = 2.0,
) -> Cost:
    """Kill the node of this number (from 0) while `logins` people sign in; start it again after.

    People go on for at least `watch` seconds after the kill.
    """
    node, survivor = cluster.nodes[number], cluster.nodes[1 - number]
    moment = 0.0
    unready = 0.0
    done = threading.Event()

    def kill_and_watch() -> None:
        nonlocal moment, unready
        time.sleep(_BEFORE_SECONDS)
        moment = time.monotonic()
        node.kill()
        while not done.is_set() or time.monotonic() < moment + watch:
            time.sleep(_LOOK_SECONDS)
            if survivor.readiness() == "DOWN":  # a slow answer is none
                unready = time.monotonic() - moment

    watcher = threading.Thread(target=kill_and_watch)
    with Traffic(client, cluster.users[1:]) as traffic:
        traffic.keep_busy(sessions)
        watcher.start()
        try:
            newcomers = traffic.sign_in_many(logins)
        finally:
            done.set()
            watcher.join()  # when the watch is over
    lost = traffic.lost([*sessions, *newcomers])
    node.start()
    node.await_ready()
    return Cost(
        requests=traffic.requests,
        failures=tuple(traffic.failures),
        last_failure=traffic.last_failure_after(moment),
        lost=lost,
        unready=unready,
    )
