"""`POST /bookings-search`: bookings by reference, code, fulfillment or passenger."""

from collections.abc import Iterator

from sandbox import codec
from sandbox.jsontypes import Json
from sandbox.model import Booking
from sandbox.passengers import passenger_message
from sandbox.problems import Problem
from sandbox.products import CATALOGUE
from sandbox.shelf import settled
from sandbox.wire import Answer, Call, count, mapping, moment, texts

MOST_RESULTS = 100
SCANNED = 5000


def search(call: Call) -> Answer:
    """`POST /bookings-search`: the newest first, ten when no number is asked for."""
    parameters = mapping(call.body.get("parameters"), "/parameters")
    limit = count(parameters.get("numberOfResults"), "/parameters", default=10, most=MOST_RESULTS)
    status = set(texts(parameters.get("status"), "/parameters/status"))
    results = []
    for booking in _candidates(call):
        if status and not status & {part.status for part in booking.parts}:
            continue
        if _purchased(call, booking):
            results.append(_result(call, booking))
        if len(results) == limit:
            break
    return Answer(call.warnings.into({"bookingSearchResults": results}))


def _candidates(call: Call) -> Iterator[Booking]:
    conditions, values = _conditions(call)
    if not conditions:
        raise Problem(400, "MISSING_INFORMATION", "nothing to search for")
    rows = call.connection.execute(
        f"SELECT document FROM bookings WHERE {' AND '.join(conditions)}"  # noqa: S608 - conditions are constants of this module
        " ORDER BY created DESC, rowid DESC LIMIT ?",
        (*values, SCANNED),
    )
    for (document,) in rows:
        yield settled(codec.decode(Booking, document), call.now)


def _conditions(call: Call) -> tuple[list[str], list[str]]:
    columns = {
        "externalRef": "external_ref = ?",
        "bookingCode": "code = ?",
        "bookingId": "id = ?",
        "fulfillmentId": "id = (SELECT booking FROM fulfillments WHERE fulfillments.id = ?)",
        "fulfillmentControlNumber": "instr(document, ?)",
    }
    given = [
        (column, str(call.body[name])) for name, column in columns.items() if call.body.get(name)
    ]
    passenger = mapping(call.body.get("passenger"), "/passenger")
    given += [
        ("instr(names, ?)", str(passenger[name]).casefold())
        for name in ("firstName", "lastName", "dateOfBirth")
        if passenger.get(name)
    ]
    return [column for column, _ in given], [value for _, value in given]


def _purchased(call: Call, booking: Booking) -> bool:
    pointer = "/purchaseDateRange"
    wanted = mapping(call.body.get("purchaseDateRange"), pointer)
    start, end = wanted.get("startTime"), wanted.get("endDate")
    return (start is None or moment(start, pointer) <= booking.created) and (
        end is None or booking.created <= moment(end, pointer)
    )


def _result(call: Call, booking: Booking) -> Json:
    price = call.personality.price
    result: Json = {
        "id": booking.id,
        "bookingCode": booking.code,
        "passengers": [passenger_message(each) for each in booking.passengers],
        "provisionalPrice": price(booking.provisional_price),
        "confirmedPrice": price(booking.sold_price - sum(each.refund for each in booking.refunds)),
        "bookedOfferSummaries": [
            {
                "offerId": offer.id,
                "summary": CATALOGUE[offer.product].name(call.language),
                "bookingPartSummaries": [
                    {
                        "id": part.id,
                        "summary": CATALOGUE[part.product].name(call.language),
                        "productSummaries": [_product_summary(part.product, call.language)],
                        "status": part.status,
                        "type": "ADMISSION",
                    }
                    for part in offer.parts
                ],
            }
            for offer in booking.offers
        ],
    }
    optional = {"externalRef": booking.external_ref, "purchaser": booking.purchaser}
    return {**result, **{name: value for name, value in optional.items() if value}}


def _product_summary(product_id: str, language: str) -> Json:
    product = CATALOGUE[product_id]
    return {"id": product.id, "code": product.code, "description": product.name(language)}
