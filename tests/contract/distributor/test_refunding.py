"""Quoting, accepting and dropping refunds, with every distributor alike."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest

from agenturclient.kernel.money import Money, total
from agenturclient.sales.ports import (
    Booking,
    OfferKind,
    OutcomeUnknown,
    RefundQuote,
    RefundReason,
    RefundRequest,
    Refusals,
    Refused,
    Unavailable,
)
from tests.contract.distributor.counter import ANNA, BEAT, SWITZERLAND, Counter


def go_to(counter: Counter, days: int) -> None:
    """Noon, so many days after the day of travel."""
    noon = datetime.combine(counter.day + timedelta(days=days), time(12), tzinfo=SWITZERLAND)
    counter.subject.advance(noon - counter.subject.now())


def refusal_of_quote(counter: Counter, booking: Booking) -> str:
    """The code with which a quote is refused."""
    with pytest.raises(Refused) as caught:
        counter.quote(booking)
    return caught.value.code


def brought_by(counter: Counter, booking: Booking) -> str | tuple[int, int]:
    """What a quote brings and costs, or the code with which it is refused."""
    try:
        quote = counter.quote(booking)
    except Refused as refusal:
        return refusal.code
    return quote.amount.amount, quote.fee.amount


def accepted_again(counter: Counter, booking: Booking, quote: RefundQuote) -> bool:
    """Whether a second acceptance says that it is done, the one way or the other."""
    try:
        return counter.accept(booking, quote).confirmed
    except Refused as refusal:
        return refusal.code == Refusals.ALREADY_CONFIRMED


def test_a_regular_ticket_is_given_back_in_full_before_it_is_valid(counter: Counter) -> None:
    booking = counter.sell(ANNA, BEAT)
    quote = counter.quote(booking)
    assert (quote.fee, quote.amount) == (Money(0, "CHF"), booking.price)
    assert not quote.confirmed
    assert quote.valid_until == counter.subject.now() + timedelta(minutes=20)
    assert set(quote.fulfillments) == {each.id for each in booking.fulfillments}


def test_on_the_day_of_travel_a_request_costs_ten_francs(counter: Counter) -> None:
    booking = counter.sell(ANNA, BEAT)
    go_to(counter, 0)
    quote = counter.quote(booking)
    assert quote.fee == Money(1000, "CHF")
    assert quote.amount == booking.price - quote.fee


def test_the_shares_of_a_quote_add_up_and_name_the_parts(counter: Counter) -> None:
    booking = counter.sell(ANNA, BEAT)
    go_to(counter, 0)
    quote = counter.quote(booking)
    assert total((share.fee for share in quote.shares), "CHF") == quote.fee
    assert total((share.amount for share in quote.shares), "CHF") == quote.amount
    assert {part for share in quote.shares for part in share.parts} == {
        part.id for part in booking.parts
    }


def test_an_accepted_refund_is_a_fact(counter: Counter) -> None:
    booking = counter.sell()
    quote = counter.quote(booking)
    accepted = counter.accept(booking, quote)
    after = counter.distributor.read_booking(booking.id)
    assert (accepted.id, accepted.confirmed, accepted.amount) == (quote.id, True, quote.amount)
    assert all(part.refunded and part.confirmed for part in after.parts)
    assert not any(each.valid for each in after.fulfillments)
    assert after.price == booking.price
    assert counter.distributor.fetch_documents(booking.id) == ()


def test_accepting_twice_refunds_once(counter: Counter) -> None:
    booking = counter.sell()
    quote = counter.quote(booking)
    counter.accept(booking, quote)
    assert accepted_again(counter, booking, quote)


def test_a_refund_whose_answer_was_lost_is_read_again(counter: Counter) -> None:
    booking = counter.sell()
    quote = counter.quote(booking)
    counter.subject.lose_answer("accept_refund")
    with pytest.raises(OutcomeUnknown):
        counter.accept(booking, quote)
    found = counter.distributor.read_quote(booking.id, quote.id)
    assert found is not None
    assert (found.confirmed, found.amount) == (True, quote.amount)
    assert all(part.refunded for part in counter.distributor.read_booking(booking.id).parts)


def test_a_refund_that_broke_before_its_effect_is_still_proposed(counter: Counter) -> None:
    booking = counter.sell()
    quote = counter.quote(booking)
    counter.subject.fail_before("accept_refund")
    with pytest.raises(OutcomeUnknown):
        counter.accept(booking, quote)
    found = counter.distributor.read_quote(booking.id, quote.id)
    assert found is not None
    assert not found.confirmed
    assert counter.accept(booking, quote).confirmed


def test_a_refund_that_was_turned_away_can_be_accepted_later(counter: Counter) -> None:
    booking = counter.sell()
    quote = counter.quote(booking)
    counter.subject.turn_away("accept_refund")
    with pytest.raises(Unavailable):
        counter.accept(booking, quote)
    assert counter.accept(booking, quote).confirmed


def test_one_of_two_tickets_is_given_back(counter: Counter) -> None:
    booking = counter.sell(ANNA, BEAT)
    mine, other = booking.parts
    quote = counter.quote(booking, mine.id)
    assert quote.amount == mine.price
    counter.accept(booking, quote)
    after = counter.distributor.read_booking(booking.id)
    assert [(part.id, part.refunded) for part in after.parts] == [
        (mine.id, True),
        (other.id, False),
    ]
    proven = [part for each in after.fulfillments if each.valid for part in each.parts]
    assert proven == [other.id]
    files = counter.distributor.fetch_documents(booking.id)
    assert [file.fulfillment for file in files] == [
        each.id for each in after.fulfillments if each.valid
    ]


def test_the_second_ticket_is_given_back_after_the_first(counter: Counter) -> None:
    booking = counter.sell(ANNA, BEAT)
    for part in booking.parts:
        now = counter.distributor.read_booking(booking.id)
        counter.accept(now, counter.quote(now, part.id))
    after = counter.distributor.read_booking(booking.id)
    assert all(part.refunded for part in after.parts)


def test_an_open_quote_blocks_the_next(counter: Counter) -> None:
    booking = counter.sell()
    counter.quote(booking)
    assert refusal_of_quote(counter, booking) == Refusals.QUOTE_BLOCKED


def test_a_dropped_quote_makes_way_and_may_be_dropped_again(counter: Counter) -> None:
    booking = counter.sell()
    quote = counter.quote(booking)
    counter.distributor.drop_quote(booking.id, quote.id)
    counter.distributor.drop_quote(booking.id, quote.id)
    assert counter.distributor.read_quote(booking.id, quote.id) is None
    assert counter.quote(booking).amount == booking.price


def test_an_accepted_quote_cannot_be_dropped(counter: Counter) -> None:
    booking = counter.sell()
    quote = counter.quote(booking)
    counter.accept(booking, quote)
    with pytest.raises(Refused) as caught:
        counter.distributor.drop_quote(booking.id, quote.id)
    assert caught.value.code == Refusals.ALREADY_CONFIRMED


def test_a_quote_that_ran_out_cannot_be_accepted_and_blocks_no_longer(counter: Counter) -> None:
    booking = counter.sell()
    quote = counter.quote(booking)
    counter.subject.advance(timedelta(minutes=21))
    with pytest.raises(Refused) as caught:
        counter.accept(booking, quote)
    assert caught.value.code == Refusals.QUOTE_LAPSED
    assert counter.quote(booking).id != quote.id


def test_a_refunded_ticket_is_not_refundable(counter: Counter) -> None:
    booking = counter.sell()
    counter.accept(booking, counter.quote(booking))
    assert refusal_of_quote(counter, booking) == Refusals.NOT_REFUNDABLE


def test_nothing_is_given_back_after_the_validity(counter: Counter) -> None:
    booking = counter.sell()
    go_to(counter, 3)
    assert refusal_of_quote(counter, booking) == Refusals.NOT_REFUNDABLE


def test_a_supersaver_is_given_back_in_full_within_half_an_hour(counter: Counter) -> None:
    booking = counter.sell(kind=OfferKind.SUPERSAVER)
    assert counter.quote(booking).amount == booking.price


def test_a_supersaver_brings_nothing_later(counter: Counter) -> None:
    booking = counter.sell(kind=OfferKind.SUPERSAVER)
    counter.subject.advance(timedelta(minutes=31))
    assert brought_by(counter, booking) in (Refusals.NOT_REFUNDABLE, (0, booking.price.amount))


def test_a_reason_is_echoed_only_where_it_was_honoured(counter: Counter) -> None:
    booking = counter.sell()
    go_to(counter, 0)
    quote = counter.quote(booking, reason=RefundReason.SALES_STAFF_ERROR)
    honoured = quote.overrule == RefundReason.SALES_STAFF_ERROR
    assert quote.overrule in (None, RefundReason.SALES_STAFF_ERROR)
    assert quote.fee.amount == (0 if honoured else 1000)


def test_open_quotes_stand_in_the_booking_where_they_are_listed(counter: Counter) -> None:
    booking = counter.sell()
    quote = counter.quote(booking)
    listed = counter.distributor.read_booking(booking.id).quotes
    expected = [quote.id] if counter.distributor.abilities.lists_quotes else []
    assert [each.id for each in listed] == expected


def test_a_quote_whose_answer_was_lost_is_what_is_answered_when_it_is_asked_for_again(
    counter: Counter,
) -> None:
    booking = counter.sell(ANNA, BEAT)
    part = booking.parts[0].id
    fulfillments = tuple(each.id for each in booking.fulfillments if part in each.parts)
    asked = RefundRequest(booking.id, fulfillments, (part,))
    counter.subject.lose_answer("quote_refund")
    with pytest.raises(OutcomeUnknown):
        counter.distributor.quote_refund(asked, key=uuid4())
    found = counter.distributor.requote_refund(asked, key=uuid4())
    assert counter.distributor.requote_refund(asked, key=uuid4()) == found
    assert counter.accept(booking, found).amount == found.amount


def test_an_open_quote_for_something_else_is_no_answer(counter: Counter) -> None:
    booking = counter.sell(ANNA, BEAT)
    first, second = (part.id for part in booking.parts)
    counter.quote(booking, first)
    fulfillments = tuple(each.id for each in booking.fulfillments if second in each.parts)
    with pytest.raises(Refused) as caught:
        counter.distributor.requote_refund(
            RefundRequest(booking.id, fulfillments, (second,)), key=uuid4()
        )
    assert caught.value.code == Refusals.QUOTE_BLOCKED


def test_a_quote_whose_answer_was_lost_is_listed_or_blocks(counter: Counter) -> None:
    booking = counter.sell()
    counter.subject.lose_answer("quote_refund")
    with pytest.raises(OutcomeUnknown):
        counter.quote(booking)
    listed = counter.distributor.read_booking(booking.id).quotes
    assert bool(listed) == counter.distributor.abilities.lists_quotes
    assert refusal_of_quote(counter, booking) == Refusals.QUOTE_BLOCKED


def test_a_quote_of_a_booking_that_never_was_is_refused(counter: Counter) -> None:
    booking = counter.sell()
    with pytest.raises(Refused) as caught:
        counter.distributor.accept_refund(booking.id, "never-was", key=uuid4())
    assert caught.value.code == Refusals.QUOTE_LAPSED
