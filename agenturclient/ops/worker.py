"""A process that does one thing again and again until it is asked to stop."""

import logging
import signal
from collections.abc import Callable
from threading import Event
from types import FrameType

from django.db import close_old_connections

logger = logging.getLogger(__name__)


def stop_on_signals(stop: Event) -> None:
    """Let SIGTERM and SIGINT set `stop`, so that the pass under way comes to its end first."""

    def ask(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)


def run_until(
    stop: Event, work: Callable[[], int], *, idle_seconds: float, trouble_seconds: float
) -> None:
    """Call `work` until `stop` is set; it returns how much it did.

    There is no pause while there is work, `idle_seconds` when there was none, and
    `trouble_seconds` after an exception: the database may be away, and this process is what
    brings things to their end when it is back. So nothing but `stop` ends the loop.
    """
    while not stop.is_set():
        pause = trouble_seconds
        try:
            close_old_connections()
            pause = 0.0 if work() else idle_seconds
        except Exception:
            logger.exception("a pass failed; the next follows")
        stop.wait(pause)
