"""Orders over HTTP: the way from search to refund, and what is found of it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from tests.api import steps

if TYPE_CHECKING:
    from tests.api.browser import Browser
    from tests.api.conftest import Shop


def test_a_ticket_is_sold_and_refunded(counter: Browser, shop: Shop) -> None:
    order = steps.sold(counter)
    assert order["state"] == "sold"
    assert order["total"] == {"amount": 2600, "currency": "CHF"}
    refunded = steps.refunded(counter, steps.quoted(counter, order))
    assert refunded["refunded"] == {"amount": 2600, "currency": "CHF"}
    assert [call.method for call in shop.distributor.calls] == []
