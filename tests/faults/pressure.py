"""Requests at a steady rate and agents who search, each timed; plain HTTP on kept connections."""

import json
import multiprocessing
import random
import threading
import time
from collections import Counter as Tally
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from math import ceil
from multiprocessing.synchronize import Event
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

_TIMEOUT_SECONDS: Final = 60.0
_THREADS: Final = 8  # for one steady stream; a stream that needs more is late and says so


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: dict[str, Any]
    cookies: dict[str, str]
    retry_after: float | None


class Browser:
    """One client. Threads have a connection each."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._local = threading.local()
        self._lines: list[HTTPConnection] = []
        self.cookies: dict[str, str] = {}
        self.csrf_token = ""

    def sign_in(self, username: str, password: str) -> int:
        """Sign in and keep the session; the status."""
        self.arrive()
        answer = self.try_password(username, password)
        self.cookies |= answer.cookies
        self.csrf_token = answer.body.get("csrf_token", "")
        return answer.status

    def arrive(self) -> None:
        """Get what a visitor needs to sign in."""
        answer = self.ask("GET", "/api/v1/session")
        self.cookies |= answer.cookies
        self.csrf_token = answer.body["facts"]["csrf_token"]

    def try_password(self, username: str, password: str) -> Answer:
        """Sign in and forget the session."""
        return self.ask("POST", "/api/v1/session", {"username": username, "password": password})

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Answer:
        """One request."""
        line = self._connection()
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "X-CSRFToken": self.csrf_token,
        }
        line.request(method, path, None if body is None else json.dumps(body), headers)
        answer = line.getresponse()
        text = answer.read()
        is_json = "json" in (answer.getheader("Content-Type") or "")
        set_cookies = answer.headers.get_all("Set-Cookie") or []
        retry_after = answer.getheader("Retry-After")
        return Answer(
            answer.status,
            json.loads(text) if is_json and text else {},
            dict(each.partition(";")[0].split("=", 1) for each in set_cookies),
            float(retry_after) if retry_after else None,
        )

    def _connection(self) -> HTTPConnection:
        line: HTTPConnection | None = getattr(self._local, "line", None)
        if line is None:
            line = HTTPConnection("127.0.0.1", self.port, timeout=_TIMEOUT_SECONDS)
            self._local.line = line
            self._lines.append(line)
        return line

    def close(self) -> None:
        """Close what is open, when its threads are done."""
        for line in self._lines:
            line.close()


@dataclass
class Timings:
    """How long each request took, in seconds from when it was due, and how it ended."""

    seconds: list[float] = field(default_factory=list)
    statuses: Tally[int] = field(default_factory=Tally)

    def with_(self, others: "Timings") -> "Timings":
        """Both together."""
        return Timings(self.seconds + others.seconds, self.statuses + others.statuses)

    def percentile(self, share: float) -> float:
        """The value that so many do not exceed (nearest rank)."""
        found = sorted(self.seconds)
        return found[ceil(share * len(found)) - 1]


def steadily(send: Callable[[], int], *, rate: float, seconds: float) -> Timings:
    """Send at a rate, whether or not the earlier ones have come back.

    Timed from the moment when each was due: a request that waits in vain to be sent counts as slow.
    """
    timings, lock = Timings(), threading.Lock()
    begin = time.monotonic()

    def one(due: float) -> None:
        status = send()
        took = time.monotonic() - due
        with lock:
            timings.seconds.append(took)
            timings.statuses[status] += 1

    with ThreadPoolExecutor(_THREADS) as pool:
        sent = []
        for number in range(int(rate * seconds)):
            due = begin + number / rate
            time.sleep(max(0.0, due - time.monotonic()))
            sent.append(pool.submit(one, due))
        for each in sent:
            each.result()
    return timings


@dataclass(frozen=True)
class Habits:
    """How agents search: all arrive within so many seconds; after an answer each does what the page
    says, which takes it between so many seconds more than it is told to wait.
    """

    search: dict[str, Any]
    arrive: float
    think: tuple[float, float]


class Crowd:
    """Agents who search, again and again, in a process of their own: what they cost here is not to
    be measured with the shop.
    """

    def __init__(self, agents: int, browser: Browser, habits: Habits) -> None:
        context = multiprocessing.get_context("spawn")
        self._leave = context.Event()
        self._ended = context.Queue()
        who = (browser.port, browser.cookies, browser.csrf_token)
        self._process = context.Process(
            target=_gather, args=(agents, who, habits, self._leave, self._ended)
        )

    def begin(self) -> None:
        """Let them come."""
        self._process.start()

    def go(self) -> Tally[str]:
        """Let them go when each has the answer to its last search; how all searches ended."""
        self._leave.set()
        ended: Tally[str] = self._ended.get(timeout=_TIMEOUT_SECONDS)
        self._process.join()
        return ended


def _gather(
    agents: int,
    who: tuple[int, dict[str, str], str],
    habits: Habits,
    leave: Event,
    ended: "Queue[Tally[str]]",
) -> None:
    """The process of a crowd."""
    found: list[str] = []  # appending is atomic
    threads = []
    for _ in range(agents):
        threads.append(threading.Thread(target=_search, args=(who, habits, leave, found)))
        threads[-1].start()
        leave.wait(habits.arrive / agents)
    for thread in threads:
        thread.join()
    ended.put(Tally(found))


def _search(
    who: tuple[int, dict[str, str], str], habits: Habits, leave: Event, found: list[str]
) -> None:
    """One agent, in the session of all."""
    browser = Browser(who[0])
    _, browser.cookies, browser.csrf_token = who
    while not leave.is_set():
        try:
            answer = browser.ask("POST", "/api/v1/searches", habits.search)
        except (HTTPException, OSError):
            found.append("no-answer")
            break
        found.append(answer.body.get("code", str(answer.status)))
        told = answer.retry_after or 0.0
        leave.wait(told + random.uniform(*habits.think))  # noqa: S311 - no secret
    browser.close()
