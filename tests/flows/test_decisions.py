"""What nobody could clear up in a quarter of an hour: a person decides, under the fence."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from agenturclient.sales import holds, refund, worklist
from agenturclient.sales.details import CaseKind, Question
from agenturclient.sales.errors import (
    AlreadySettled,
    NotDecidable,
)
from agenturclient.sales.models import Operation, Refund, Sale, Ticket
from agenturclient.sales.models.journal import OperationKind, OperationState
from agenturclient.sales.ports import Refusals
from agenturclient.sales.states import OrderState, RefundState, SaleState
from agenturclient.settlement.models import Posting
from tests.flows.operators import (
    LOST,
    NO,
    READS,
    YES,
    away,
    carrier,
    decide,
    events,
    flagged,
    run_until_flagged,
    stuck_acceptance,
    stuck_issue,
    wide_actor,
)

if TYPE_CHECKING:
    from tests.flows.conftest import Desk


# ---------------------------------------------------------------- the worklist


def test_a_case_shows_what_we_asked_beside_what_the_distributor_said(desk: Desk) -> None:
    number = desk.prepare()
    desk.hold(number)
    desk.distributor.fail_next("issue", LOST)
    desk.sell(number)
    desk.recover(minutes=0.2)
    run_until_flagged(desk)
    page = worklist.list_cases(actor=wide_actor())
    (case,) = page.results
    assert (page.count, page.next) == (1, None)
    assert (case.number, case.reference, case.state) == (number, f"{number}-1-1", "issuing")
    assert (case.kind, case.question) == (CaseKind.ISSUE, Question.SOLD)
    assert (case.answers, case.needs_booking_code) == ((True, False), True)
    assert case.amount is not None
    assert (case.amount.amount, case.amount.currency) == (2600, "CHF")
    assert (case.agency.code, case.booking_code, case.attempts) == ("alpenreisen", "PNR1", 1)
    assert case.seen is not None
    assert (case.seen.answer, case.seen.booking_code) == ("held", "PNR1")
    assert (case.seen.parts, case.seen.confirmed, case.seen.refunded) == (1, 0, 0)
    assert case.flagged_at is not None
    assert case.last_look_at is not None
    assert case.flagged_at - case.asked_at >= timedelta(minutes=15)
    assert case.last_look_at > case.seen.at


def test_a_booking_that_is_not_there_is_said_so(desk: Desk) -> None:
    number = desk.prepare()
    desk.hold(number)
    desk.distributor.fail_next("issue", LOST, effect=True)
    desk.sell(number)
    desk.distributor.forget(Sale.objects.get().booking_id)
    with away(desk, "find_bookings"):
        desk.recover(minutes=17)
    (case,) = worklist.list_cases(actor=wide_actor()).results
    assert case.seen is not None
    assert case.seen.answer == Refusals.BOOKING_NOT_FOUND


def test_what_is_young_or_settled_is_not_on_the_worklist(desk: Desk) -> None:
    desk.sold()
    number = desk.prepare()
    desk.hold(number)
    desk.distributor.fail_next("issue", LOST)
    desk.sell(number)
    assert worklist.list_cases(actor=wide_actor()).results == ()


def test_the_worklist_comes_in_pages(desk: Desk) -> None:
    stuck_issue(desk, effect=False)
    first = flagged()
    for n in range(50):
        Operation.objects.create(
            kind=OperationKind.ISSUE,
            state=OperationState.SENT,
            open_subject=f"test:{n}",
            order=first.order,
            sale=first.sale,
            key=uuid4(),
            lease_until=first.lease_until,
            next_at=first.next_at,
            created_at=first.created_at,
            flagged_at=first.flagged_at,
        )
    page = worklist.list_cases(actor=wide_actor())
    assert (page.count, len(page.results)) == (51, 50)
    rest = worklist.list_cases(actor=wide_actor(), cursor=page.next or "")
    assert (len(rest.results), rest.next) == (1, None)


# ---------------------------------------------------------------- sales


def test_it_happened_posts_the_held_price(desk: Desk) -> None:
    number = stuck_issue(desk, effect=False)
    with away(desk, *READS):
        case = decide(desk, YES, code="XY77")
    order = desk.order(number)
    sale = order.items[0].sale
    assert sale is not None
    assert (sale.state, sale.booking_code) == (SaleState.ISSUED, "XY77")
    assert [ticket.price.amount for ticket in sale.tickets] == [2600]
    assert carrier() == -2600
    assert (case.state, case.outcome, case.next_look_at) == ("issued", "done", None)
    ((who, facts),) = events("issued")
    assert who == "Ruth Frei"
    assert facts == {
        "price": 2600,
        "held": 2600,
        "currency": "CHF",
        "decided": True,
        "happened": True,
        "reason": "seen in their back office",
    }
    with away(desk, *READS):
        desk.recover(minutes=0.5)
    assert desk.order(number).state is OrderState.SOLD


def test_a_hold_at_another_price_than_offered_is_posted_as_held_split_evenly(desk: Desk) -> None:
    number = stuck_issue(desk, effect=False)
    Sale.objects.update(price_amount=2701)
    with away(desk, *READS):
        decide(desk, YES, code="XY77")
    assert carrier() == -2701
    assert list(Ticket.objects.values_list("price_amount", flat=True)) == [2701]
    assert desk.order(number).total.amount == 2701


def test_it_did_not_happen_ends_the_sale_and_frees_the_item(desk: Desk) -> None:
    number = stuck_issue(desk, effect=False)
    with away(desk, *READS):
        decide(desk, NO)
    ((who, facts),) = events("lapsed")
    assert who == "Ruth Frei"
    assert facts == {"decided": True, "happened": False, "reason": "seen in their back office"}
    assert not Posting.objects.exists()
    desk.recover(minutes=0.2)
    assert desk.order(number).state is OrderState.DRAFT
    sale = Sale.objects.get()
    assert (sale.live_item_id, sale.problem_code) == (None, "not-done")


def test_a_freed_item_can_be_sold_again(desk: Desk) -> None:
    desk.distributor.knobs.quota = 9
    number = stuck_issue(desk, effect=False)
    with away(desk, *READS):
        decide(desk, NO)
    desk.recover(minutes=0.2)
    fresh = desk.sold()
    assert fresh.state is OrderState.SOLD
    assert desk.order(number).state is OrderState.DRAFT


def test_what_the_distributor_proves_outranks_a_person_who_denies_it(desk: Desk) -> None:
    number = stuck_issue(desk, effect=True)
    with pytest.raises(AlreadySettled) as refusal:
        decide(desk, NO)
    assert refusal.value.facts == {"state": "issued"}
    ((who, facts),) = events("issued")
    assert who == "Lea Keller"
    assert "decided" not in facts
    desk.recover(minutes=0.2)
    assert desk.order(number).state is OrderState.SOLD


def test_what_the_distributor_proves_is_posted_also_when_a_person_confirms_it(desk: Desk) -> None:
    stuck_issue(desk, effect=True)
    decide(desk, YES, code="typed wrongly")
    assert Sale.objects.get().booking_code == "PNR1"
    assert events("issued")[0][1]["decided"] is True


@pytest.mark.parametrize(("happened", "state"), [(YES, SaleState.ISSUED), (NO, SaleState.FAILED)])
def test_a_clean_up_that_does_not_end_is_decided_by_whether_it_is_sold(
    desk: Desk, state: SaleState, *, happened: bool
) -> None:
    number = desk.prepare(adults=2)
    desk.hold(number)
    desk.distributor.confirm_next_only_in_part()
    desk.sell(number)
    desk.clock.advance(timedelta(minutes=3))
    with away(desk, "clean_up"):
        desk.recover(minutes=18)
    assert flagged().kind == OperationKind.CLEAN_UP
    decide(desk, happened, code="PNR1" if happened else "")
    assert Sale.objects.get().state == state
    assert carrier() == (-5200 if happened else 0)


@pytest.mark.parametrize(("happened", "state"), [(YES, SaleState.RELEASED), (NO, SaleState.HELD)])
def test_giving_back_is_decided_without_a_booking_number(
    desk: Desk, state: SaleState, *, happened: bool
) -> None:
    number = desk.prepare()
    desk.hold(number)
    desk.distributor.fail_next("release", LOST)
    holds.drop_item(number, 1, actor=desk.actor, distributor=desk.distributor, clock=desk.clock)
    run_until_flagged(desk)
    with away(desk, *READS):
        decide(desk, happened)
    assert Sale.objects.get().state == state
    assert (desk.order(number).items == ()) is happened


def test_a_hold_can_only_be_denied(desk: Desk) -> None:
    number = desk.prepare()
    desk.distributor.fail_next("hold", LOST, effect=True)
    desk.hold(number)
    run_until_flagged(desk)
    with pytest.raises(NotDecidable) as refusal:
        decide(desk, YES, code="PNR1")
    assert refusal.value.facts == {"kind": "hold"}
    with away(desk, *READS):
        assert decide(desk, NO).state == "lapsed"


# ---------------------------------------------------------------- refunds


def test_a_refund_that_happened_posts_the_quoted_amount(desk: Desk) -> None:
    stuck_acceptance(desk, effect=False)
    with away(desk, *READS):
        decide(desk, YES)
    row = Refund.objects.get()
    assert (row.state, row.confirmed_amount) == (RefundState.REFUNDED, 2600)
    assert carrier() == 0
    ((who, facts),) = events("refunded")
    assert (who, facts["decided"], facts["amount"]) == ("Ruth Frei", True, 2600)


def test_a_refund_that_did_not_happen_frees_its_tickets(desk: Desk) -> None:
    stuck_acceptance(desk, effect=False)
    with away(desk, *READS):
        decide(desk, NO)
    assert Refund.objects.get().state == RefundState.LAPSED
    assert Ticket.objects.filter(refund=None, refunded=False).count() == 1
    assert carrier() == -2600


def test_a_proven_refund_is_booked_whatever_a_person_says(desk: Desk) -> None:
    stuck_acceptance(desk, effect=True)
    with pytest.raises(AlreadySettled) as refusal:
        decide(desk, NO)
    assert refusal.value.facts == {"state": "refunded"}
    assert carrier() == 0


def test_a_lost_quote_can_only_be_denied(desk: Desk) -> None:
    order = desk.sold()
    desk.distributor.fail_next("quote_refund", LOST)
    desk.quote(order)
    run_until_flagged(desk)
    with pytest.raises(NotDecidable):
        decide(desk, YES)
    with away(desk, *READS):
        assert decide(desk, NO).state == "lapsed"


@pytest.mark.parametrize(
    ("happened", "state"), [(YES, RefundState.DROPPED), (NO, RefundState.QUOTED)]
)
def test_a_dropped_quote_is_decided(desk: Desk, state: RefundState, *, happened: bool) -> None:
    order = desk.quote(desk.sold())
    desk.distributor.fail_next("drop_quote", LOST)
    refund.drop_quote(
        order.number,
        order.refunds[-1].id,
        actor=desk.actor,
        distributor=desk.distributor,
        clock=desk.clock,
    )
    run_until_flagged(desk)
    with away(desk, *READS):
        assert decide(desk, happened).state == state
