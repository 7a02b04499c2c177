"""Looks at a place all the while something is done to it."""

import subprocess
import threading
import time
from types import TracebackType
from typing import Final, Self

from tests.cluster.place import Place

_COLUMNS: Final = "NAME:.metadata.name,READY:.status.readyReplicas,PROMISED:.spec.replicas"
_SETTLE_SECONDS: Final = 0.5


class Watch:
    """The fewest ready pods of each workload while the block runs, by the cluster's events."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._streams: list[subprocess.Popen[str]] = []
        self._threads: list[threading.Thread] = []
        self.fewest: dict[str, int] = {}
        self.seconds = 0.0
        self.events = 0

    def __enter__(self) -> Self:
        for kind in ("deployments", "statefulsets"):
            stream = self._place.kubectl.start(
                "get", kind, "--watch", "--no-headers", "--output", f"custom-columns={_COLUMNS}"
            )
            thread = threading.Thread(target=self._read, args=(stream,), daemon=True)
            thread.start()
            self._streams.append(stream)
            self._threads.append(thread)
        time.sleep(_SETTLE_SECONDS)  # the streams begin with what there is
        self.seconds = time.monotonic()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.seconds = time.monotonic() - self.seconds
        time.sleep(_SETTLE_SECONDS)
        for stream in self._streams:
            stream.terminate()
            stream.wait()
        for thread in self._threads:
            thread.join()
        for stream in self._streams:
            if stream.stdout:
                stream.stdout.close()

    def _read(self, stream: subprocess.Popen[str]) -> None:
        for line in stream.stdout or ():
            name, ready, _promised = line.split()
            number = int(ready) if ready.isdecimal() else 0
            self.fewest[name] = min(number, self.fewest.get(name, number))
            self.events += 1
