"""`manage.py recover`: the process that finds out what became of every unfinished operation.

It runs beside the web processes, any number of it. SIGTERM ends it after the pass under way.
"""

import logging
from collections.abc import Iterator
from functools import partial
from itertools import count
from threading import Event
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from agenturclient import bootstrap
from agenturclient.ops.worker import run_until, stop_on_signals
from agenturclient.sales.recover import Recovery

# Between passes without work: an unknown outcome is looked at within about this long after it is
# due. After a failed pass there is more to wait for, usually the database.
_IDLE_SECONDS: Final = 1.0
_TROUBLE_SECONDS: Final = 5.0
_TIDY_EVERY: Final = 60

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Runs until SIGTERM or SIGINT; the pass in progress is finished first."""

    help = "Find out what became of unfinished operations, again and again."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--once` handles what is due and ends."""
        parser.add_argument("--once", action="store_true", help="one pass, then end")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Pass after pass, whatever goes wrong in one of them."""
        recovery = Recovery(bootstrap.distributor(), bootstrap.clock())
        if options["once"]:
            recovery.run_once()
            return
        stop = Event()
        stop_on_signals(stop)
        bootstrap.introduce()
        logger.info("recover has started")
        run_until(
            stop,
            partial(_pass, recovery, count()),
            idle_seconds=_IDLE_SECONDS,
            trouble_seconds=_TROUBLE_SECONDS,
        )
        logger.info("recover has stopped")


def _pass(recovery: Recovery, numbers: Iterator[int]) -> int:
    if next(numbers) % _TIDY_EVERY == 0:
        recovery.tidy(document_days=settings.DOCUMENT_DAYS)
    return recovery.run_once()
