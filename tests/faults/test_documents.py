"""Documents that are under way while the ticket they prove is given back."""

from collections.abc import Mapping
from typing import Final

import pytest

from tests.faults.books import differences
from tests.faults.conftest import Shops
from tests.faults.counter import Counter, Order, sale_of, stage_of
from tests.faults.processes import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

_SLOW_SECONDS: Final = 3.0


def test_a_document_that_arrives_after_the_refund_is_not_handed_out(
    shops: Shops, counters: Mapping[str, Counter]
) -> None:
    premises, counter = shops["plain"], counters["plain"]
    number = counter.draft()
    counter.advance(number, "held")
    premises.distributor.fault("fulfillment", "late-documents", times=1, seconds=1.0)
    counter.advance(number, "sold")
    premises.distributor.fault("document", "delay", times=1, seconds=_SLOW_SECONDS)
    premises.await_strikes()  # recover fetches it now

    refunded = counter.advance(number, "refunded")

    wait_until(lambda: _is_complete(counter.order(number)), 30, "documents")
    documents = (sale_of(counter.order(number)) or {})["documents"]
    current = [each for each in documents if each["current"]]
    assert stage_of(refunded) == "refunded"
    assert [each["travellers"] for each in current] == [["T2"]]
    assert differences(premises, [number]) == []
    rest = counter.give_back_the_rest(number)
    assert [refund["state"] for refund in rest["refunds"]] == ["refunded", "refunded"]
    assert differences(premises, [number]) == []


def _is_complete(order: Order) -> bool:
    return bool((sale_of(order) or {})["documents_complete"])
