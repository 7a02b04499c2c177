"""Agents at work at a fixed rate, over connections that are kept, whose every failure counts.

A page would read again what got no answer, and send a click again under its key; nobody here does.
"""

import json
import re
import threading
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from typing import Any, Final, Self
from urllib.parse import urlsplit
from urllib.request import build_opener

from scripts.shop import Problem, Shop
from tests.faults.counter import Counter
from tests.ha.requests import Record, Sample

_AGENTS: Final = 16
_UNDECIDED: Final = 6
_USERS: Final = ("keller", "rochat", "huber", "monnier")
_ROUTES: Final = (("BN", "ZUE"), ("BS", "IO"), ("LZ", "ZUE"), ("GE", "BN"), ("CH", "SM"))
_TIMEOUT_SECONDS: Final = 60.0
_BREATH_SECONDS: Final = 0.2
# What was held up is caught up with, within limits: a longer burst after the world stood still
# would be another load than the one that is promised.
_MOST_LATE_SECONDS: Final = 4.0
_ERROR: Final = 400


class Pace:
    """Hands out the moments at which requests are made, for all agents together."""

    def __init__(self, rate: float) -> None:
        self._lock = threading.Lock()
        self._step = 1 / rate
        self._last = time.monotonic()

    def turn(self) -> None:
        """Return when the next request is due."""
        with self._lock:
            now = time.monotonic()
            self._last = due = max(self._last + self._step, now - _MOST_LATE_SECONDS)
        time.sleep(max(0.0, due - now))


class KeptShop(Shop):
    """A signed-in agent on one kept connection; each request waits for its turn and is noted."""

    def __init__(self, address: str) -> None:
        super().__init__(address, build_opener())
        self._connection = HTTPConnection(urlsplit(address).netloc, timeout=_TIMEOUT_SECONDS)
        self._cookies: dict[str, str] = {}
        self._pace: Pace | None = None
        self._record = Record()

    def work(self, pace: Pace, record: Record) -> None:
        """From now on it counts."""
        self._pace, self._record = pace, record

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def _call(
        self, method: str, path: str, body: dict[str, Any] | None, key: str = ""
    ) -> dict[str, Any]:
        if self._pace is not None:
            self._pace.turn()
        asked = time.monotonic()
        try:
            status, answer = self._exchange(method, path, body, key)
            code = str(answer.get("code", status)) if status >= _ERROR else ""
        except (HTTPException, OSError) as error:
            self._connection.close()
            status, answer, code = 0, {}, type(error).__name__
        what = f"{method} {_without_names(path)}"
        self._record.add(Sample(asked, time.monotonic() - asked, what, status, code))
        self._token = (answer.get("facts") or answer).get("csrf_token", self._token)
        if code:
            raise Problem(code)
        return answer

    def _exchange(
        self, method: str, path: str, body: dict[str, Any] | None, key: str
    ) -> tuple[int, dict[str, Any]]:
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "X-CSRFToken": self._token,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            **({"Idempotency-Key": key} if key else {}),
        }
        data = None if body is None else json.dumps(body)
        self._connection.request(method, f"/api/v1{path}", data, headers)
        with self._connection.getresponse() as response:
            text = response.read()
        for header in response.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(header).items():
                self._cookies[name] = morsel.value
        is_json = "json" in response.headers.get("Content-Type", "")
        return response.status, json.loads(text) if is_json and text else {}


class Agents:
    """Agents who search, sell and look through their orders, `rate` requests a second in all.

    As a context manager they begin at once and have gone home at its end. `sold` are the numbers
    of the orders of which the shop said that they are sold, `unsold` those that came to rest
    otherwise, with their state.
    """

    def __init__(self, address: str, users: Mapping[str, str], record: Record, rate: float) -> None:
        self.sold: list[str] = []
        self.unsold: list[str] = []
        self._record = record
        self._pace = Pace(rate)
        self._ended = threading.Event()
        self._failures: list[Exception] = []
        self._shops = [KeptShop(address) for _ in range(_AGENTS)]
        for each, shop in enumerate(self._shops):
            username = _USERS[each % len(_USERS)]
            shop.enter(username, users[username])
        self._threads = [
            threading.Thread(target=self._shift, args=(shop, _ROUTES[each % len(_ROUTES)]))
            for each, shop in enumerate(self._shops)
        ]

    def __enter__(self) -> Self:
        for shop, thread in zip(self._shops, self._threads, strict=True):
            shop.work(self._pace, self._record)
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        for shop, thread in zip(self._shops, self._threads, strict=True):
            thread.join()
            shop.close()
        for failure in self._failures:
            raise failure

    def _shift(self, shop: KeptShop, route: tuple[str, str]) -> None:
        counter = Counter(shop)
        try:
            while not self._ended.is_set():
                try:
                    self._serve(shop, counter, route)
                except Problem:  # noted as a failed request
                    time.sleep(_BREATH_SECONDS)
        except Exception as failure:  # noqa: BLE001 - raised again where somebody waits for the end
            self._failures.append(failure)

    def _serve(self, shop: KeptShop, counter: Counter, route: tuple[str, str]) -> None:
        """Customers who change their mind or ask after an order, and one who buys: half of the
        requests are POSTs.
        """
        for _ in range(_UNDECIDED):
            begun = shop.post("/orders", {})
            shop.get(f"/orders?q={begun['number']}")
        shop.get("/orders")
        number = counter.draft(origin=route[0], destination=route[1])
        path = f"/orders/{number}"
        held = shop.settled(shop.post(f"{path}/hold", {}), _TIMEOUT_SECONDS)
        shop.get("/orders?state=sold")
        asked = shop.post(f"{path}/sale", {"total": held["total"]})
        order = shop.settled(asked, _TIMEOUT_SECONDS)
        (self.sold if order["state"] == "sold" else self.unsold).append(number)
        shop.get(path)


def _without_names(path: str) -> str:
    return re.sub(r"(?<=/orders/)[^/?]+", "N", path.partition("?")[0])
