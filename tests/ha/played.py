"""The whole run, act after act on one shop, and what each came to."""

from dataclasses import dataclass
from pathlib import Path

from scripts.ha.processes import Release
from tests.faults.books import sold_here, sold_there, sold_twice
from tests.ha.agents import Agents
from tests.ha.onlooker import Onlooker, Seen
from tests.ha.releases import next_release, this_release
from tests.ha.requests import Record, Sample
from tests.ha.shop import Shop, running_shop
from tests.ha.story import (
    RATE,
    Act,
    come_to_rest,
    kill_recover,
    kill_web,
    restart_database,
    roll_again_and_again,
    roll_carelessly,
    stop_half_way,
)


@dataclass(frozen=True)
class Working:
    """The requests of each act while people worked, and what a browser saw of the rollouts."""

    rolling: list[Sample]
    web_killed: list[Sample]
    recover_killed: list[Sample]
    restarting: list[Sample]
    back_after: float
    seen: Seen


@dataclass(frozen=True)
class Controls:
    """What the same shop costs people with and without a guard: failures in words."""

    drained: list[str]
    not_drained: list[str]
    missing: list[str]
    missing_without_shelf: list[str]


@dataclass(frozen=True)
class Books:
    """Both books at the end of everything. `sold` is what people were told, `lost` the part of it
    that our own books do not know, `unsold` what came to rest otherwise.
    """

    sold: int
    unsold: list[str]
    lost: list[str]
    sold_twice: list[str]
    calm_after: float
    differences: list[str]


@dataclass(frozen=True)
class Played:
    """The whole run."""

    working: Working
    controls: Controls
    books: Books
    record: Record


def play(folder: Path, browser: str) -> Played:
    """Everything in one go: each act begins where the one before left the shop."""
    old, new = this_release(folder), next_release(folder)
    record = Record()
    with running_shop(folder / "shop", old) as shop:
        onlooker = Onlooker(shop, folder, browser)
        try:
            with Agents(shop.address, shop.passwords, record, RATE) as agents:
                working = _work(shop, onlooker, record, (old, new))
        finally:
            onlooker.close()
        controls = _controls(shop, old, new)
        return Played(working, controls, _books(shop, agents), record)


def _work(
    shop: Shop, onlooker: Onlooker, record: Record, releases: tuple[Release, Release]
) -> Working:
    onlooker.start()
    rolling = roll_again_and_again(shop, record, *releases)
    seen = onlooker.seen()
    web_killed = kill_web(shop, record)
    recover_killed = kill_recover(shop, record)
    restarting = restart_database(shop, record)
    during = _requests(record, restarting)
    last = max((each.ended for each in during if each.failed), default=restarting.since)
    return Working(
        rolling=_requests(record, rolling),
        web_killed=_requests(record, web_killed),
        recover_killed=_requests(record, recover_killed),
        restarting=during,
        back_after=last - restarting.since,
        seen=seen,
    )


def _requests(record: Record, act: Act) -> list[Sample]:
    return record.between(act.since, act.until)


def _controls(shop: Shop, old: Release, new: Release) -> Controls:
    drained = roll_carelessly(shop, new, drain=True)
    not_drained = roll_carelessly(shop, old, drain=False)
    return Controls(drained, not_drained, *stop_half_way(shop, new))


def _books(shop: Shop, agents: Agents) -> Books:
    calm_after, found = come_to_rest(shop)
    ours = {reference.split("-", maxsplit=1)[0] for reference in sold_here(shop)}
    return Books(
        sold=len(agents.sold),
        unsold=agents.unsold,
        lost=sorted(set(agents.sold) - ours),
        sold_twice=sold_twice(sold_there(shop)),
        calm_after=calm_after,
        differences=found,
    )
