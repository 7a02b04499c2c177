"""Thirty agents who sell and refund whatever happens, through two doors of the same shop."""

import threading
import time
from collections import Counter as Tally
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from http.cookiejar import CookieJar
from typing import Any, Final
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

from scripts.shop import Problem, Shop
from tests.faults.cluster import Cluster
from tests.faults.counter import Counter, is_barred, sale_of, stage_of
from tests.faults.processes import AGENT

# Longer than the whole run may take: whoever is told "we do not know yet" waits.
_PATIENCE_SECONDS: Final = 2400.0
_BREATH_SECONDS: Final = 0.4
_SALES_PER_SEARCH: Final = 4
_ROUTES: Final = (("BN", "ZUE"), ("BS", "IO"), ("LZ", "ZUE"), ("GE", "BN"), ("CH", "SM"))
# Nobody can say whether it happened: asked again under the same key, as a page or a proxy does.
_ASK_AGAIN: Final = {"database-unavailable", "internal-error", "not-ready", "500", "502", "503"}


class TwoDoors(Shop):
    """A signed-in agent whose requests go to the other instance when one does not answer."""

    def __init__(self, addresses: Sequence[str], opener: OpenerDirector) -> None:
        super().__init__(addresses[0], opener)
        self._addresses = addresses
        self.repeated = 0

    def _call(
        self, method: str, path: str, body: dict[str, Any] | None, key: str = ""
    ) -> dict[str, Any]:
        end = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                return super()._call(method, path, body, key)
            except Problem as problem:
                if problem.code not in _ASK_AGAIN or time.monotonic() > end:
                    raise
            except (HTTPException, OSError, ValueError):  # no answer, or half of one
                if time.monotonic() > end:
                    raise
            self.repeated += 1
            others = [each for each in self._addresses if each != self._address]
            self._address = others[0]
            time.sleep(_BREATH_SECONDS)


@dataclass
class Work:
    """What is still to do, dealt out in turn: refunds in step with sales.

    A refund that a lost quote bars until the distributor's own limit is made up for by another.
    """

    sales: int
    refunds: int
    sold: list[str] = field(default_factory=list)
    refunded: list[str] = field(default_factory=list)
    barred: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._sales_begun = self._refunds_begun = 0
        self._whole: list[str] = []

    def next(self) -> tuple[str, str] | None:
        """A goal and the order it is for (empty for a new one); None when all is dealt out."""
        with self._lock:
            due = self._refunds_begun * self.sales < self._sales_begun * self.refunds
            all_sales_begun = self._sales_begun >= self.sales
            if self._refunds_begun < self.refunds and self._whole and (due or all_sales_begun):
                self._refunds_begun += 1
                return "refunded", self._whole.pop(0)
            if all_sales_begun:
                return None
            self._sales_begun += 1
            return "sold", ""

    def done(self, goal: str, number: str, *, barred: bool) -> None:
        """One was done, or is barred."""
        with self._lock:
            if goal == "sold":
                self.sold.append(number)
                self._whole.append(number)
            elif barred:
                self.barred.append(number)
                self._refunds_begun -= 1
            else:
                self.refunded.append(number)

    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return len(self.sold) >= self.sales and len(self.refunded) >= self.refunds


class Agents:
    """So many agents at their counters, each with a session of its own."""

    def __init__(self, cluster: Cluster, work: Work, count: int) -> None:
        password = cluster.users()[AGENT]
        self.work = work
        self.counters: list[Counter] = []
        for each in range(count):
            doors = cluster.addresses[each % 2 :] + cluster.addresses[: each % 2]
            shop = TwoDoors(doors, build_opener(HTTPCookieProcessor(CookieJar())))
            shop.enter(AGENT, password)
            self.counters.append(
                Counter(shop, sales_per_search=_SALES_PER_SEARCH, patience=_PATIENCE_SECONDS)
            )
        # They end with the program: a failure of the test does not wait for their patience.
        self._threads = [
            threading.Thread(target=self._shift, args=(each,), daemon=True)
            for each in self.counters
        ]
        self._failures: list[Exception] = []

    def start(self) -> None:
        """Everybody begins."""
        for thread in self._threads:
            thread.start()

    def are_done(self) -> bool:
        """Whether all have gone home. Raises what one of them could not cope with."""
        for failure in self._failures:
            raise failure
        return not any(thread.is_alive() for thread in self._threads)

    def met(self) -> dict[str, int]:
        """Which refusals the agents met, how often."""
        return dict(Tally(code for counter in self.counters for code in counter.met).most_common())

    def repeated(self) -> int:
        """Requests that got no answer, or one that says nothing, and were made again."""
        shops = [counter.shop for counter in self.counters]
        return sum(shop.repeated for shop in shops if isinstance(shop, TwoDoors))

    def _shift(self, counter: Counter) -> None:
        try:
            self._work(counter)
        except Exception as failure:  # noqa: BLE001 - raised again where somebody waits for the end
            self._failures.append(failure)

    def _work(self, counter: Counter) -> None:
        route = _ROUTES[self.counters.index(counter) % len(_ROUTES)]
        while not self.work.is_done():
            task = self.work.next()
            if task is None:
                time.sleep(_BREATH_SECONDS)  # others are at the last ones, which may be barred
                continue
            goal, number = task
            if not number:
                number = counter.draft(origin=route[0], destination=route[1])
            self._serve(counter, number, goal)

    def _serve(self, counter: Counter, number: str, goal: str) -> None:
        end = time.monotonic() + _PATIENCE_SECONDS * 2
        while True:
            order = counter.advance(number, goal)
            barred = goal == "refunded" and is_barred(order)
            reached = order["state"] == "sold" if goal == "sold" else stage_of(order) == goal
            if barred:
                assert order["refunds"][-1]["blocked_until"]  # the page says until when
            if reached or barred:
                self.work.done(goal, number, barred=barred)
                return
            assert time.monotonic() < end, (goal, sale_of(order), order["refunds"])
