"""What the metrics page reads when it is asked: the tables, and the processes themselves."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from django.db import DatabaseError
from prometheus_client import Metric, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from agenturclient import bootstrap
from agenturclient.sales import backlog, differences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

logger = logging.getLogger(__name__)


class Books(Collector):
    """Open operations of the journal and open differences.

    Without the database only `agenturclient_database_up` is told, as 0: a zero elsewhere would say
    that nothing is open.
    """

    def collect(self) -> Iterable[Metric]:
        """Called by the registry."""
        up = GaugeMetricFamily("agenturclient_database_up", "Whether the database answers.")
        try:
            found = [*_journal(), *_differences()]
        except DatabaseError:
            logger.exception("the metrics page cannot read the tables")
            found = []
        up.add_metric([], 1 if found else 0)
        return [up, *found]


class Processes(Collector):
    """Memory, processor time, open files and start of each living process that counts into the
    folder: one that has ended has no file for the present any more.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterable[Metric]:
        """Called by the registry."""
        told: dict[str, Metric] = {}
        for pid in sorted({file.stem.split("_")[-1] for file in self._folder.glob("gauge_live*")}):
            one = ProcessCollector(pid=partial(str, pid), registry=None)
            for family in one.collect():
                same = Metric(family.name, family.documentation, family.type)
                for sample in family.samples:
                    told.setdefault(family.name, same).add_sample(
                        sample.name, {"pid": pid}, sample.value
                    )
        return told.values()


def _journal() -> Iterator[Metric]:
    counts = GaugeMetricFamily(
        "agenturclient_operations_open",
        "Operations that are not settled: all, in doubt (sent, outcome unknown), due for a person.",
        labels=("kind", "of"),
    )
    age = GaugeMetricFamily(
        "agenturclient_operations_oldest_seconds",
        "Age of the oldest operation that is not settled, 0 when there is none.",
        labels=("kind",),
    )
    for kind, pile in backlog.piles(now=bootstrap.clock().now()).items():
        counts.add_metric([kind, "all"], pile.open)
        counts.add_metric([kind, "in-doubt"], pile.in_doubt)
        counts.add_metric([kind, "flagged"], pile.flagged)
        age.add_metric([kind], pile.oldest_seconds)
    yield counts
    yield age


def _differences() -> Iterator[Metric]:
    counts = GaugeMetricFamily(
        "agenturclient_differences_open",
        "Differences between our books and the distributor's that nobody has resolved.",
        labels=("kind",),
    )
    for kind, count in differences.counts().items():
        counts.add_metric([kind], count)
    yield counts
