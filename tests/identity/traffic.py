"""People who sign in and people who are signed in, all at once, while something is done to them."""

import itertools
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from scripts.keycloak.layout import DemoUser
from tests.identity.visitor import Client, SignInFailed, Visitor

_CROWD: Final = 6
_PATIENCE_SECONDS: Final = 120.0
_PAUSE_SECONDS: Final = 0.2


@dataclass(frozen=True)
class Failure:
    """A request that did not get the answer it should have got."""

    at: float
    what: str


class Traffic:
    """Counts requests and keeps the failed ones with the time (monotonic) at which they failed."""

    def __init__(self, client: Client, people: Sequence[DemoUser]) -> None:
        self._client = client
        self._people: queue.Queue[DemoUser] = queue.Queue()
        for person in people:
            self._people.put(person)
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._workers: list[threading.Thread] = []
        self.requests = 0
        self.signed_in: list[Visitor] = []
        self.failures: list[Failure] = []
        self.slowest = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    def sign_in_many(self, count: int) -> list[Visitor]:
        """So many new browsers, each signed in, several at a time."""
        with ThreadPoolExecutor(_CROWD) as pool:
            visitors = list(pool.map(lambda _: self._sign_in_until_it_works(), range(count)))
        with self._lock:
            self.signed_in += visitors
        return visitors

    def keep_busy(self, visitors: Sequence[Visitor], *, threads: int = 4) -> None:
        """Use these sessions in turn until `end`."""
        for number in range(threads):
            share = visitors[number::threads]
            worker = threading.Thread(target=self._use, args=(share,))
            worker.start()
            self._workers.append(worker)

    def end(self) -> None:
        """Stop using sessions; returns when nothing is under way. At the latest `with` does it."""
        self._ended.set()
        for worker in self._workers:
            worker.join()

    def lost(self, visitors: Sequence[Visitor]) -> int:
        """How many of these are not signed in any more, or their token is dead."""

        def is_lost(visitor: Visitor) -> bool:
            return not (visitor.is_signed_in() and visitor.token_is_live())

        with ThreadPoolExecutor(_CROWD) as pool:
            return sum(pool.map(is_lost, visitors))

    def last_failure_after(self, moment: float) -> float:
        """Seconds from a moment to the last failure, 0 when there was none."""
        return max((failure.at - moment for failure in self.failures), default=0.0)

    @property
    def share_failed(self) -> float:
        """Failed requests per request."""
        return len(self.failures) / max(self.requests, 1)

    def _use(self, visitors: Sequence[Visitor]) -> None:
        for turn, visitor in enumerate(itertools.cycle(visitors)):
            if self._ended.is_set():
                return
            check = visitor.is_signed_in if turn % 2 else visitor.token_is_live
            self._count(1)
            started = time.monotonic()
            try:
                if not check():
                    self._fail(f"{check.__name__} says no")
            except SignInFailed as error:
                self._fail(str(error))
            with self._lock:
                self.slowest = max(self.slowest, time.monotonic() - started)

    def _sign_in_until_it_works(self) -> Visitor:
        """A person whose sign-in is cut off begins again, as people do; each cut is a failure."""
        end = time.monotonic() + _PATIENCE_SECONDS
        with self._somebody() as person:
            while time.monotonic() < end:
                visitor = Visitor(self._client)
                self._count(3)  # page, password, code
                try:
                    visitor.sign_in(person.username, person.password)
                except SignInFailed as error:
                    self._fail(str(error))
                    time.sleep(_PAUSE_SECONDS)
                else:
                    return visitor
            raise AssertionError(f"{person.username} cannot sign in: {self.failures[-1].what}")

    @contextmanager
    def _somebody(self) -> Iterator[DemoUser]:
        """A person who is not signing in at another browser: against guesses in parallel, Keycloak
        refuses a password while it looks at another of the same person.
        """
        person = self._people.get()
        try:
            yield person
        finally:
            self._people.put(person)

    def _count(self, requests: int) -> None:
        with self._lock:
            self.requests += requests

    def _fail(self, what: str) -> None:
        with self._lock:
            self.failures.append(Failure(time.monotonic(), what))
