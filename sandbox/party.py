"""Who travels: reading the passengers of an offer request, their ages and their cards."""

from sandbox.jsontypes import Json
from sandbox.model import BICYCLE, DOG, PERSON, Traveller
from sandbox.problems import Problem, Warnings
from sandbox.tariff import CARDS
from sandbox.wire import count, day, invalid, mappings, text

MOST_PERSONS = 9
MOST_THINGS = 9
OLDEST = 130
KINDS = {
    "PERSON": PERSON,
    "YOUNG_CHILD": PERSON,
    "CHILD": PERSON,
    "YOUTH": PERSON,
    "ADULT": PERSON,
    "SENIOR": PERSON,
    "DOG": DOG,
    "BICYCLE": BICYCLE,
}
POINTER = "/anonymousPassengerSpecifications"


def party(specifications: list[Json], warnings: Warnings) -> tuple[Traveller, ...]:
    """The travellers of an offer request: one to nine persons, with dogs and bicycles.

    Raises Problem OFFER_INVALID_PASSENGER_SPECIFICATION for more, for none, for kinds that are
    not sold here and for references used twice. An unknown card is a warning.
    """
    found = tuple(
        _traveller(each, f"{POINTER}/{index}", warnings)
        for index, each in enumerate(specifications)
    )
    persons = sum(each.kind == PERSON for each in found)
    if not found:
        raise _refused("at least one passenger is expected")
    if persons > MOST_PERSONS:
        raise _refused("10 persons and more are a group, which is not sold here")
    if len(found) - persons > MOST_THINGS:
        raise _refused(f"at most {MOST_THINGS} dogs and bicycles")
    if len({each.ref for each in found}) < len(found):
        raise _refused("an externalRef is used twice")
    return found


def _refused(detail: str, pointer: str = POINTER) -> Problem:
    return Problem(400, "OFFER_INVALID_PASSENGER_SPECIFICATION", detail, pointers=[pointer])


def _traveller(specification: Json, pointer: str, warnings: Warnings) -> Traveller:
    kind = KINDS.get(text(specification.get("type"), f"{pointer}/type"))
    if kind is None:
        raise _refused("this kind of passenger is not sold here", f"{pointer}/type")
    age = specification.get("age")
    if age is not None and specification.get("dateOfBirth") is not None:
        raise invalid("age and dateOfBirth exclude each other", pointer)
    return Traveller(
        ref=text(specification.get("externalRef"), f"{pointer}/externalRef"),
        kind=kind,
        birth_date=day(specification.get("dateOfBirth"), f"{pointer}/dateOfBirth"),
        age=None if age is None else count(age, f"{pointer}/age", default=0, most=OLDEST),
        cards=known_cards(specification, pointer, warnings),
        residency=specification.get("residency"),
    )


def known_cards(specification: Json, pointer: str, warnings: Warnings) -> tuple[str, ...]:
    """The codes of the cards that this distributor knows; the others are warned about."""
    codes = [
        str(card.get("code", ""))
        for card in mappings(specification.get("cards"), f"{pointer}/cards")
    ]
    for code in codes:
        if code not in CARDS:
            warnings.add("VALUE_NOT_SUPPORTED", f"the card {code!r} is not known and was ignored")
    return tuple(sorted({code for code in codes if code in CARDS}))
