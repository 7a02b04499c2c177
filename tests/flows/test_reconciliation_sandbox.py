"""Reconciliation over the adapter and a running sandbox, in both personalities: what was done at
the counter is no difference, what somebody did there behind our back is one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, cast
from uuid import uuid4

import pytest

from agenturclient.sales.models import Sale, Ticket
from agenturclient.sales.ports import OfferKind, RefundRequest
from sandbox.testing import RunningSandbox, running_sandbox
from tests.contract.distributor.subjects import adapter
from tests.flows.conftest import NOON, Desk
from tests.flows.operators import compare, open_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes import FakeDistributor


@pytest.fixture(params=["plain", "strict"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[RunningSandbox]:
    """A sandbox of each personality."""
    with running_sandbox(personality=request.param) as running:
        yield running


@pytest.fixture
def counter(desk: Desk, sandbox: RunningSandbox, request: pytest.FixtureRequest) -> Desk:
    """The desk, with the adapter behind it."""
    sandbox.clock_set(NOON, frozen=True)
    plain = request.node.callspec.params["sandbox"] == "plain"
    # The desk only uses the port of its distributor here.
    behind = cast("FakeDistributor", adapter(sandbox, plain=plain))
    return replace(desk, distributor=behind)


def let_pass(desk: Desk, sandbox: RunningSandbox, by: timedelta) -> None:
    """Time goes by on both sides."""
    desk.clock.advance(by)
    sandbox.clock_set(desk.clock.now(), frozen=True)


def test_what_was_done_at_the_counter_is_no_difference(
    counter: Desk, sandbox: RunningSandbox
) -> None:
    counter.sold(OfferKind.REGULAR, OfferKind.SUPERSAVER, adults=2)
    let_pass(counter, sandbox, timedelta(seconds=5))
    counter.recover(minutes=0.1)
    partly = counter.sold(adults=2)
    let_pass(counter, sandbox, timedelta(seconds=5))
    counter.recover(minutes=0.1)
    first = Ticket.objects.filter(sale__order=int(partly.number[2:])).order_by("pk")[0]
    counter.accept(counter.quote(partly, first.pk))
    whole = counter.sold()
    counter.accept(counter.quote(whole))
    let_pass(counter, sandbox, timedelta(seconds=5))
    counter.recover(minutes=0.1)
    counter.quote(counter.sold())
    counter.hold(counter.prepare())
    report = compare(counter)
    assert (report.stopped, report.skipped, report.compared) == ("", 0, 6)
    assert open_rows() == []


def test_what_was_sold_and_refunded_behind_our_back_is_a_difference(counter: Desk) -> None:
    counter.hold(counter.prepare())
    held = Sale.objects.get()
    counter.distributor.issue(held.booking_id, key=uuid4(), language="de")
    compare(counter)
    ((kind, expected, found, cause),) = open_rows()
    assert (kind, expected, found, cause) == ("sold-there-not-here", 0, held.price_amount, "")

    order = counter.sold()
    sold = Sale.objects.latest("pk")
    booking = counter.distributor.read_booking(sold.booking_id)
    proofs = tuple(each.id for each in booking.fulfillments)
    quote = counter.distributor.quote_refund(
        RefundRequest(booking=sold.booking_id, fulfillments=proofs), key=uuid4()
    )
    counter.distributor.accept_refund(sold.booking_id, quote.id, key=uuid4())
    compare(counter, order.number)
    assert [row[0] for row in open_rows()] == ["sold-there-not-here", "refunded-there-not-here"]
