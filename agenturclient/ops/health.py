"""The probes: is this process alive, and can it serve.

Neither asks the distributor or the identity provider: when one of those is away, every process
would be taken out of service at once, and nobody could look up an order.
"""

import logging
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

_KEPT_SECONDS: Final = 2.0

logger = logging.getLogger(__name__)


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers at all; touches nothing."""
    return HttpResponse("alive\n", content_type="text/plain")


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, else 503; the finding is kept for two seconds."""
    if _database.is_good():
        return HttpResponse("ready\n", content_type="text/plain")
    return HttpResponse(
        "the database does not answer\n",
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        content_type="text/plain",
    )


class Finding:
    """What a check found, kept for a while: it is made once, whatever number of probes ask.

    `check` does the work, `now` gives seconds that only grow.
    """

    def __init__(
        self, check: Callable[[], bool], *, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._check = check
        self._now = now
        self._lock = threading.Lock()
        self._known_until = float("-inf")
        self._good = False

    def is_good(self) -> bool:
        """What the check finds now, or found within the last two seconds."""
        with self._lock:
            if self._now() >= self._known_until:
                self._good = self._check()
                self._known_until = self._now() + _KEPT_SECONDS
            return self._good


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        logger.exception("the database does not answer")
        return False
    return True


_database = Finding(_database_answers)
