"""Passengers of a booking: who they are, and whether the offers fit them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sandbox import tariff
from sandbox.jsontypes import Json
from sandbox.merging import merged
from sandbox.model import PERSON, Booking, Offer, Passenger, Search, Traveller, new_id
from sandbox.party import KINDS, known_cards
from sandbox.problems import Problem
from sandbox.products import CATALOGUE, TRAVEL_PASS
from sandbox.shelf import booking_of, save
from sandbox.wire import Answer, Call, day, mapping, mappings, text

FULL_FARE = frozenset({"YOUTH", "ADULT", "SENIOR"})
POINTER = "/passengerSpecifications"
SETTLED_BY_THE_OFFER = frozenset({"id", "externalRef", "type", "dateOfBirth", "age", "cards"})


def passengers_for(call: Call, chosen: Sequence[tuple[Search, Offer]]) -> list[Passenger]:
    """The passengers of a booking request, checked against the offers they want.

    Raises Problem BOOKING_INFORMATION_MISSING when a person has no name or birth date (with one
    pointer for each), BOOKING_INCOMPATIBLE_OFFER_PART when age class or cards are not those that
    the price was made for.
    """
    specifications = mappings(call.body.get("passengerSpecifications"), POINTER)
    numbered = {
        text(each.get("externalRef"), f"{POINTER}/{index}/externalRef"): index
        for index, each in enumerate(specifications)
    }
    wanted = {ref for _, offer in chosen for ref in offer.refs}
    absent = sorted(wanted - numbered.keys())
    if absent:
        detail = f"no passenger specification for {', '.join(absent)}"
        raise Problem(400, "BOOKING_INFORMATION_MISSING", detail, pointers=[POINTER])
    _check_complete(specifications)
    for made, offer in chosen:
        for traveller in made.travellers:
            if traveller.ref in offer.refs:
                index = numbered[traveller.ref]
                _check_fits(call, traveller, specifications[index], index, offer)
    return [Passenger(new_id("passenger"), _stored(each)) for each in specifications]


def _stored(specification: Json) -> Json:
    return {name: value for name, value in specification.items() if value is not None}


def _check_complete(specifications: list[Json]) -> None:
    pointers = [
        pointer
        for index, each in enumerate(specifications)
        for pointer in missing(each, f"{POINTER}/{index}")
    ]
    if pointers:
        detail = "first name, last name and birth date of every person are needed"
        raise Problem(400, "BOOKING_INFORMATION_MISSING", detail, pointers=pointers)


def missing(details: Json, pointer: str) -> Iterator[str]:
    """Where something is missing of a person that a ticket has to name."""
    if KINDS.get(str(details.get("type"))) != PERSON:
        return
    detail = mapping(details.get("detail"), f"{pointer}/detail")
    for name in ("firstName", "lastName"):
        if not str(detail.get(name) or "").strip():
            yield f"{pointer}/detail/{name}"
    if day(details.get("dateOfBirth"), f"{pointer}/dateOfBirth") is None:
        yield f"{pointer}/dateOfBirth"


def _check_fits(
    call: Call, traveller: Traveller, specification: Json, index: int, offer: Offer
) -> None:
    pointer = f"{POINTER}/{index}"
    if KINDS.get(str(specification.get("type"))) != traveller.kind:
        raise _unfit("the offer was made for another kind of passenger", f"{pointer}/type")
    travels = offer.parts[0].valid_from.date()
    born = day(specification.get("dateOfBirth"), f"{pointer}/dateOfBirth")
    priced = tariff.category(traveller, travels)
    actual = tariff.category(replace(traveller, birth_date=born), travels)
    alike = {priced, actual} <= FULL_FARE and CATALOGUE[offer.product].code != TRAVEL_PASS
    if traveller.kind == PERSON and priced != actual and not alike:
        raise _unfit("the offer was made for another age", f"{pointer}/dateOfBirth")
    if specification.get("cards") is None:
        return
    if known_cards(specification, pointer, call.warnings) != traveller.cards:
        raise _unfit("the offer was made for other cards", f"{pointer}/cards")


def _unfit(detail: str, pointer: str) -> Problem:
    return Problem(400, "BOOKING_INCOMPATIBLE_OFFER_PART", detail, pointers=[pointer])


def passenger_message(passenger: Passenger) -> Json:
    """The OSDM `Passenger`."""
    return {"id": passenger.id, **passenger.details}


def every(call: Call) -> Answer:
    """`GET /bookings/{id}/passengers`."""
    booking = booking_of(call.connection, call.params["booking"], call.now)
    return _collection(call, booking)


def _collection(call: Call, booking: Booking) -> Answer:
    found = [passenger_message(each) for each in booking.passengers]
    return Answer(call.warnings.into({"passengers": found}))


def one(call: Call) -> Answer:
    """`GET /bookings/{id}/passengers/{id}`."""
    booking = booking_of(call.connection, call.params["booking"], call.now)
    passenger = _named(booking, call.params["passenger"])
    return Answer(call.warnings.into({"passenger": passenger_message(passenger)}))


def change(call: Call) -> Answer:
    """`PATCH /bookings/{id}/passengers/{id}`."""
    booking = booking_of(call.connection, call.params["booking"], call.now)
    passenger = _named(booking, call.params["passenger"])
    _change(booking, passenger, call.body)
    save(call.connection, booking)
    return Answer(call.warnings.into({"passenger": passenger_message(passenger)}))


def change_several(call: Call) -> Answer:
    """`PATCH /bookings/{id}/passengers`: all of them or none."""
    booking = booking_of(call.connection, call.params["booking"], call.now)
    for index, each in enumerate(mappings(call.body.get("passengers"), "/passengers")):
        passenger = _named(booking, text(each.get("id"), f"/passengers/{index}/id"))
        _change(booking, passenger, each)
    save(call.connection, booking)
    return _collection(call, booking)


def _named(booking: Booking, passenger_id: str) -> Passenger:
    try:
        return booking.passenger(passenger_id)
    except KeyError:
        raise Problem(404, "RESOURCE_NOT_FOUND", "no such passenger") from None


def _change(booking: Booking, passenger: Passenger, change_: Json) -> None:
    if not booking.held:
        detail = "the booking is not held any more"
        raise Problem(409, "BOOKING_MODIFICATION_NOT_ALLOWED", detail)
    current = passenger_message(passenger)
    for name in sorted(SETTLED_BY_THE_OFFER & change_.keys()):
        if change_[name] != current.get(name):
            detail = f"{name} has made the price and stays"
            code = "BOOKING_PASSENGER_PROPERTY_NOT_MODIFIABLE"
            raise Problem(409, code, detail, pointers=[f"/{name}"])
    after = merged(passenger.details, {k: v for k, v in change_.items() if k != "id"})
    absent = list(missing(after, ""))
    if absent:
        detail = "first name, last name and birth date stay needed"
        raise Problem(409, "BOOKING_INFORMATION_MISSING", detail, pointers=absent)
    passenger.details = after
