"""`POST /offers`: what is on sale for a party, with and without a trip."""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from sandbox import codec, point_to_point, quotas, touristic, trips
from sandbox.jsontypes import Json
from sandbox.model import Offer, Search, Traveller, new_id
from sandbox.network.journeys import Journey
from sandbox.offer_messages import offer_message
from sandbox.party import party
from sandbox.places import station_of
from sandbox.point_to_point import Route
from sandbox.problems import Problem
from sandbox.products import CATALOGUE
from sandbox.tariff import FIRST, SECOND
from sandbox.trips import OFFER_CODES
from sandbox.wire import Answer, Call, invalid, mapping, mappings, moment, texts

BOOKABLE_FOR = timedelta(minutes=30)
CRITERIA = ("tripSearchCriteria", "tripIds", "nonTripSearchCriteria")


@dataclass(frozen=True)
class Filter:
    """What the request wants to see; an empty set is no wish."""

    classes: frozenset[str]
    flexibilities: frozenset[str]
    codes: frozenset[str]
    tags: frozenset[str]

    def wants(self, product_id: str) -> bool:
        """Whether this product was asked for."""
        product = CATALOGUE[product_id]
        return all(
            not wish or value in wish
            for wish, value in (
                (self.classes, product.travel_class),
                (self.flexibilities, product.flexibility),
                (self.codes, product.code),
                (self.tags, product.type),
            )
        )


def search(call: Call) -> Answer:
    """`POST /offers`."""
    given = [name for name in CRITERIA if call.body.get(name) is not None]
    if len(given) != 1:
        raise invalid(f"exactly one of {', '.join(CRITERIA)} is expected", "/")
    travellers = party(
        mappings(
            call.body.get("anonymousPassengerSpecifications"), "/anonymousPassengerSpecifications"
        ),
        call.warnings,
    )
    wish = _filter(call)
    journeys: list[Json] = []
    if given[0] == "nonTripSearchCriteria":
        found = list(_without_trip(call, travellers))
    else:
        routes, outbound, inbound = _routes(call, given[0])
        journeys = [trips.trip(each) for each in outbound]
        journeys += [trips.trip(each, "IN_BOUND") for each in inbound]
        places = {each.key: index for index, each in enumerate((*outbound, *inbound))}
        found = list(_for_trips(call, routes, travellers, wish, places))
    wanted = [offer for offer in found if wish.wants(offer.product)]
    return Answer(call.warnings.into(_answer(call, travellers, wanted, journeys)))


def _filter(call: Call) -> Filter:
    pointer = "/offerSearchCriteria"
    wish = mapping(call.body.get("offerSearchCriteria"), pointer)
    if wish.get("currency") not in {None, "CHF"}:
        call.warnings.add("VALUE_NOT_SUPPORTED", "prices are in CHF only")
    classes = frozenset(texts(wish.get("travelClasses"), f"{pointer}/travelClasses"))
    selections = mappings(wish.get("productSelections"), f"{pointer}/productSelections")
    return Filter(
        classes=frozenset() if "ANY_CLASS" in classes else classes,
        flexibilities=frozenset(texts(wish.get("flexibilities"), f"{pointer}/flexibilities")),
        codes=frozenset(str(each["productCode"]) for each in selections if "productCode" in each),
        tags=frozenset(texts(wish.get("productTags"), f"{pointer}/productTags")),
    )


def _without_trip(call: Call, travellers: tuple[Traveller, ...]) -> Iterator[Offer]:
    pointer = "/nonTripSearchCriteria"
    wanted = mapping(call.body["nonTripSearchCriteria"], pointer)
    start = call.now
    if wanted.get("validFrom") is not None:
        start = moment(wanted["validFrom"], f"{pointer}/validFrom")
    first_day = trips.within(start, call.now, OFFER_CODES, f"{pointer}/validFrom").date()
    places = mappings(wanted.get("places"), f"{pointer}/places")
    stations = frozenset(
        station_of(each, f"{pointer}/places/{index}", OFFER_CODES.place).uic
        for index, each in enumerate(places)
    )
    return touristic.offers(travellers, first_day, call.now.date(), stations, call.warnings)


def _routes(call: Call, given: str) -> tuple[list[Route], tuple[Journey, ...], tuple[Journey, ...]]:
    """The connections to price: each way out alone, or paired with ways back."""
    if given == "tripIds":
        outbound = _journeys(call, "tripIds")
        inbound = _journeys(call, "inboundTripIds")
        back = bool(inbound)
    else:
        wanted = mapping(call.body["tripSearchCriteria"], "/tripSearchCriteria")
        read = trips.criteria(wanted, call.now, OFFER_CODES, "/tripSearchCriteria")
        pointer = "/tripSearchCriteria/returnSearchParameters"
        returning = mapping(wanted.get("returnSearchParameters"), pointer)
        back = bool(returning)
        outbound, inbound = _both_ways(call, read, returning, pointer)
    if not back:
        return [Route(each, None) for each in outbound], outbound, ()
    return _pairs(call, outbound, inbound, exactly=given == "tripIds"), outbound, inbound


def _journeys(call: Call, name: str) -> tuple[Journey, ...]:
    found = tuple(
        trips.journey_of(each, "OFFER_TRIP_NOT_FOUND")
        for each in texts(call.body.get(name), f"/{name}")
    )
    for each in found:
        trips.within(each.departure, call.now, OFFER_CODES, f"/{name}")
    return found


