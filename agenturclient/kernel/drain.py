"""Whether this process is on its way out: it serves what reaches it, and asks for nothing more.

gunicorn's settings (`ops.gunicorn_config`) say by which signs a process knows. The probe and the
connections follow them, and a request that has several sales to make leaves the rest to recovery.
"""

from collections.abc import Callable


class Drain:
    """Signs that this process is to go; it is draining as soon as one of them is seen."""

    def __init__(self) -> None:
        self._signs: list[Callable[[], bool]] = []

    def watch(self, sign: Callable[[], bool]) -> None:
        """Look out for one more sign. It is asked with every request: no input but a stat."""
        self._signs.append(sign)

    def is_asked(self) -> bool:
        """Whether any sign is seen now."""
        return any(sign() for sign in self._signs)


drain = Drain()
"""The one of this process."""
