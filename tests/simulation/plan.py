"""What kind of story a seed tells.

Each story has its own mixture of faults (many have none of a kind): mixtures find more than an
even drizzle of everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from agenturclient.sales.ports import Abilities
from tests.fake_books import Knobs
from tests.simulation.network import WRITE_FATES, Weather
from tests.simulation.scheduler import Chaos

if TYPE_CHECKING:
    from random import Random


@dataclass(frozen=True)
class Plan:
    """The circumstances of one story; `stage` is an index into those of `stages.make_stages`."""

    stage: int
    tabs: int
    clicks: int
    workers: int
    abilities: Abilities
    knobs: Knobs
    chaos: Chaos
    weather: Weather
    wanders: float

    def __str__(self) -> str:
        able = self.abilities
        words = [
            name
            for name in ("find_by_reference", "honours_keys", "lists_quotes", "reads_quotes")
            if getattr(able, name)
        ]
        words += ["partial_refund"] if able.partial_refund else []
        return (
            f"stage {self.stage}, {self.tabs} tabs, {self.clicks} clicks, "
            f"{self.workers} workers, {self.chaos}, {self.weather}, able: {' '.join(words)}"
        )


def make_plan(random: Random) -> Plan:
    """The next story's circumstances."""
    return Plan(
        stage=4 * random.randrange(4) + random.choice((0, 0, 1, 1, 2, 3, 3)),
        tabs=random.choice((1, 1, 2)),
        clicks=random.choice((1, 2, 2, 3, 4)),
        workers=random.choice((1, 1, 2)),
        abilities=Abilities(
            find_by_reference=random.random() < 0.5,
            honours_keys=random.random() < 0.5,
            lists_quotes=random.random() < 0.6,
            reads_quotes=random.random() < 0.6,
            partial_refund=random.random() < 0.7,
        ),
        knobs=Knobs(
            documents_after=timedelta(seconds=random.choice((0, 0, 1, 20, 90))),
            collective=random.random() < 0.3,
        ),
        chaos=Chaos(
            crash=random.choice((0.0, 0.0, 0.005, 0.03)),
            freeze=random.choice((0.0, 0.0, 0.005, 0.02)),
            switch=random.choice((0.1, 0.4)),
            at_calls=random.choice((1.0, 10.0)),
        ),
        weather=Weather(
            fault=random.choice((0.0, 0.15, 0.4, 0.7)),
            surprise=random.choice((0.0, 0.0, 0.2)),
            latest=random.choice((20.0, 150.0, 600.0)),
            favourite=random.choice((None, *WRITE_FATES)),
            latency=random.choice((0.3, 0.3, 6.0)),
        ),
        wanders=random.choice((0.0, 0.0, 0.15)),
    )
