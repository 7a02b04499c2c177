"""The program behind one address that takes its time: what gunicorn serves in tests of its stop."""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from agenturclient.wsgi import application as program

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

SECONDS: Final = 2.0


def application(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
    """`/slow` answers after two seconds; everything else is the program's."""
    if environ["PATH_INFO"] != "/slow":
        return program(environ, start)
    time.sleep(SECONDS)
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
    return [b"slow\n"]
