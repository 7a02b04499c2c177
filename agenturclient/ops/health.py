"""The probes: is this process alive, and can it serve.

Neither asks the distributor or the identity provider: when one of those is away, every process
would be taken out of service at once, and nobody could look up an order.
"""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from http import HTTPStatus
from typing import Final

from django.db import Error, close_old_connections, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from agenturclient.kernel.drain import drain

_KEPT_SECONDS: Final = 2.0
_PATIENCE_SECONDS: Final = 1.0

logger = logging.getLogger(__name__)


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers at all; touches nothing."""
    return HttpResponse("alive\n", content_type="text/plain")


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when the database takes writes and this process is not on its way out, else 503.

    What the database said is kept for two seconds; a probe waits for it one second at most.
    """
    if drain.is_asked():
        return _not_ready("draining\n")
    if not _database.is_good():
        return _not_ready("the database does not answer\n")
    return HttpResponse("ready\n", content_type="text/plain")


def _not_ready(reason: str) -> HttpResponse:
    status = HTTPStatus.SERVICE_UNAVAILABLE
    return HttpResponse(reason, status=status, content_type="text/plain")


class Finding:
    """What a check found, kept for a while: it is made once, whatever number of probes ask.

    `check` does the work in a thread of its own, one at a time, so that one that hangs keeps no
    probe for longer than `patience` seconds; until it comes to its end the finding is bad. `now`
    gives seconds that only grow.
    """

    def __init__(
        self,
        check: Callable[[], bool],
        *,
        patience: float = _PATIENCE_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._check = check
        self._patience = patience
        self._now = now
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="readiness")
        self._under_way: Future[bool] | None = None
        self._known_until = float("-inf")
        self._good = False

    def is_good(self) -> bool:
        """What the check finds now, or found within the last two seconds."""
        with self._lock:
            if self._now() < self._known_until:
                return self._good
            if self._under_way is None or self._under_way.done():
                self._under_way = self._thread.submit(self._check)
            under_way = self._under_way
        try:
            good = under_way.result(timeout=self._patience)
        except TimeoutError:
            logger.error("the check does not come to its end")  # noqa: TRY400 - there is no trace
            good = False
        with self._lock:
            self._good = good
            self._known_until = self._now() + _KEPT_SECONDS
        return good


def _database_serves() -> bool:
    """Whether the database answers and can be written to, asked over this thread's connection."""
    try:
        close_old_connections()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
        if connection.is_usable():
            return True
        logger.error("the database is read-only")
        connection.close()  # the next check may be led to the one that is not
    except Error:
        logger.exception("the database does not answer")
    return False


_database = Finding(_database_serves)
