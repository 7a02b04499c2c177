"""What an agent does at the counter, over the API: one act at a time, or on and on to a goal."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

from scripts.shop import Problem, Shop

Order = dict[str, Any]

# From the draft to money back; each act leads from one to the next.
STAGES: Final = ("draft", "held", "sold", "quoted", "refunded")
_DAYS_AHEAD: Final = 9
_MOST_ACTS: Final = 15
_BREATH_SECONDS: Final = 0.3
NO_ANSWER: Final = "no-answer"
# Perhaps nothing was sent: too many acts are under way, or the distributor is given a rest.
_NOT_SENT: Final = {"distributor-busy", "distributor-paused"}
_BLOCKED: Final = "quote-blocked"


@dataclass
class Counter:
    """An agent and the dossiers on the desk. `met` lists the refusals met on the way.

    `sales_per_search`: how many drafts are made of one search's answer. `patience`: seconds that
    the agent waits for an outcome.
    """

    shop: Shop
    met: list[str] = field(default_factory=list)
    sales_per_search: int = 1
    patience: float = 60.0

    def __post_init__(self) -> None:
        self._places: dict[str, str] = {}
        self._searches: list[dict[str, Any]] = []

    def draft(self, *, origin: str = "BN", destination: str = "ZUE") -> str:
        """A new order with one regular ticket for each of two travellers; its number."""
        if not self._searches:
            self._searches = [self.search(origin, destination)] * self.sales_per_search
        search = self._searches.pop()
        offer = next(each for each in search["offers"] if each["kind"] == "regular")
        order = self.shop.post("/orders", {})
        path = f"/orders/{order['number']}"
        order = self.shop.post(f"{path}/items", {"search": search["id"], "offer": offer["number"]})
        names = [_named(traveller) for traveller in order["travellers"]]
        self.shop.patch(path, {"travellers": names})
        return str(order["number"])

    def order(self, number: str) -> Order:
        """The order as it is."""
        return self.shop.get(f"/orders/{number}")

    def settled(self, number: str) -> Order:
        """The order once nothing of it is open any more."""
        return self.shop.settled(self.order(number), self.patience)

    def act(self, number: str) -> str:
        """The next act; the code of the problem that it met, empty when there was none."""
        return self.sent_act(number)()

    def next_act(self, number: str) -> Callable[[str], str]:
        """The next act as it stands now, to be done under a key, as often as somebody clicks."""
        order = self.order(number)
        path, body = _request(order, stage_of(order))

        def act(key: str) -> str:
            try:
                self.shop.post(f"/orders/{number}{path}", body, key=key)
            except Problem as problem:
                self.met.append(problem.code)
                return problem.code
            except (HTTPException, OSError):
                self.met.append(NO_ANSWER)
                return NO_ANSWER
            return ""

        return act

    def sent_act(
        self, number: str, was_sent: Callable[[], bool] = lambda: False
    ) -> Callable[[], str]:
        """The next act as it stands now, tried again while it is not even sent."""
        act = self.next_act(number)

        def insist() -> str:
            end = time.monotonic() + self.patience
            told = act(str(uuid4()))
            while told in _NOT_SENT and not was_sent() and time.monotonic() < end:
                time.sleep(_BREATH_SECONDS)
                told = act(str(uuid4()))
            return told

        return insist

    def advance(self, number: str, goal: str) -> Order:
        """Act again and again, as a patient agent would, until the goal is reached or barred."""
        for _ in range(_MOST_ACTS):
            order = self.settled(number)
            if STAGES.index(stage_of(order)) >= STAGES.index(goal) or is_barred(order):
                return order
            if self.act(number):
                time.sleep(_BREATH_SECONDS)
        return self.settled(number)

    def give_back_the_rest(self, number: str) -> Order:
        """Quote and accept what the order's tickets that are still valid bring."""
        valid = [each["id"] for each in _tickets(self.order(number)) if each["state"] == "valid"]
        self.shop.post(f"/orders/{number}/refunds", {"tickets": valid, "reason": None})
        return self.advance(number, "refunded")

    def search(self, origin: str = "BN", destination: str = "ZUE") -> dict[str, Any]:
        """The answer to a search for two travellers, insisted on."""
        when = datetime.now(ZoneInfo("Europe/Zurich")).date() + timedelta(days=_DAYS_AHEAD)
        body = {
            "origin": self._place(origin),
            "destination": self._place(destination),
            "when": f"{when}T09:00",
            "travellers": [
                {"ref": "P1", "kind": "person", "age": 41, "cards": []},
                {"ref": "P2", "kind": "person", "age": 44, "cards": ["half-fare"]},
            ],
        }
        return self._insisted(lambda: self.shop.post("/searches", body))

    def _place(self, code: str) -> str:
        if code not in self._places:
            self._places[code] = self._asked_place(code)
        return self._places[code]

    def _asked_place(self, code: str) -> str:
        path = f"/places?q={code}&limit=1"
        return str(self._insisted(lambda: self.shop.get(path))["places"][0]["id"])

    def _insisted(self, ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        end = time.monotonic() + self.patience
        while True:
            try:
                return ask()
            except Problem as problem:
                self.met.append(problem.code)
                assert time.monotonic() < end, self.met[-_MOST_ACTS:]
            time.sleep(_BREATH_SECONDS)


def stage_of(order: Order) -> str:
    """How far an order is; an open act counts as not done."""
    last = order["refunds"][-1]["state"] if order["refunds"] else ""
    if last in ("quoted", "refunded"):
        return str(last)
    if order["state"] == "sold":
        return "sold"
    return "held" if (sale_of(order) or {}).get("state") == "held" else "draft"


def sale_of(order: Order) -> dict[str, Any] | None:
    """The newest attempt to get the order's one item."""
    sale: dict[str, Any] | None = order["items"][0]["sale"]
    return sale


def _request(order: Order, stage: str) -> tuple[str, dict[str, Any]]:
    """Path below the order, and body."""
    if stage == "draft":
        return "/hold", {}
    if stage == "held":
        return "/sale", {"total": order["total"]}
    if stage == "sold":
        return "/refunds", {"tickets": [_tickets(order)[0]["id"]], "reason": None}
    refund = order["refunds"][-1]
    return f"/refunds/{refund['id']}/acceptance", {"amount": refund["amount"]}


def _tickets(order: Order) -> list[dict[str, Any]]:
    tickets: list[dict[str, Any]] = (sale_of(order) or {})["tickets"]
    return tickets


def is_barred(order: Order) -> bool:
    """Whether a lost quote stands in the way until the distributor's own limit: it said so twice.

    Once may be our own caution, when nobody could tell whether a quote had been made.
    """
    problems = [refund["problem"] or {} for refund in order["refunds"][-2:]]
    return [problem.get("code") for problem in problems] == [_BLOCKED, _BLOCKED]


def _named(traveller: dict[str, Any]) -> dict[str, Any]:
    born = datetime.now(ZoneInfo("Europe/Zurich")).year - traveller["age"] - 1
    return {
        "ref": traveller["ref"],
        "first_name": "Maria",
        "last_name": f"Muster {traveller['ref']}",
        "birth_date": f"{born}-12-31",
        "email": "maria@example.org",
        "phone": "+41790000000",
    }
