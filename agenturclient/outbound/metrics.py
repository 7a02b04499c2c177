"""Counters of one process, read by the metrics page."""

from __future__ import annotations

from collections import Counter
from threading import Lock

Labels = tuple[tuple[str, str], ...]


class Metrics:
    """Sums by name and labels. Names end in `_total` (counts) or `_seconds_total` (durations)."""

    def __init__(self) -> None:
        self._sums: Counter[tuple[str, Labels]] = Counter()
        self._lock = Lock()

    def add(self, name: str, amount: float = 1, **labels: str) -> None:
        """Add to a sum."""
        key = (name, tuple(sorted(labels.items())))
        with self._lock:
            self._sums[key] += amount  # type: ignore[assignment]  # Counter adds floats, its stub says int

    def value(self, name: str, **labels: str) -> float:
        """A sum, 0 when nothing was added."""
        with self._lock:
            return self._sums[(name, tuple(sorted(labels.items())))]

    def snapshot(self) -> dict[tuple[str, Labels], float]:
        """All sums at this moment."""
        with self._lock:
            return dict(self._sums)
