"""One story from its seed: trouble, then calm, then the end of everything that ends by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from agenturclient.sales.recover import Recovery
from tests.flows.conftest import NOON
from tests.simulation.agents import Tab
from tests.simulation.invariants import Truth
from tests.simulation.plan import Plan, make_plan
from tests.simulation.scheduler import Scheduler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from agenturclient.sales.details import OrderDetail
    from tests.simulation.network import Network
    from tests.simulation.stages import Stage
    from tests.simulation.store import Store

_TROUBLE_LASTS = timedelta(hours=2)
# Once the faults stop, nothing may stay in doubt for longer.
_SETTLED_WITHIN = timedelta(minutes=5)
_ALL_ENDS_WITHIN = timedelta(hours=2)
_GRACE = timedelta(seconds=31)
_IDLE_SECONDS = 30.0
_MOST_PASSES = 200
_WORKER = "worker"
_DUE = """
    SELECT MIN(MAX(next_at, lease_until)) FROM sales_operation WHERE state <> 'settled'
"""
_ENDING = """
    SELECT MIN(ends) FROM (
        SELECT hold_until AS ends FROM sales_sale WHERE state = 'held'
        UNION ALL SELECT valid_until FROM sales_refund WHERE state = 'quoted')
"""


@dataclass(frozen=True)
class Verdict:
    """What became of a seed."""

    seed: int
    problems: tuple[str, ...]
    story: tuple[str, ...]


@dataclass(frozen=True)
class Theatre:
    """Where stories are told: the database, where they begin, and the line to the distributor.

    `focus` may bring about circumstances in which something matters more often.
    """

    store: Store
    stages: tuple[Stage, ...]
    line: type[Network]
    focus: Callable[[Plan], Plan]


def tell_story(seed: int, theatre: Theatre) -> Verdict:
    """Run one seed from the beginning to the end."""
    random = Random(seed)  # noqa: S311 - chance, not secrecy
    plan = theatre.focus(make_plan(random))
    scheduler = Scheduler(random, NOON + timedelta(seconds=30), plan.chaos)
    scheduler.story.append(f"seed {seed}: {plan}")
    world = _World(plan, scheduler, theatre)
    store, stage = theatre.store, theatre.stages[plan.stage]
    store.restore(stage.snapshot)
    store.hook = scheduler.interrupt
    try:
        for act in (world.trouble, world.calm, world.end):
            if not scheduler.problems:
                act()
    finally:
        scheduler.close()
        store.hook = _nothing
    return Verdict(seed, tuple(dict.fromkeys(scheduler.problems)), tuple(scheduler.story))


def _nothing() -> None:
    return


class _World:
    def __init__(self, plan: Plan, scheduler: Scheduler, theatre: Theatre) -> None:
        self._plan, self._scheduler, self._store = plan, scheduler, theatre.store
        self._stage = theatre.stages[plan.stage]
        self._far = self._stage.distributor(scheduler, plan.abilities, plan.knobs)
        self._truth = Truth(theatre.store, self._far)
        self._network = theatre.line(self._far, scheduler, plan.weather, self._after_effect)
        self._closing = False
        self._recovery = Recovery(self._network, scheduler)

    def trouble(self) -> None:
        """Agents, workers and faults, until the agents have gone home."""
        tabs = [self._tab(name) for name in "AB"[: self._plan.tabs]]
        agents = [
            self._scheduler.spawn(tab.name, partial(tab.work, self._plan.clicks), mortal=False)
            for tab in tabs
        ]
        for number in range(self._plan.workers):
            self._hire(number)
        self._run(lambda: not any(agent in self._scheduler.processes for agent in agents))

    def calm(self) -> None:
        """The faults stop; what is under way ends, and recovery finds out the rest."""
        self._plan.chaos.calm()
        self._plan.weather.calm()
        self._scheduler.tell("the faults have stopped")
        self._run(self._only_workers_are_left)
        self._closing = True
        self._run(lambda: False)
        self._pass_time(_SETTLED_WITHIN, ending=False)
        self._blame(self._truth.settled())

    def end(self) -> None:
        """Holds and quotes end by themselves; then the books are compared."""
        self._pass_time(_ALL_ENDS_WITHIN, ending=True)
        self._blame(self._truth.settled())
        self._blame(self._truth.there())
        self._blame(self._truth.here())
        self._blame(self._truth.books())

    # --- inside

    def _only_workers_are_left(self) -> bool:
        return all(each.name.startswith(_WORKER) for each in self._scheduler.processes)

    def _run(self, until: Callable[[], bool]) -> None:
        self._scheduler.run(until=until, limit=self._scheduler.moment + _TROUBLE_LASTS)

    def _tab(self, name: str) -> Tab:
        return Tab(
            name=f"tab {name}",
            number=self._stage.order,
            actor=self._stage.actor,
            network=self._network,
            store=self._store,
            scheduler=self._scheduler,
            wanders=self._plan.wanders,
            told=self._told,
        )

    def _hire(self, number: int) -> None:
        self._scheduler.spawn(
            f"{_WORKER} {number}",
            self._work_on,
            after=self._scheduler.random.uniform(0, 5),
            ended=lambda died: self._hire(number) if died else None,
        )

    def _work_on(self) -> None:
        """A recovery worker's life: a pass whenever something is due."""
        while not self._closing:
            due = self._due(ending=True)
            wait = (due - self._scheduler.moment).total_seconds() if due else _IDLE_SECONDS
            pause = self._scheduler.random.uniform(0, 2)
            self._scheduler.sleep(min(max(wait, 0.0), _IDLE_SECONDS) + pause)
            due = self._due(ending=True)
            if due is not None and due <= self._scheduler.moment:
                self._pass()

    def _pass_time(self, length: timedelta, *, ending: bool) -> None:
        """Recovery alone, pass after pass, from one moment when something is due to the next."""
        limit = self._scheduler.moment + length
        for _ in range(_MOST_PASSES):
            due = self._due(ending=ending)
            if due is None or due > limit or self._scheduler.problems:
                return
            after = max((due - self._scheduler.moment).total_seconds(), 0.5)
            self._scheduler.spawn("last worker", self._pass, after=after, mortal=False)
            self._run(lambda: False)
        self._scheduler.blame("recovery does not come to an end")

    def _pass(self) -> None:
        if self._scheduler.current is not None:
            self._scheduler.current.frozen = False
        self._recovery.run_once()

    def _due(self, *, ending: bool) -> datetime | None:
        """When the next operation (or the end of a hold or quote) is due."""
        found = [_moment(value) for (value,) in self._store.rows(_DUE) if value]
        if ending:
            found += [_moment(value) + _GRACE for (value,) in self._store.rows(_ENDING) if value]
        return min(found, default=None)

    def _after_effect(self, state: str, subject: str) -> None:
        asker = self._scheduler.current
        self._blame(self._truth.there())
        if state and asker is not None and not asker.frozen:
            self._blame(self._truth.asked(state, subject))

    def _told(self, order: OrderDetail) -> None:
        self._blame(self._truth.acknowledged(order))
        self._blame(self._truth.here())

    def _blame(self, problems: Iterable[str]) -> None:
        for problem in problems:
            self._scheduler.blame(problem)


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(f"{value}+00:00")
