"""Serves the shelf of the page's files (`ops.assets`) and two probes: gunicorn's entry point there.

    gunicorn --config python:agenturclient.ops.gunicorn_config agenturclient.ops.assets_server

Plain WSGI: without Django there is no setting to give and no secret to hold.
"""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final
from wsgiref.headers import Headers

from whitenoise import WhiteNoise

from agenturclient.kernel.drain import drain
from agenturclient.ops.assets import ASSETS_DIR, HASHED, PREFIX, env

Start = Callable[[str, list[tuple[str, str]]], object]

_PLAIN: Final = [
    ("Content-Type", "text/plain; charset=utf-8"),
    ("X-Content-Type-Options", "nosniff"),
]


def answer(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """The probes; every other address that is no file of the shelf is a 404, never the page."""
    status, text = HTTPStatus.NOT_FOUND, b"there is no such file\n"
    if environ["PATH_INFO"] == "/health/live":
        status, text = HTTPStatus.OK, b"alive\n"
    elif environ["PATH_INFO"] == "/health/ready":
        ready = not drain.is_asked()
        status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
        text = b"ready\n" if ready else b"draining\n"
    start(f"{status.value} {status.phrase}", [*_PLAIN, ("Content-Length", str(len(text)))])
    return [text]


def _add_headers(headers: Headers, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"


env.complete()
application = WhiteNoise(
    answer,
    root=ASSETS_DIR,
    prefix=PREFIX,
    allow_all_origins=False,
    add_headers_function=_add_headers,
    immutable_file_test=f"^/{PREFIX}/{HASHED}/",
)
