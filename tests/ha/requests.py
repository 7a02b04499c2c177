"""What was asked and how it went: one sample for each request, and what happened beside them."""

import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import Final

_NOT_SIGNED_IN: Final = 401


@dataclass(frozen=True)
class Sample:
    """One request; times in seconds (monotonic). `status` is 0 when there was no answer."""

    asked: float
    seconds: float
    what: str
    status: int
    about: str = ""

    @property
    def failed(self) -> bool:
        """Whether it got anything but what it asked for."""
        return not 200 <= self.status < 300

    @property
    def ended(self) -> float:
        """When the answer, or the lack of one, was known."""
        return self.asked + self.seconds


@dataclass(frozen=True)
class Mark:
    """Something that was done to the shop."""

    at: float
    what: str


class Record:
    """All samples and marks of a run; threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.samples: list[Sample] = []
        self.marks: list[Mark] = []

    def add(self, sample: Sample) -> None:
        """Note a request."""
        with self._lock:
            self.samples.append(sample)

    def mark(self, what: str) -> float:
        """Note what is done now; returns when."""
        at = time.monotonic()
        with self._lock:
            self.marks.append(Mark(at, what))
        return at

    def between(self, since: float, until: float) -> list[Sample]:
        """The requests that were under way in this time, in the order of their answers."""
        with self._lock:
            return [each for each in self.samples if each.asked < until and each.ended >= since]


def failures(samples: list[Sample]) -> list[str]:
    """The failed ones in words, for a test that says what went wrong."""
    return [f"{each.what}: {each.status} {each.about}" for each in samples if each.failed]


def counted_failures(samples: list[Sample]) -> list[tuple[str, int]]:
    """The same, counted, the commonest first."""
    return Counter(failures(samples)).most_common()


def lost_logins(samples: list[Sample]) -> int:
    """How often somebody who was signed in was told not to be."""
    return sum(sample.status == _NOT_SIGNED_IN for sample in samples)


def share(samples: list[Sample], method: str) -> float:
    """How many of the requests are of this method, 0 to 1."""
    methods = Counter(sample.what.split()[0] for sample in samples)
    return methods[method] / max(1, methods.total())


def percentile(samples: list[Sample], part: float) -> float:
    """The time that this part (0 to 1) of the requests did not exceed, in seconds."""
    times = sorted(sample.seconds for sample in samples)
    return times[min(len(times) - 1, int(part * len(times)))] if times else 0.0
