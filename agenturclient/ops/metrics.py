"""The metrics page, in Prometheus' text format.

All web processes of one gunicorn count into one folder (`ops.gunicorn_config`), so that whichever
of them is asked tells the sums of all. What the tables hold is read when the page is: every pod
tells the same numbers.

For the operator's Prometheus only: it shows how much is sold. Labels carry no id and no name.
"""

from __future__ import annotations

import hmac
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from agenturclient.ops.collectors import Books, Processes

if TYPE_CHECKING:
    from django.http import HttpResponseBase

_BUCKETS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_UNROUTED: Final = "none"  # a file of the page, or turned away before anybody looked where to

_REQUESTS: Final = Counter(
    "agenturclient_requests", "Requests answered.", ("view", "method", "status")
)
_SECONDS: Final = Histogram(
    "agenturclient_request_seconds", "Duration of requests.", ("view", "method"), buckets=_BUCKETS
)
IN_FLIGHT: Final = Gauge(
    "agenturclient_requests_in_flight",
    "Requests that have a thread at the moment.",
    multiprocess_mode="livesum",
)


def count_request(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    """Count an answered request under the view that answered it: an address may hold an id."""
    match = request.resolver_match
    view = match.view_name.removeprefix("agenturclient.") if match else _UNROUTED
    method = request.method if request.method in _METHODS else "other"
    _REQUESTS.labels(view, method, response.status_code).inc()
    _SECONDS.labels(view, method).observe(seconds)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """200 with everything for whoever shows METRICS_TOKEN; for others there is no such page."""
    if not _is_let_in(request):
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    registry = CollectorRegistry()
    if settings.METRICS_DIR:
        MultiProcessCollector(registry, settings.METRICS_DIR)  # type: ignore[no-untyped-call]  # theirs
        registry.register(Processes(Path(settings.METRICS_DIR)))
    else:  # this process is the only one: a development server, a test
        registry.register(REGISTRY)
    registry.register(Books())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _is_let_in(request: HttpRequest) -> bool:
    wanted = f"Bearer {settings.METRICS_TOKEN}".encode()
    shown = request.headers.get("Authorization", "").encode()
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(shown, wanted)
