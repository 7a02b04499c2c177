"""Our books against the distributor's: every difference is found once, with its cause, and goes
when it is gone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from agenturclient.kernel.money import Money
from agenturclient.sales import worklist
from agenturclient.sales.details import Proposal
from agenturclient.sales.models import Difference, Refund, Sale, Ticket
from agenturclient.sales.ports import (
    Abilities,
    OfferKind,
    OutcomeUnknown,
    Refusals,
    Refused,
    Unavailable,
)
from agenturclient.sales.states import RefundState, SaleState
from agenturclient.settlement.models import Entry
from tests.flows.operators import (
    LOST,
    NO,
    READS,
    YES,
    away,
    compare,
    decide,
    open_rows,
    stuck_acceptance,
    stuck_issue,
    theirs,
    turn_price,
    wide_actor,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.flows.conftest import Desk


# ---------------------------------------------------------------- nothing differs


def test_a_week_like_any_other_has_no_difference(make_desk: Callable[..., Desk]) -> None:
    for abilities in (Abilities(), Abilities(lists_quotes=False, find_by_reference=False)):
        desk = make_desk(abilities=abilities)
        desk.sold(OfferKind.REGULAR, OfferKind.SUPERSAVER, adults=2)
        order = desk.sold(adults=2)
        desk.accept(
            desk.quote(
                order, Ticket.objects.filter(sale__order__pk=int(order.number[2:])).latest("pk").pk
            )
        )
        desk.recover(minutes=0.1)
        desk.hold(desk.prepare())
        desk.quote(desk.sold())
        report = compare(desk)
        assert (report.stopped, report.skipped, report.seen) == ("", 0, 0)
        assert open_rows() == []


def test_a_refund_that_no_quote_tells_is_proved_by_its_parts(
    make_desk: Callable[..., Desk],
) -> None:
    desk = make_desk(abilities=Abilities(lists_quotes=False, reads_quotes=False))
    desk.accept(desk.quote(desk.sold()))
    compare(desk)
    assert open_rows() == []
    entry = theirs(desk)
    entry.parts = [replace(part, refunded=False) for part in entry.parts]
    compare(desk)
    assert open_rows() == [("refunded-here-not-there", 2600, 0, "")]


def test_what_recovery_works_on_is_left_to_it(desk: Desk) -> None:
    number = desk.prepare()
    desk.hold(number)
    desk.distributor.fail_next("issue", LOST, effect=True)
    desk.sell(number)
    report = compare(desk)
    assert (report.compared, report.skipped, open_rows()) == (0, 1, [])


# ---------------------------------------------------------------- each kind


def test_a_sale_that_arrived_late_is_sold_there_and_not_here(desk: Desk) -> None:
    number = desk.prepare()
    desk.hold(number)
    desk.distributor.fail_next("issue", LOST)
    desk.sell(number)
    desk.clock.advance(timedelta(minutes=3))
    desk.recover(minutes=1)
    sale = Sale.objects.get()
    assert sale.state == SaleState.HELD
    desk.distributor.books.issue(sale.booking_id)
    compare(desk)
    assert open_rows() == [("sold-there-not-here", 0, 2600, "late-arrival")]
    desk.clock.advance(timedelta(minutes=30))
    desk.recover(minutes=1)
    compare(desk)
    assert open_rows() == []
    row = Difference.objects.get()
    assert (row.resolution, row.resolved_by, row.resolved_at) == ("gone", None, desk.clock.now())


def test_a_sale_that_a_person_denied_and_that_is_found_there_is_to_be_refunded(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    stuck_issue(desk, effect=False)
    with away(desk, *READS):
        decide(desk, NO)
    desk.distributor.books.entry(Sale.objects.get().booking_id).hold_until += timedelta(hours=2)
    desk.distributor.books.issue(Sale.objects.get().booking_id)
    compare(desk)
    assert open_rows() == [("sold-there-not-here", 0, 2600, "decided-by-a-person")]
    (row,) = worklist.list_differences(actor=wide_actor()).results
    assert (row.proposal, row.reference) == (Proposal.REFUND_THERE, Sale.objects.get().reference)
    assert [each.levelname for each in caplog.records if "difference" in each.message] == ["ERROR"]


def test_a_sale_that_a_person_confirmed_and_that_is_not_there_is_to_be_refunded_here(
    desk: Desk,
) -> None:
    stuck_issue(desk, effect=False)
    with away(desk, *READS):
        decide(desk, YES, code="PNR1")
    desk.clock.advance(timedelta(hours=1))
    compare(desk)
    assert open_rows() == [("sold-here-not-there", 2600, 0, "decided-by-a-person")]
    (row,) = worklist.list_differences(actor=wide_actor()).results
    assert row.proposal is Proposal.REFUND_HERE


def test_a_booking_that_is_gone_is_not_sold_there(desk: Desk) -> None:
    desk.sold()
    desk.distributor.forget(Sale.objects.get().booking_id)
    compare(desk)
    assert open_rows() == [("sold-here-not-there", 2600, 0, "")]


def test_a_booking_whose_answer_never_came_is_found_by_our_reference(desk: Desk) -> None:
    number = desk.prepare()
    desk.distributor.fail_next("hold", Unavailable("no-route-to-host"), effect=True)
    with pytest.raises(Unavailable):
        desk.hold(number)
    (booking,) = desk.distributor.books.entries
    desk.distributor.books.issue(booking)
    compare(desk)
    assert open_rows() == [("sold-there-not-here", 0, 2600, "")]


def test_a_second_booking_under_our_reference_is_sold_twice(desk: Desk) -> None:
    desk.sold()
    books = desk.distributor.books
    books.issue(books.enter(theirs(desk).request))
    compare(desk)
    assert open_rows() == [("sold-twice-there", 0, 2600, "")]


def test_another_price_there_is_a_difference(desk: Desk) -> None:
    desk.sold()
    turn_price(desk, 100)
    compare(desk)
    assert open_rows() == [("price-differs", 2600, 2700, "distributor-changed-the-amount")]


def test_a_refund_of_somebody_else_is_refunded_there_and_not_here(desk: Desk) -> None:
    desk.sold()
    entry = theirs(desk)
    entry.refund(part.id for part in entry.parts)
    compare(desk)
    assert open_rows() == [("refunded-there-not-here", 0, 2600, "")]


def test_a_quote_of_nobody_that_was_accepted_is_refunded_there(desk: Desk) -> None:
    order = desk.sold()
    desk.accept(desk.quote(order))
    Refund.objects.update(quote_id="another")
    compare(desk)
    assert [row[:3] for row in open_rows()] == [("refunded-there-not-here", 0, 2600)]
    assert Difference.objects.get().refund_id is None


def test_a_refund_that_a_person_denied_and_that_is_found_there(desk: Desk) -> None:
    stuck_acceptance(desk, effect=False)
    with away(desk, *READS):
        decide(desk, NO)
    entry = theirs(desk)
    entry.quotes = [replace(each, valid_until=None) for each in entry.quotes]
    desk.distributor.books.accept(entry, Refund.objects.get().quote_id)
    compare(desk)
    assert open_rows() == [("refunded-there-not-here", 0, 2600, "decided-by-a-person")]
    assert Difference.objects.get().refund_id == Refund.objects.get().pk


def test_a_quote_that_two_refunds_had_in_turn_is_that_of_the_one_that_was_refunded(
    desk: Desk,
) -> None:
    order = desk.sold()
    desk.distributor.fail_next("accept_refund", Refused(Refusals.OTHER))
    with pytest.raises(Refused):
        desk.accept(desk.quote(order))
    desk.distributor.fail_next("quote_refund", OutcomeUnknown("no-answer"))
    desk.quote(order)
    desk.recover()
    desk.accept(desk.order(order.number))
    rows = Refund.objects.order_by("pk").values_list("state", "quote_id")
    assert [state for state, _ in rows] == [RefundState.DECLINED, RefundState.REFUNDED]
    assert len({quote for _, quote in rows}) == 1
    compare(desk)
    assert open_rows() == []


def test_a_refund_that_a_person_confirmed_and_that_is_not_there(desk: Desk) -> None:
    stuck_acceptance(desk, effect=False)
    entry = theirs(desk)
    entry.quotes = [replace(each, valid_until=None) for each in entry.quotes]
    with away(desk, *READS):
        decide(desk, YES)
    compare(desk)
    assert open_rows() == [("refunded-here-not-there", 2600, 0, "decided-by-a-person")]


def test_another_amount_of_a_refund_there_is_a_difference(desk: Desk) -> None:
    desk.accept(desk.quote(desk.sold()))
    entry = theirs(desk)
    entry.quotes = [replace(each, amount=Money(2500, "CHF")) for each in entry.quotes]
    compare(desk)
    assert open_rows() == [("refund-amount-differs", 2600, 2500, "distributor-changed-the-amount")]


def test_entries_that_do_not_say_what_the_tickets_say_are_a_difference(desk: Desk) -> None:
    desk.sold()
    Entry.objects.filter(account="carrier").update(amount=-2500)
    compare(desk)
    assert open_rows() == [("entries-differ", 2600, 2500, "")]
    Entry.objects.filter(account="agency").delete()
    compare(desk)
    assert open_rows()[0][0] == "entries-differ"


# ---------------------------------------------------------------- noted at the counter


def test_a_price_that_is_not_the_held_one_is_posted_and_noted(desk: Desk) -> None:
    number = desk.prepare()
    desk.hold(number)
    turn_price(desk, 300)
    desk.sell(number)
    assert open_rows() == [("price-not-as-held", 2600, 2900, "distributor-changed-the-amount")]
    assert sum(entry.amount for entry in Entry.objects.filter(account="carrier")) == -2900
    compare(desk)
    assert len(open_rows()) == 1


def test_a_refund_that_is_not_as_quoted_is_posted_and_noted(desk: Desk) -> None:
    desk.distributor.change_next_refund(Money(-100, "CHF"))
    desk.accept(desk.quote(desk.sold()))
    assert open_rows() == [("refund-not-as-quoted", 2600, 2500, "distributor-changed-the-amount")]
    assert Difference.objects.get().refund_id == Refund.objects.get().pk
    compare(desk)
    assert len(open_rows()) == 1
