"""How an operator's decision gets a problem."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps

from agenturclient.identity.actors import Role
from agenturclient.sales.ports import OutcomeUnknown, Unavailable
from agenturclient.sales.recover import Recovery
from tests.api import steps
from tests.api.scenarios import tells

if TYPE_CHECKING:
    from tests.api.browser import Answer, Browser
    from tests.api.conftest import Shop

_READS = ("read_booking", "find_bookings")
DENIED = {"happened": False, "reason": "their back office has no booking"}
CONFIRMED = {"happened": True, "reason": "seen in their back office", "booking_code": "XY77"}


def operator(shop: Shop) -> Browser:
    """A browser in which one of the operator's people is signed in."""
    return shop.enter(role=Role.OPERATOR)


def stuck(shop: Shop, counter: Browser, *, effect: bool = False) -> int:
    """A confirmation without an answer that waits for a person; its operation."""
    order = steps.held(counter)
    shop.distributor.fail_next("issue", OutcomeUnknown("no-answer"), effect=effect)
    assert counter.post(f"orders/{order['number']}/sale", {"total": order["total"]}).status == 202
    recovery = Recovery(shop.distributor, shop.clock)
    shop.clock.advance(timedelta(seconds=5))
    leave(shop)
    for _ in range(3):
        shop.clock.advance(timedelta(minutes=8))
        recovery.run_once()
    operations = apps.get_model("sales", "Operation").objects
    return int(operations.filter(kind="issue", flagged_at__isnull=False).latest("pk").pk)


def leave(shop: Shop) -> None:
    """The distributor's bookings cannot be read any more."""

    def refuse(method: str) -> None:
        if method in _READS:
            raise Unavailable("no-route-to-host")

    shop.distributor.knobs.on_call = refuse


def come_back(shop: Shop) -> None:
    """They can be read again."""
    shop.distributor.knobs.on_call = lambda _method: None


def decide(browser: Browser, operation: int, body: dict[str, Any], key: object = None) -> Answer:
    """Say what happened."""
    return browser.post(f"worklist/{operation}/decision", body, key=key)


@tells("case-not-found", 404)
def an_operation_that_never_was(shop: Shop, _counter: Browser) -> Answer:
    return decide(operator(shop), 999, DENIED)


@tells("already-settled", 409, state="lapsed")
def a_second_decision(shop: Shop, counter: Browser) -> Answer:
    operation = stuck(shop, counter)
    assert decide(operator(shop), operation, DENIED).status == 200
    return decide(operator(shop), operation, CONFIRMED)


@tells("not-decidable", 409, kind="hold")
def a_hold_that_a_person_confirms(shop: Shop, counter: Browser) -> Answer:
    number = steps.draft(counter)["number"]
    shop.distributor.fail_next("hold", OutcomeUnknown("no-answer"))
    assert counter.post(f"orders/{number}/hold").status == 202
    operation = apps.get_model("sales", "Operation").objects.get(kind="hold").pk
    return decide(operator(shop), operation, CONFIRMED)


@tells("booking-number-missing", 422)
def sold_under_no_number(shop: Shop, counter: Browser) -> Answer:
    return decide(operator(shop), stuck(shop, counter), {**CONFIRMED, "booking_code": ""})


@tells("reason-missing", 422)
def a_decision_without_a_reason(shop: Shop, _counter: Browser) -> Answer:
    return decide(operator(shop), 999, {"happened": False})


@tells("difference-not-found", 404)
def a_difference_that_never_was(shop: Shop, _counter: Browser) -> Answer:
    return operator(shop).post("differences/999/resolution", {"reason": "paid"})
