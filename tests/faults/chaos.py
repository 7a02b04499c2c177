"""What goes wrong, and when: faults on every call, and a process that dies every few seconds."""

import itertools
import random
import time
from collections.abc import Callable
from typing import Final

from tests.faults.cluster import Cluster
from tests.faults.processes import DEADLINE_SECONDS

_POLL_SECONDS: Final = 0.1
_ANYWHERE: Final = (
    "delay",
    "refuse",
    "error-before",
    "error-after",
    "lost-after",
    "reset-before",
    "too-many-requests",
)
_MORE: Final = {
    "booking": ("price-change", "expired-offer"),
    "fulfillment": ("late-documents",),
}
# A delay of these is only waited for; any other is longer than the deadline.
_CALLS_OF_NO_WEIGHT: Final = {"places", "offers", "token", "document"}
_A_WHILE: Final = 0.5
_OPERATIONS: Final = (
    "places",
    "offers",
    "booking",
    "booking-read",
    "fulfillment",
    "refund-offer",
    "refund-confirm",
    "refund-read",
    "bookings-search",
    "token",
    "document",
)


def storm(cluster: Cluster, share: float) -> None:
    """Break this share of the calls on the way, and as many at the distributor."""
    cluster.proxy.share = share
    for operation in _OPERATIONS:
        faults = (*_ANYWHERE, *_MORE.get(operation, ()))
        # Each fault throws its own dice: together they strike the share asked for.
        each = 1 - (1 - share) ** (1 / len(faults))
        seconds = _A_WHILE if operation in _CALLS_OF_NO_WEIGHT else DEADLINE_SECONDS + 2
        for fault in faults:
            cluster.distributor.fault(operation, fault, share=each, seconds=seconds)


def calm(cluster: Cluster) -> None:
    """No more faults."""
    cluster.proxy.share = 0.0
    cluster.distributor.clear_faults()


def harm_until(
    done: Callable[[], bool], cluster: Cluster, *, every: float, seconds: float, seed: int
) -> None:
    """Kill and stop processes in turn, the next one `every` seconds after the last, until it is
    done. Fails after `seconds` in all.
    """
    end = time.monotonic() + seconds
    turns = _turns(cluster, seed)
    while not done():
        resting = time.monotonic() + every
        while time.monotonic() < resting and not done():
            assert time.monotonic() < end, f"not done after {seconds:.0f} s"
            time.sleep(_POLL_SECONDS)
        if not done():
            next(turns)()


def _turns(cluster: Cluster, seed: int) -> "itertools.chain[Callable[[], None]]":
    chance = random.Random(seed)  # noqa: S311 - variety, not secrecy
    acts: list[Callable[[], None]] = [
        lambda: cluster.kill_web(0),
        lambda: cluster.kill_web(1),
        lambda: cluster.kill_recover(0),
        lambda: cluster.kill_recover(1),
        cluster.kill_distributor,
        cluster.kill_database,
        lambda: cluster.pause_web(chance.randrange(2)),
        lambda: cluster.pause_recover(chance.randrange(2)),
        cluster.refuse_connections,
    ]
    return itertools.chain.from_iterable(chance.sample(acts, len(acts)) for _ in itertools.count())
