"""Serves the built page for every address that the page's own router knows."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

_NOT_BUILT = "The page has not been built. Run: make run\n"


@cache
def _index(path: Path) -> bytes:
    return path.read_bytes()


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page's one HTML file, never kept: it names the hashed files of this release."""
    try:
        content = _index(settings.PAGE_DIR / "index.html")
    except FileNotFoundError:
        return HttpResponse(_NOT_BUILT, status=503, content_type="text/plain")
    return HttpResponse(content, headers={"Cache-Control": "no-store"})
