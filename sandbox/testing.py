"""A sandbox inside a test: served by a thread on a free loopback port, gone with the block."""

import json
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from werkzeug.serving import WSGIRequestHandler, make_server

from sandbox.app import create_app
from sandbox.config import CLIENT, Config
from sandbox.jsontypes import Json
from sandbox.personality import PERSONALITIES


class _Quiet(WSGIRequestHandler):
    """Keeps connections open as a real server does, and writes no log."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Nothing."""


@dataclass(frozen=True)
class RunningSandbox:
    """A sandbox that listens; `client` is the id and secret it gives tokens to."""

    base_url: str
    client: tuple[str, str] = CLIENT

    def clock_set(self, moment: datetime | None, *, frozen: bool = False) -> None:
        """Set its clock (see `sandbox.clock.set_clock`)."""
        now = None if moment is None else moment.isoformat()
        self.control("PUT", "/sandbox/clock", {"now": now, "frozen": frozen})

    def clock(self) -> datetime:
        """What its clock says."""
        return datetime.fromisoformat(self.control("GET", "/sandbox/clock")["now"])

    def fault(self, operation: str, fault: str, **more: float | str | None) -> None:
        """Switch a fault on (see `sandbox.faults.Fault` for `more`)."""
        self.control("PUT", "/sandbox/faults", {"operation": operation, "fault": fault, **more})

    def clear_faults(self) -> None:
        """Switch all faults off."""
        self.control("DELETE", "/sandbox/faults")

    def books(self) -> Json:
        """Its books."""
        return self.control("GET", "/sandbox/books.json")

    def control(self, method: str, path: str, body: Json | None = None) -> Json:
        """One request to a control endpoint. Raises RuntimeError unless it is answered with 200."""
        connection = HTTPConnection(urlsplit(self.base_url).netloc, timeout=20)
        try:
            connection.request(method, path, None if body is None else json.dumps(body))
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        if response.status != 200:  # noqa: PLR2004 - control endpoints know one success
            raise RuntimeError(f"{method} {path}: {response.status} {text}")
        answer: Json = json.loads(text)
        return answer


@contextmanager
def running_sandbox(
    personality: str = "plain", state: Path | None = None, capabilities: str = "full"
) -> Iterator[RunningSandbox]:
    """A sandbox on a free port of this machine, with its own state file unless one is given."""
    with tempfile.TemporaryDirectory() as folder:
        config = Config(
            state=state or Path(folder) / "sandbox.sqlite3",
            personality=PERSONALITIES[personality],
            basic=capabilities == "basic",
        )
        app = create_app(config)
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield RunningSandbox(f"http://127.0.0.1:{server.server_port}")
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            app.store.close()
