"""What is done to the shop while people work with it, act by act."""

import os
import re
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Final

from scripts.ha.processes import Release
from tests.faults.books import differences
from tests.ha.agents import Agents
from tests.ha.requests import Record, failures
from tests.ha.shop import CARELESS, Shop

RATE: Final = float(os.environ.get("RATE", "50"))
ROLLS: Final = int(os.environ.get("ROLLS", "10"))
AFTERMATH_SECONDS: Final = 10.0
_WARM_SECONDS: Final = 5.0
_CALM_SECONDS: Final = 25.0
_BREATH_SECONDS: Final = 4.0
_REST_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.2
_PAGE_LOADS: Final = 20
_FILES: Final = re.compile(r'(?:src|href)="(/static/[^"]+)"')


@dataclass(frozen=True)
class Act:
    """A part of the run, by the clock of the samples."""

    since: float
    until: float


def roll_again_and_again(shop: Shop, record: Record, old: Release, new: Release) -> Act:
    """Ten rollouts: each brings the other release, forward and back again; the migration comes
    before the first.
    """
    time.sleep(_WARM_SECONDS)
    since = record.mark("migration")
    shop.migrate(new)
    time.sleep(_BREATH_SECONDS)
    for number in range(ROLLS):
        release = old if number % 2 else new
        record.mark(f"{number + 1}: {release.name}")
        shop.roll(release)
        time.sleep(_BREATH_SECONDS)
    return Act(since, time.monotonic())


def kill_web(shop: Shop, record: Record) -> Act:
    """SIGKILL for a web process and all its workers; it is started again, as Kubernetes does."""
    time.sleep(_CALM_SECONDS)  # the last rollout and the browser are over, and what they held up
    since = record.mark("kill -9 web")
    shop.webs.members[0].kill()
    return _aftermath(shop, since)


def kill_recover(shop: Shop, record: Record) -> Act:
    """SIGKILL for a recover process, which is started again."""
    since = record.mark("kill -9 recover")
    shop.recovers.members[0].kill()
    return _aftermath(shop, since)


def restart_database(shop: Shop, record: Record) -> Act:
    """MariaDB is stopped and started again."""
    since = record.mark("MariaDB restarts")
    shop.database.restart()
    return _aftermath(shop, since, seconds=AFTERMATH_SECONDS * 2)


def roll_carelessly(shop: Shop, release: Release, *, drain: bool) -> list[str]:
    """A rollout seen through the door that never asks again; the failures of its people."""
    record = Record()
    with Agents(CARELESS, shop.passwords, record, RATE):
        shop.roll(release, drain=drain)
    return failures(record.samples)


def stop_half_way(shop: Shop, release: Release) -> tuple[list[str], list[str]]:
    """A rollout that stands still while one web of each release serves: files that a page names and
    does not get, through the door as it should be and through the careless one.
    """
    for _ in shop.assets.roll(release, shop.environment):
        pass
    webs = shop.webs.roll(release, shop.environment)
    next(webs)
    missing = _missing_files(shop.address), _missing_files(CARELESS)
    for _ in webs:
        pass
    shop.assets.await_leaving()
    shop.webs.await_leaving()
    return missing


def come_to_rest(shop: Shop) -> tuple[float, list[str]]:
    """Seconds until nothing is open and the books agree, and what speaks against us then."""
    begun = time.monotonic()
    while (found := differences(shop)) and time.monotonic() - begun < _REST_SECONDS:
        shop.keep_alive()
        time.sleep(_POLL_SECONDS)
    return time.monotonic() - begun, found


def _aftermath(shop: Shop, since: float, seconds: float = AFTERMATH_SECONDS) -> Act:
    """What dies is started again meanwhile. What was asked in this time has its answer before the
    next act begins.
    """
    while time.monotonic() < since + seconds + _BREATH_SECONDS:
        shop.keep_alive()
        time.sleep(_POLL_SECONDS)
    return Act(since, since + seconds)


def _missing_files(address: str) -> list[str]:
    """Load the page a few times, as a browser that keeps nothing."""
    missing = []
    for _ in range(_PAGE_LOADS):
        with urllib.request.urlopen(f"{address}/") as page:  # noqa: S310 - our own loopback address
            named = _FILES.findall(page.read().decode())
        for path in named:
            try:
                urllib.request.urlopen(f"{address}{path}").close()  # noqa: S310 - as above
            except urllib.error.HTTPError as error:
                missing.append(f"{error.code} {path}")
    return missing
