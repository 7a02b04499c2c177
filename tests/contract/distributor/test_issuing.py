"""Confirming and handing over the documents, with every distributor alike."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from agenturclient.sales.ports import (
    BookingState,
    OfferKind,
    OutcomeUnknown,
    Refusals,
    Refused,
    TouristicQuery,
    Unavailable,
)
from tests.contract.distributor.counter import ANNA, BEAT, REX, Counter, pick
from tests.contract.distributor.subjects import DOCUMENTS_TAKE


def test_an_issued_booking_is_confirmed_in_all_its_parts(counter: Counter) -> None:
    held = counter.hold(ANNA, BEAT, REX)
    issued = counter.issue(held)
    assert (issued.id, issued.state) == (held.id, BookingState.CONFIRMED)
    assert issued.price == held.price
    assert [(part.id, part.confirmed, part.refunded) for part in issued.parts] == [
        (part.id, True, False) for part in held.parts
    ]


def test_the_fulfillments_prove_every_part(counter: Counter) -> None:
    issued = counter.sell(ANNA, BEAT)
    proven = {part for each in issued.fulfillments for part in each.parts}
    assert proven == {part.id for part in issued.parts}
    assert all(each.valid and each.control_number for each in issued.fulfillments)


def test_issuing_twice_says_that_it_is_done(counter: Counter) -> None:
    held = counter.hold()
    counter.issue(held)
    with pytest.raises(Refused) as caught:
        counter.issue(held)
    assert caught.value.code == Refusals.ALREADY_CONFIRMED


def test_a_hold_that_ran_out_cannot_be_issued(counter: Counter) -> None:
    held = counter.hold()
    counter.subject.advance(timedelta(minutes=31))
    with pytest.raises(Refused) as caught:
        counter.issue(held)
    assert caught.value.code == Refusals.HOLD_LAPSED


def test_a_booking_that_never_was_cannot_be_issued(counter: Counter) -> None:
    with pytest.raises(Refused) as caught:
        counter.distributor.issue("never-was", key=uuid4(), language="de")
    assert caught.value.code == Refusals.BOOKING_NOT_FOUND


def test_a_sale_whose_answer_was_lost_is_read_from_the_booking(counter: Counter) -> None:
    held = counter.hold()
    counter.subject.lose_answer("issue")
    with pytest.raises(OutcomeUnknown):
        counter.issue(held)
    assert counter.distributor.read_booking(held.id).state is BookingState.CONFIRMED


def test_a_sale_that_broke_before_its_effect_is_still_held(counter: Counter) -> None:
    held = counter.hold()
    counter.subject.fail_before("issue")
    with pytest.raises(OutcomeUnknown):
        counter.issue(held)
    assert counter.distributor.read_booking(held.id).state is BookingState.HELD


def test_a_sale_that_was_turned_away_is_still_held_and_can_be_issued(counter: Counter) -> None:
    held = counter.hold()
    counter.subject.turn_away("issue")
    with pytest.raises(Unavailable):
        counter.issue(held)
    assert counter.issue(held).state is BookingState.CONFIRMED


def test_each_valid_fulfillment_has_a_pdf(counter: Counter) -> None:
    issued = counter.sell(ANNA, BEAT)
    files = counter.distributor.fetch_documents(issued.id)
    assert issued.documents_complete
    assert {file.fulfillment for file in files} == {each.id for each in issued.fulfillments}
    assert {file.media_type for file in files} == {"application/pdf"}
    assert all(file.content.startswith(b"%PDF-") for file in files)
    assert {(file.fulfillment, file.id) for file in files} == {
        (each.id, document.id) for each in issued.fulfillments for document in each.documents
    }


def test_late_documents_come_after_the_sale(counter: Counter) -> None:
    counter.subject.delay_documents()
    issued = counter.issue(counter.hold())
    assert issued.state is BookingState.CONFIRMED
    assert not issued.documents_complete
    assert counter.distributor.fetch_documents(issued.id) == ()
    counter.subject.advance(DOCUMENTS_TAKE + timedelta(seconds=1))
    assert counter.distributor.read_booking(issued.id).documents_complete
    assert len(counter.distributor.fetch_documents(issued.id)) == 1


def test_a_sold_booking_is_found_by_our_reference(counter: Counter) -> None:
    issued = counter.sell()
    assert counter.distributor.find_bookings(issued.reference, patient=True) == (issued,)


def test_a_supersaver_can_be_sold(counter: Counter) -> None:
    assert counter.sell(kind=OfferKind.SUPERSAVER).state is BookingState.CONFIRMED


@pytest.mark.parametrize("kind", [OfferKind.PASS, OfferKind.EXCURSION])
def test_passes_and_excursions_can_be_sold(counter: Counter, kind: OfferKind) -> None:
    found = counter.distributor.find_touristic(TouristicQuery(counter.day, (ANNA, BEAT)))
    issued = counter.issue(counter.hold_offer(pick(found, kind), ANNA, BEAT))
    assert issued.state is BookingState.CONFIRMED
    assert {ref for part in issued.parts for ref in part.travellers} == {"anna", "beat"}


def test_a_return_ticket_can_be_sold(counter: Counter) -> None:
    offer = counter.offer(return_when=counter.at(17))
    issued = counter.issue(counter.hold_offer(offer))
    assert (issued.state, issued.price) == (BookingState.CONFIRMED, offer.price)


def test_cleaning_up_leaves_nothing_that_can_be_travelled_with(counter: Counter) -> None:
    held = counter.hold(ANNA, BEAT)
    counter.distributor.clean_up(held.id, key=uuid4())
    assert counter.distributor.read_booking(held.id).state is BookingState.GONE
