"""`manage.py recover`: the process that finds out what became of every unfinished operation."""

from __future__ import annotations

import logging
import signal
import threading
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from agenturclient import bootstrap
from agenturclient.sales.recover import Recovery

if TYPE_CHECKING:
    from types import FrameType

    from django.core.management.base import CommandParser

_LOG = logging.getLogger(__name__)
# Idle time between passes: an unknown outcome is looked at within about this long after it is due.
_PAUSE_SECONDS = 1.0


class Command(BaseCommand):
    """Runs until SIGTERM or SIGINT; the pass in progress is finished first."""

    help = "Find out what became of unfinished operations, again and again."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--once` handles what is due and ends."""
        parser.add_argument("--once", action="store_true", help="one pass, then end")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Pass after pass; a database that is away is waited for."""
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, _stopper(stop))
        recovery = Recovery(bootstrap.distributor(), bootstrap.clock())
        while not stop.is_set():
            handled = _pass(recovery)
            if options["once"]:
                return
            if not handled:
                stop.wait(_PAUSE_SECONDS)


def _pass(recovery: Recovery) -> int:
    close_old_connections()
    try:
        return recovery.run_once()
    except DatabaseError:
        _LOG.exception("the database did not answer")
        return 0


def _stopper(stop: threading.Event) -> Any:
    def handler(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    return handler
