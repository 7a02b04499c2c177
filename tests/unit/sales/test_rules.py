"""The pure rules: parties, tickets, what goes together, how a refund is shared."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from agenturclient.kernel.money import Money
from agenturclient.sales import rules
from agenturclient.sales.errors import (
    DateInThePast,
    InvalidTravellers,
    SamePlace,
    TicketsTogether,
    TooManyTravellers,
    TravellerIncomplete,
)
from agenturclient.sales.ports import (
    BookedPart,
    Booking,
    BookingState,
    Passenger,
    RefundQuote,
    RefundShare,
    TravellerKind,
    TravellerSpec,
    TripQuery,
)

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


def chf(amount: int) -> Money:
    return Money(amount, "CHF")


def party(count: int) -> tuple[TravellerSpec, ...]:
    return tuple(TravellerSpec(f"P{n}", age=30) for n in range(count))


def test_nine_persons_travel_and_ten_do_not() -> None:
    rules.check_travellers(party(9))
    with pytest.raises(TooManyTravellers):
        rules.check_travellers(party(10))


@pytest.mark.parametrize(
    "travellers",
    [
        (),
        (TravellerSpec("P1"),),
        (TravellerSpec("P1", age=30, birth_date=date(1990, 1, 1)),),
        (TravellerSpec("P1", age=130),),
        (TravellerSpec("P1", age=30), TravellerSpec("P1", age=31)),
    ],
    ids=["nobody", "no age", "age and birth date", "too old", "twice the same"],
)
def test_a_party_that_cannot_be(travellers: tuple[TravellerSpec, ...]) -> None:
    with pytest.raises(InvalidTravellers):
        rules.check_travellers(travellers)


def test_a_connection_needs_two_places_and_a_time_to_come() -> None:
    good = TripQuery("a", "b", NOW, party(1))
    rules.check_trip_query(good, now=NOW)
    rules.check_trip_query(good, now=NOW + timedelta(minutes=59))
    with pytest.raises(SamePlace):
        rules.check_trip_query(TripQuery("a", "a", NOW, party(1)), now=NOW)
    with pytest.raises(DateInThePast):
        rules.check_trip_query(good, now=NOW + timedelta(hours=2))
    with pytest.raises(DateInThePast):
        rules.check_trip_query(
            TripQuery("a", "b", NOW, party(1), return_when=NOW - timedelta(hours=1)), now=NOW
        )


@pytest.mark.parametrize(
    ("passenger", "required", "missing"),
    [
        (Passenger(TravellerSpec("P1", birth_date=date(1990, 1, 1))), (), "first_name"),
        (Passenger(TravellerSpec("P1", age=30), "Max", "Muster"), (), "birth_date"),
        (
            Passenger(TravellerSpec("P1", birth_date=date(1990, 1, 1)), "Max", "Muster"),
            ("email",),
            "email",
        ),
    ],
)
def test_the_first_gap_in_a_passenger_is_named(
    passenger: Passenger, required: tuple[str, ...], missing: str
) -> None:
    with pytest.raises(TravellerIncomplete) as refusal:
        rules.check_passengers({"T1": passenger}, required)
    assert refusal.value.facts == {"traveller": "T1", "field": missing}


def test_a_dog_needs_no_name() -> None:
    rules.check_passengers({"T1": Passenger(TravellerSpec("D1", TravellerKind.DOG))}, ("email",))


def test_a_ticket_is_made_per_traveller_and_a_shared_price_is_split() -> None:
    booking = Booking(
        id="b",
        state=BookingState.CONFIRMED,
        price=chf(6101),
        parts=(
            BookedPart("out", chf(3001), ("P1", "P2")),
            BookedPart("seat", chf(500), ("P1",)),
            BookedPart("back", chf(2600), ("P2",)),
        ),
    )
    assert rules.plan_tickets(booking) == (
        rules.TicketPlan("P1", chf(2001), ("out", "seat")),
        rules.TicketPlan("P2", chf(4100), ("out", "back")),
    )


def test_tickets_that_share_a_part_go_together_also_through_others() -> None:
    groups = rules.together({1: ["a"], 2: ["b"], 3: ["a", "b"], 4: ["c"]})
    assert groups == {1: (1, 2, 3), 2: (1, 2, 3), 3: (1, 2, 3), 4: (4,)}
    rules.check_together([4], groups)
    with pytest.raises(TicketsTogether) as refusal:
        rules.check_together([1, 4], groups)
    assert refusal.value.facts == {"tickets": "1,2,3,4"}


def quote(fee: int, amount: int, *shares: RefundShare) -> RefundQuote:
    return RefundQuote("q", chf(fee), chf(amount), ("f",), shares=shares)


def test_a_fee_for_several_is_split_and_each_ticket_brings_the_rest_of_its_price() -> None:
    tickets = [
        rules.TicketPrice(1, chf(5200), ("a",)),
        rules.TicketPrice(2, chf(2600), ("b",)),
    ]
    assert rules.share_refund(quote(1001, 6799), tickets) == {
        1: (chf(501), chf(4699)),
        2: (chf(500), chf(2100)),
    }


def test_the_distributors_breakdown_counts_where_it_covers_everything() -> None:
    tickets = [
        rules.TicketPrice(1, chf(5200), ("a",)),
        rules.TicketPrice(2, chf(2600), ("b",)),
    ]
    shares = (
        RefundShare(("a",), chf(1000), chf(4200)),
        RefundShare(("b",), chf(0), chf(2600)),
    )
    assert rules.share_refund(quote(1000, 6800, *shares), tickets) == {
        1: (chf(1000), chf(4200)),
        2: (chf(0), chf(2600)),
    }


@pytest.mark.parametrize("amount", [0, 1, 2599, 7800, 9999])
def test_shares_always_add_up_to_the_quote(amount: int) -> None:
    tickets = [
        rules.TicketPrice(n, chf(price), (str(n),)) for n, price in enumerate((5200, 2600, 1))
    ]
    shared = rules.share_refund(quote(500, amount), tickets)
    assert sum(fee.amount for fee, _ in shared.values()) == 500
    assert sum(share.amount for _, share in shared.values()) == amount


@pytest.mark.parametrize(
    ("name", "folded"),
    [("  Müller  Émile ", "muller emile"), ("STRAßER", "strasser"), ("Łukasz", "łukasz")],
)
def test_a_name_is_compared_without_case_and_accents(name: str, folded: str) -> None:
    assert rules.fold(name) == folded
