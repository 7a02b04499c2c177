"""`manage.py recover`: the process that finds out what became of every unfinished operation and of
every unfinished change of people.

It runs beside the web processes, any number of it. SIGTERM ends it after the call under way:
what it holds and has not begun it gives back, so that another one carries on at once.
"""

import logging
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from threading import Event, Thread
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from agenturclient import bootstrap
from agenturclient.identity.users.recover import ChangeRecovery
from agenturclient.ops.worker import run_until, stop_on_signals
from agenturclient.sales.reconciliation_runs import Reconciler, Schedule
from agenturclient.sales.recover import Recovery

# Between passes without work: an unknown outcome is looked at within about this long after it is
# due. After a failed pass there is more to wait for, usually the database.
_IDLE_SECONDS: Final = 1.0
_TROUBLE_SECONDS: Final = 5.0
_TIDY_EVERY: Final = 60

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Runs until SIGTERM or SIGINT; the operation in progress is finished first."""

    help = "Find out what became of unfinished operations, again and again."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--once` handles what is due and ends."""
        parser.add_argument("--once", action="store_true", help="one pass, then end")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Pass after pass, whatever goes wrong in one of them."""
        recovery = Recovery(bootstrap.distributor(), bootstrap.clock())
        changes = ChangeRecovery(bootstrap.directory(), bootstrap.clock())
        if options["once"]:
            recovery.run_once()
            changes.run_once()
            return
        stop = Event()
        stop_on_signals(stop)
        schedule = Schedule(settings.RECONCILE_AT, settings.RECONCILE_DAYS)
        reconciler = Reconciler(bootstrap.distributor(), bootstrap.clock(), schedule)
        # Beside the sales: a directory that stalls, or a long night, keeps no ticket waiting.
        beside = [
            Thread(
                target=run_until,
                args=(stop, work),
                kwargs={"idle_seconds": _IDLE_SECONDS, "trouble_seconds": _TROUBLE_SECONDS},
            )
            for work in (
                partial(changes.run_once, stop.is_set),
                partial(reconciler.run_once, stop.is_set),
            )
        ]
        for thread in beside:
            thread.start()
        bootstrap.introduce()
        logger.info("recover has started")
        run_until(
            stop,
            partial(_pass, recovery, count(), stop.is_set),
            idle_seconds=_IDLE_SECONDS,
            trouble_seconds=_TROUBLE_SECONDS,
        )
        for thread in beside:
            thread.join()
        logger.info("recover has stopped")


def _pass(recovery: Recovery, numbers: Iterator[int], stopping: Callable[[], bool]) -> int:
    if next(numbers) % _TIDY_EVERY == 0:
        recovery.tidy(document_days=settings.DOCUMENT_DAYS)
    return recovery.run_once(stopping)
