"""Places, connections and offers, from every distributor alike."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from agenturclient.kernel.money import total
from agenturclient.sales.ports import (
    Card,
    Flexibility,
    OfferKind,
    Page,
    Refusals,
    Refused,
    TouristicQuery,
    TravelClass,
    TravellerKind,
    TravellerSpec,
)
from tests.contract.distributor.counter import ANNA, BEAT, BERN, REX, ZURICH, pick

if TYPE_CHECKING:
    from tests.contract.distributor.counter import Counter


def refusal(counter: Counter, *travellers: TravellerSpec, **more: object) -> str:
    """The code with which a search is refused."""
    with pytest.raises(Refused) as caught:
        counter.search(*travellers, **more)
    return caught.value.code


@pytest.mark.parametrize("text", ["BN", "Bern", "bern"])
def test_a_station_is_found_by_name_and_by_code(counter: Counter, text: str) -> None:
    found = counter.distributor.find_places(text, language="de", limit=3)
    assert (found[0].id, found[0].name, found[0].code) == (BERN, "Bern", "BN")


def test_no_station_of_that_name_is_an_empty_answer(counter: Counter) -> None:
    assert counter.distributor.find_places("Qwxyzk", language="de", limit=3) == ()


def test_no_more_stations_come_than_asked_for(counter: Counter) -> None:
    assert len(counter.distributor.find_places("B", language="de", limit=1)) == 1


def test_connections_leave_at_or_after_the_moment_in_order(counter: Counter) -> None:
    trips = counter.search(count=4).trips
    leaving = [trip.departure for trip in trips]
    assert len(trips) == 4
    assert leaving == sorted(leaving)
    assert counter.at(9) <= leaving[0]


def test_connections_say_where_when_and_how_long(counter: Counter) -> None:
    trip = counter.search().trips[0]
    assert (trip.origin, trip.destination) == ("Bern", "Zürich HB")
    assert timedelta(minutes=trip.duration) == trip.arrival - trip.departure
    assert trip.changes == len(trip.legs) - 1
    assert (trip.legs[0].origin.place, trip.legs[-1].destination.place) == (BERN, ZURICH)
    assert trip.legs[0].origin.departure == trip.departure
    assert trip.legs[-1].destination.arrival == trip.arrival
    assert trip.legs[0].line.startswith(trip.legs[0].category)


def test_earlier_connections_leave_before_and_later_ones_after(counter: Counter) -> None:
    middle = counter.search(count=3).trips
    earlier = counter.search(count=2, when=middle[0].departure, page=Page.EARLIER).trips
    later = counter.search(count=2, when=middle[-1].departure, page=Page.LATER).trips
    assert (len(earlier), len(later)) == (2, 2)
    assert earlier[-1].departure < middle[0].departure
    assert later[0].departure > middle[-1].departure


def test_connections_arrive_by_the_moment(counter: Counter) -> None:
    trips = counter.search(arrive_by=True, when=counter.at(12), count=3).trips
    assert len(trips) == 3
    assert max(trip.arrival for trip in trips) <= counter.at(12)


def test_every_connection_has_offers_in_both_classes(counter: Counter) -> None:
    found = counter.search()
    for trip in found.trips:
        classes = {offer.travel_class for offer in found.offers if offer.trip == trip.id}
        assert classes == {TravelClass.FIRST, TravelClass.SECOND}


def test_only_one_class_is_offered_when_only_one_is_asked_for(counter: Counter) -> None:
    offers = counter.search(travel_class=TravelClass.FIRST).offers
    assert {offer.travel_class for offer in offers} == {TravelClass.FIRST}


def test_an_offer_is_the_sum_of_its_parts_and_covers_everyone(counter: Counter) -> None:
    for offer in counter.search(ANNA, BEAT, REX).offers:
        assert offer.price == total((part.price for part in offer.parts), "CHF")
        assert set(offer.travellers) == {"anna", "beat", "rex"}
        assert {ref for part in offer.parts for ref in part.travellers} == set(offer.travellers)


def test_a_dog_and_a_bicycle_have_parts_of_their_own(counter: Counter) -> None:
    bicycle = TravellerSpec("bike", kind=TravellerKind.BICYCLE)
    offer = counter.offer(ANNA, REX, bicycle)
    assert [part.travellers for part in offer.parts] == [("anna",), ("rex",), ("bike",)]
    assert 0 < offer.parts[1].price.amount < offer.parts[0].price.amount


def test_a_half_fare_card_and_childhood_lower_the_price(counter: Counter) -> None:
    half = TravellerSpec("half", birth_date=date(1980, 1, 1), cards=(Card.HALF_FARE,))
    child = TravellerSpec("child", age=10)
    general = TravellerSpec("ga", age=40, cards=(Card.GA_SECOND,))
    parts = counter.offer(ANNA, half, child, general).parts
    full, halved, childs, free = (part.price.amount for part in parts)
    assert 0 < halved < full
    assert 0 < childs < full
    assert free == 0


def test_a_supersaver_is_cheaper_and_bound_to_its_train(counter: Counter) -> None:
    found = counter.search()
    regular, saver = pick(found, OfferKind.REGULAR), pick(found, OfferKind.SUPERSAVER)
    assert saver.price.amount < regular.price.amount
    assert (saver.train_bound, saver.flexibility) == (True, Flexibility.NONE)
    assert (regular.train_bound, regular.flexibility) == (False, Flexibility.FULL)


def test_a_regular_ticket_is_free_to_give_back_before_it_is_valid(counter: Counter) -> None:
    steps = counter.offer().fee_steps
    assert steps[0].fee is not None
    assert steps[0].fee.amount == 0
    assert steps[-1].fee is not None
    assert steps[-1].fee.amount == 1000


def test_a_supersaver_brings_nothing_back_in_the_end(counter: Counter) -> None:
    assert counter.offer(kind=OfferKind.SUPERSAVER).fee_steps[-1].fee is None


def test_offers_can_be_booked_for_a_while(counter: Counter) -> None:
    assert counter.offer().bookable_until > counter.subject.now()


def test_a_return_offer_names_both_connections(counter: Counter) -> None:
    back_at = counter.at(17)
    single = counter.offer()
    found = counter.search(return_when=back_at)
    offer = pick(found, OfferKind.REGULAR)
    trips = {trip.id: trip for trip in found.trips}
    assert offer.trip is not None
    assert offer.return_trip is not None
    assert trips[offer.return_trip].departure >= back_at
    assert trips[offer.return_trip].origin == "Zürich HB"
    assert offer.price.amount == 2 * single.price.amount


def test_passes_and_excursions_need_no_trip(counter: Counter) -> None:
    query = TouristicQuery(counter.day, (ANNA, BEAT))
    found = counter.distributor.find_touristic(query)
    travel_pass = pick(found, OfferKind.PASS)
    excursion = pick(found, OfferKind.EXCURSION)
    assert (travel_pass.trip, excursion.trip) == (None, None)
    assert [part.travellers for part in travel_pass.parts] == [("anna",), ("beat",)]
    assert [part.travellers for part in excursion.parts] == [("anna", "beat")]
    assert travel_pass.valid_from.date() == counter.day


def test_an_unknown_station_is_refused(counter: Counter) -> None:
    assert refusal(counter, destination="urn:uic:stn:1") == Refusals.UNKNOWN_PLACE


@pytest.mark.parametrize("days", [-400, 200])
def test_a_day_out_of_range_is_refused(counter: Counter, days: int) -> None:
    when = counter.subject.now() + timedelta(days=days)
    assert refusal(counter, when=when) == Refusals.DATE_OUT_OF_RANGE


def test_ten_persons_are_refused(counter: Counter) -> None:
    crowd = tuple(TravellerSpec(f"p{number}", age=30) for number in range(10))
    assert refusal(counter, *crowd) == Refusals.INVALID_TRAVELLERS
