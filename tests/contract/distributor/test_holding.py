"""Holding, finding and giving back, with every distributor alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from agenturclient.sales.ports import (
    BookingState,
    Offer,
    OfferKind,
    OutcomeUnknown,
    Refusals,
    Refused,
    TravelClass,
    Unavailable,
)
from tests.contract.distributor.counter import ANNA, BEAT, REX, Counter

# More than any train has of them.
MOST_PLACES = 40


def test_what_is_held_is_what_was_offered(counter: Counter) -> None:
    offer = counter.offer(ANNA, BEAT, REX)
    request = counter.request(offer, ANNA, BEAT, REX)
    booking = counter.distributor.hold(request, key=uuid4())
    assert booking.state is BookingState.HELD
    assert booking.price == offer.price
    assert booking.reference == request.reference
    assert [(part.travellers, part.price) for part in booking.parts] == [
        (part.travellers, part.price) for part in offer.parts
    ]
    assert not any(part.confirmed or part.refunded for part in booking.parts)
    assert booking.fulfillments == ()


def test_a_hold_tells_its_limit(counter: Counter) -> None:
    booking = counter.hold()
    assert booking.hold_until == counter.subject.now() + timedelta(minutes=30)


def test_a_hold_reads_as_it_was_made(counter: Counter) -> None:
    booking = counter.hold()
    assert counter.distributor.read_booking(booking.id) == booking


def test_a_hold_that_ran_out_is_gone(counter: Counter) -> None:
    booking = counter.hold()
    counter.subject.advance(timedelta(minutes=31))
    assert counter.distributor.read_booking(booking.id).state is BookingState.GONE


def test_an_offer_that_ran_out_is_refused(counter: Counter) -> None:
    offer = counter.offer()
    counter.subject.advance(timedelta(minutes=31))
    with pytest.raises(Refused) as caught:
        counter.hold_offer(offer)
    assert caught.value.code == Refusals.OFFER_EXPIRED


def test_a_person_without_a_name_is_refused(counter: Counter) -> None:
    request = counter.request(counter.offer())
    nameless = replace(request.passengers[0], first_name="", last_name="")
    with pytest.raises(Refused) as caught:
        counter.distributor.hold(replace(request, passengers=(nameless,)), key=uuid4())
    assert caught.value.code == Refusals.INFORMATION_MISSING


def test_a_changed_price_is_told_by_the_booking(counter: Counter) -> None:
    offer = counter.offer()
    counter.subject.change_price()
    booking = counter.hold_offer(offer)
    assert booking.price.amount > offer.price.amount
    assert booking.state is BookingState.HELD
    assert booking.notices


def hold_until_refused(counter: Counter, offer: Offer) -> tuple[int, str]:
    """How often an offer could be held, and the code with which that ended."""
    for held in range(MOST_PLACES):
        try:
            counter.hold_offer(offer)
        except Refused as refusal:
            return held, refusal.code
    return MOST_PLACES, "never"


def test_a_supersaver_sells_out_and_says_so(counter: Counter) -> None:
    offer = counter.offer(kind=OfferKind.SUPERSAVER)
    trip = next(each for each in counter.search().trips if each.id == offer.trip)
    places, code = hold_until_refused(counter, offer)
    found = counter.search(when=trip.departure, count=1)
    savers = {each.travel_class for each in found.offers if each.train_bound}
    assert places > 0
    assert code == Refusals.SOLD_OUT
    assert found.sold_out == ((trip.id, TravelClass.SECOND),)
    assert savers == {TravelClass.FIRST}


def test_a_hold_whose_answer_was_lost_is_found_by_our_reference(counter: Counter) -> None:
    request = counter.request(counter.offer())
    counter.subject.lose_answer("hold")
    with pytest.raises(OutcomeUnknown):
        counter.distributor.hold(request, key=uuid4())
    (found,) = counter.distributor.find_bookings(request.reference)
    assert (found.state, found.reference) == (BookingState.HELD, request.reference)


def test_a_hold_that_broke_before_its_effect_is_not_found(counter: Counter) -> None:
    request = counter.request(counter.offer())
    counter.subject.fail_before("hold")
    with pytest.raises(OutcomeUnknown):
        counter.distributor.hold(request, key=uuid4())
    assert counter.distributor.find_bookings(request.reference) == ()


def test_a_hold_that_was_turned_away_certainly_is_not_there(counter: Counter) -> None:
    request = counter.request(counter.offer())
    counter.subject.turn_away("hold")
    with pytest.raises(Unavailable):
        counter.distributor.hold(request, key=uuid4())
    assert counter.distributor.find_bookings(request.reference) == ()


def test_a_hold_repeated_with_its_key_stays_one_where_keys_are_honoured(counter: Counter) -> None:
    request, key = counter.request(counter.offer()), uuid4()
    first = counter.distributor.hold(request, key=key)
    second = counter.distributor.hold(request, key=key)
    assert (first.id == second.id) == counter.distributor.abilities.honours_keys


def test_a_reference_that_nobody_used_finds_nothing(counter: Counter) -> None:
    assert counter.distributor.find_bookings("nobody's") == ()


def test_a_booking_that_is_gone_is_not_found(counter: Counter) -> None:
    booking = counter.hold()
    counter.distributor.release(booking.id)
    assert counter.distributor.find_bookings(booking.reference) == ()


def test_a_released_hold_is_gone_and_may_be_released_again(counter: Counter) -> None:
    booking = counter.hold()
    counter.distributor.release(booking.id)
    counter.distributor.release(booking.id)
    assert counter.distributor.read_booking(booking.id).state is BookingState.GONE


def test_a_booking_that_never_was_counts_as_released(counter: Counter) -> None:
    counter.distributor.release("never-was")


def test_a_sold_booking_cannot_be_released(counter: Counter) -> None:
    booking = counter.sell()
    with pytest.raises(Refused) as caught:
        counter.distributor.release(booking.id)
    assert caught.value.code == Refusals.ALREADY_CONFIRMED


def test_a_booking_that_never_was_cannot_be_read(counter: Counter) -> None:
    with pytest.raises(Refused) as caught:
        counter.distributor.read_booking("never-was")
    assert caught.value.code == Refusals.BOOKING_NOT_FOUND
