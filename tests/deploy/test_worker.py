"""The loop of a worker process: no pause while there is work, and no end but the one asked for."""

import logging
import time
from collections.abc import Callable
from threading import Event

import pytest

from agenturclient.ops.worker import run_until

pytestmark = pytest.mark.django_db


def passes(stop: Event, *results: int | Exception) -> Callable[[], int]:
    """Work that has these results, one after the other, and then asks for the end."""
    left = list(results)

    def work() -> int:
        result = left.pop(0)
        if not left:
            stop.set()
        if isinstance(result, Exception):
            raise result
        return result

    return work


def test_work_that_is_there_is_done_without_a_pause() -> None:
    stop = Event()
    started = time.monotonic()

    run_until(stop, passes(stop, 3, 2, 1), idle_seconds=60, trouble_seconds=60)

    assert time.monotonic() - started < 5


def test_a_pass_that_fails_is_logged_and_the_next_follows(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stop = Event()

    run_until(
        stop, passes(stop, OSError("database away"), 0, 1), idle_seconds=0.01, trouble_seconds=0.01
    )

    failed = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [record.getMessage() for record in failed] == ["a pass failed; the next follows"]


def test_a_stop_ends_the_pause_at_once() -> None:
    stop = Event()
    started = time.monotonic()

    run_until(stop, passes(stop, 0), idle_seconds=60, trouble_seconds=60)

    assert time.monotonic() - started < 5