def _both_ways(
    call: Call, wanted: trips.Criteria, returning: Json, pointer: str
) -> tuple[tuple[Journey, ...], tuple[Journey, ...]]:
    chosen = texts(returning.get("outboundTripIds"), f"{pointer}/outboundTripIds")
    outbound = (
        tuple(trips.journey_of(each, "OFFER_TRIP_NOT_FOUND") for each in chosen)
        if chosen
        else trips.found(wanted)
    )
    if not returning:
        return outbound, ()
    name = "arrivalTime" if returning.get("arrivalTime") is not None else "departureTime"
    # The way back is the same search turned round, at a time of its own.
    turned = {
        **call.body["tripSearchCriteria"],
        "origin": call.body["tripSearchCriteria"]["destination"],
        "destination": call.body["tripSearchCriteria"]["origin"],
        "departureTime": None,
        "arrivalTime": None,
        name: returning.get(name) or returning.get("inwardReturnDate"),
        "vias": returning.get("vias"),
        "parameters": returning.get("parameters"),
    }
    return outbound, trips.found(trips.criteria(turned, call.now, OFFER_CODES, pointer))


def _pairs(
    call: Call, outbound: tuple[Journey, ...], inbound: tuple[Journey, ...], *, exactly: bool
) -> list[Route]:
    if exactly or len(outbound) == 1:
        pairs = [(out, back) for out in outbound for back in inbound]
    else:
        pairs = [(out, back) for out in outbound for back in inbound[:1]]
        pairs += [(out, back) for out in outbound[:1] for back in inbound[1:]]
        call.warnings.add(
            "RETURN_OFFER_LIST_TRUNCATED",
            "other pairs of trips are offered by tripIds and inboundTripIds",
        )
    return [Route(out, back) for out, back in pairs if out.arrival <= back.departure]


def _for_trips(
    call: Call,
    routes: list[Route],
    travellers: tuple[Traveller, ...],
    wish: Filter,
    places: Mapping[str, int],
) -> Iterator[Offer]:
    classes = [each for each in (SECOND, FIRST) if not wish.classes or each in wish.classes]
    needed = [
        quota
        for route in routes
        for journey in route.journeys
        for travel_class in classes
        for quota in point_to_point.quotas_of(journey, travel_class)
    ]
    left = quotas.places_left(call.connection, needed, call.now)
    for route in routes:
        for travel_class in classes:
            regular = point_to_point.regular(route, travellers, travel_class)
            if regular.parts[0].valid_until > call.now:
                yield regular
            pointer = f"/trips/{places[route.outbound.key]}"
            yield from _supersaver(call, route, travellers, dict(left), regular, pointer)


def _supersaver(
    call: Call,
    route: Route,
    travellers: tuple[Traveller, ...],
    left: dict[str, int],
    regular: Offer,
    pointer: str,
) -> Iterable[Offer]:
    days = (route.journeys[-1].departure.date() - call.now.date()).days
    if route.outbound.departure <= call.now or regular.price == 0:
        return ()
    if days > point_to_point.SUPERSAVER_DAYS:
        call.warnings.add("BOOKING_NOT_YET_OPEN", "supersaver tickets open 60 days ahead")
        return ()
    travel_class = CATALOGUE[regular.product].travel_class
    if not all(point_to_point.quotas_of(each, travel_class) for each in route.journeys):
        return ()
    offer = point_to_point.supersaver(route, travellers, travel_class, left, call.now)
    if offer is None:
        trains = ", ".join(ride.line for each in route.journeys for ride in each.rides)
        when = route.outbound.departure.strftime("%d.%m.%Y %H:%M")
        detail = f"supersaver {travel_class} sold out: {trains}, {when}"
        call.warnings.add("FULLY_BOOKED", detail, pointer=pointer, pointer_detail=travel_class)
        return ()
    return (offer,) if offer.price < regular.price else ()


def _answer(
    call: Call, travellers: tuple[Traveller, ...], wanted: list[Offer], journeys: list[Json]
) -> Json:
    search_id = new_id("search")
    numbered = tuple(
        replace(offer, id=f"{search_id}.{number}") for number, offer in enumerate(wanted)
    )
    made = Search(search_id, call.now, call.now + BOOKABLE_FOR, travellers, numbered)
    if numbered:
        _remember(call, made)
    else:
        call.warnings.add("OFFER_NO_RESULTS", "nothing is on sale for this request")
    body: Json = {
        "offers": [
            offer_message(offer, made, call.personality, call.language) for offer in numbered
        ],
        "anonymousPassengerSpecifications": call.body["anonymousPassengerSpecifications"],
        "trips": journeys,
    }
    embed = set(texts(call.body.get("embed"), "/embed")) or {"ALL"}
    if "ALL" not in embed:
        body["offers"] = body["offers"] if "OFFERS" in embed else []
        body["trips"] = body["trips"] if "TRIPS" in embed else []
    return body


def _remember(call: Call, made: Search) -> None:
    forget = (made.created - timedelta(hours=1)).timestamp()
    call.connection.execute("DELETE FROM searches WHERE until < ?", (forget,))
    call.connection.execute(
        "INSERT INTO searches (id, until, document) VALUES (?, ?, ?)",
        (made.id, made.until.timestamp(), zlib.compress(codec.encode(made).encode())),
    )


def recall(call: Call, offer_id: str) -> tuple[Search, Offer]:
    """The offer of that id, with its search. Problem BOOKING_OFFER_NOT_FOUND when it is over."""
    search_id = offer_id.rpartition(".")[0]
    row = call.connection.execute(
        "SELECT document FROM searches WHERE id = ?", (search_id,)
    ).fetchone()
    if row is not None:
        made = codec.decode(Search, zlib.decompress(row[0]).decode())
        offer = {each.id: each for each in made.offers}.get(offer_id)
        if offer is not None and call.now < made.until:
            return made, offer
    raise Problem(400, "BOOKING_OFFER_NOT_FOUND", "the offer is unknown or has expired")
