"""Reconciliation over the adapter and a running sandbox, in both personalities: what was done at
the counter is no difference, what somebody did there behind our back is one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

import pytest

from agenturclient.sales.models import Sale, Ticket
from agenturclient.sales.ports import OfferKind, RefundRequest
from sandbox.testing import RunningSandbox, running_sandbox
from tests.contract.distributor.subjects import adapter
from tests.flows.conftest import NOON, Desk
from tests.flows.operators import NO, YES, compare, decide, flagged, open_rows

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


# Nobody can find out what became of a booking.
UNREADABLE = ("booking-read", "bookings-search", "refund-read")


def until_flagged(desk: Desk, sandbox: RunningSandbox) -> None:
    """Nothing can be read there until the operation waits for a person."""
    for operation in UNREADABLE:
        sandbox.fault(operation, "error-before")
    let_pass(desk, sandbox, timedelta(minutes=1))
    desk.recover(minutes=0.1)
    let_pass(desk, sandbox, timedelta(minutes=15))
    desk.recover(minutes=0.1)
    assert flagged().settled_at is None


def test_a_sale_that_is_there_after_a_person_denied_it_is_a_difference(
    counter: Desk, sandbox: RunningSandbox
) -> None:
    number = counter.prepare()
    counter.hold(number)
    sandbox.fault("fulfillment", "lost-after", times=1)
    counter.sell(number)
    until_flagged(counter, sandbox)
    decide(counter, NO)
    sandbox.clear_faults()
    compare(counter)
    price = Sale.objects.get().price_amount
    assert open_rows() == [("sold-there-not-here", 0, price, "decided-by-a-person")]


def test_a_sale_that_is_not_there_after_a_person_affirmed_it_is_a_difference(
    counter: Desk, sandbox: RunningSandbox
) -> None:
    number = counter.prepare()
    counter.hold(number)
    sandbox.fault("fulfillment", "error-before", times=1)
    counter.sell(number)
    until_flagged(counter, sandbox)
    decide(counter, YES, code="XY77ZZ")
    sandbox.clear_faults()
    compare(counter)
    price = Sale.objects.get().price_amount
    assert open_rows() == [("sold-here-not-there", price, 0, "decided-by-a-person")]


def test_a_refund_that_is_not_there_after_a_person_affirmed_it_is_a_difference(
    counter: Desk, sandbox: RunningSandbox
) -> None:
    order = counter.quote(counter.sold())
    let_pass(counter, sandbox, timedelta(seconds=5))
    counter.recover(minutes=0.1)
    sandbox.fault("refund-confirm", "error-before", times=1)
    counter.accept(order)
    until_flagged(counter, sandbox)
    decide(counter, YES)
    sandbox.clear_faults()
    compare(counter)
    amount = order.refunds[-1].amount
    assert amount is not None
    assert ("refunded-here-not-there", amount.amount, 0, "decided-by-a-person") in open_rows()


def test_another_price_there_is_a_difference(counter: Desk) -> None:
    counter.sold()
    theirs = Sale.objects.get().price_amount
    assert theirs is not None
    Sale.objects.update(price_amount=theirs - 100)
    compare(counter)
    first, *others = open_rows()
    assert first == ("price-differs", theirs - 100, theirs, "distributor-changed-the-amount")
    # Our entries no longer say what our sale says either.
    assert [row[0] for row in others] == ["entries-differ"]


class Repeating:
    """A distributor whose holds can be asked for once more, as a faulty program would."""

    def __init__(self, behind: FakeDistributor) -> None:
        self.behind = behind
        self.asked: Any = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.behind, name)

    def hold(self, request: Any, **more: Any) -> Any:
        """Remember what was asked for."""
        self.asked = request
        return self.behind.hold(request, **more)


def test_a_second_booking_under_our_reference_is_a_difference(counter: Desk) -> None:
    repeating = Repeating(counter.distributor)
    counter = replace(counter, distributor=cast("FakeDistributor", repeating))
    counter.sold()
    second = repeating.behind.hold(repeating.asked, key=uuid4())
    compare(counter)
    assert open_rows() == []

    booked = repeating.behind.issue(second.id, key=uuid4(), language="de")
    compare(counter)
    assert open_rows() == [("sold-twice-there", 0, booked.price.amount, "")]
