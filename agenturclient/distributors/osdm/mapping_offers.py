"""OSDM's offers in the port's words. Pure."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from agenturclient.distributors.osdm.mapping import trips
from agenturclient.distributors.osdm.problems import warnings_of
from agenturclient.distributors.osdm.requested_information import EVERYTHING, required
from agenturclient.distributors.osdm.wire import Node, Unreadable
from agenturclient.kernel.money import CurrencyMismatch, total
from agenturclient.sales.ports import (
    FeeStep,
    Flexibility,
    Offer,
    OfferKind,
    OfferPart,
    Offers,
    TravelClass,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agenturclient.distributors.osdm.problems import Problem
    from agenturclient.kernel.money import Money

logger = logging.getLogger(__name__)

_FLEXIBILITIES = {"FULL_FLEXIBLE": Flexibility.FULL, "SEMI_FLEXIBLE": Flexibility.SEMI}
_CLASSES = {"FIRST": TravelClass.FIRST, "SECOND": TravelClass.SECOND}
_FIRST_CLASS_SERVICE = frozenset({"BEST", "HIGH"})
_TRIP_POINTER = re.compile(r"/trips/(\d+)")


def offers(answer: Node) -> Offers:
    """An `OfferCollectionResponse`. An offer that cannot be read is left out, and logged."""
    found: list[Offer] = []
    for each in answer.nodes("offers"):
        try:
            found.append(_offer(each))
        except (Unreadable, CurrencyMismatch) as failure:
            logger.warning("an offer is left out: %s", failure)
    warnings = warnings_of(answer)
    known = trips(answer)
    return Offers(
        trips=known,
        offers=tuple(found),
        sold_out=tuple(_sold_out(warnings, [trip.id for trip in known])),
        notices=tuple(each.notice for each in warnings if not _is_placed(each)),
    )


def _offer(offer: Node) -> Offer:
    admissions = offer.nodes("admissionOfferParts")
    if not admissions:
        raise Unreadable(f"{offer.where}: a part to travel with is expected")
    product = _product(offer, admissions[0])
    parts = tuple(_parts(offer, admissions))
    trip, back = _coverage(offer, admissions)
    ends = [each.moment_or_none("validUntil") for each in admissions]
    bound = bool(product.flag("isTrainBound"))
    kind = _kind(product, admissions, bound=bound, has_trip=trip is not None)
    return Offer(
        id=offer.text("offerId"),
        kind=kind,
        product=product.text_or("code") or product.text_or("id"),
        travel_class=_travel_class(offer, product),
        flexibility=_flexibility(offer, product),
        train_bound=bound,
        price=total((part.price for part in parts), parts[0].price.currency),
        travellers=offer.texts("passengerRefs") or tuple(_travellers(parts)),
        parts=parts,
        bookable_until=offer.moment("preBookableUntil"),
        valid_from=min(each.moment("validFrom") for each in admissions),
        valid_until=max((end for end in ends if end is not None), default=None),
        trip=trip,
        return_trip=back,
        title=offer.text_or("summary") or product.text_or("summary") or product.text_or("code"),
        conditions=tuple(_conditions(product)),
        fee_steps=_fee_steps(admissions),
        remaining=_remaining(admissions),
        required=_required(admissions),
    )


def _parts(offer: Node, admissions: tuple[Node, ...]) -> Iterator[OfferPart]:
    """What has to be paid: the right to travel, and the fees that come with it."""
    for each in admissions:
        yield OfferPart(each.text("id"), each.price("price"), each.texts("passengerRefs"))
    for index, fee in enumerate(offer.nodes("fees")):
        fee_id = fee.text_or("id") or f"fee-{index}"
        yield OfferPart(fee_id, fee.price("price"), offer.texts("passengerRefs"))


def _travellers(parts: tuple[OfferPart, ...]) -> Iterator[str]:
    return iter(dict.fromkeys(ref for part in parts for ref in part.travellers))


def _product(offer: Node, admission: Node) -> Node:
    used = [each.text_or("productId") for each in admission.nodes("products")]
    wanted = admission.text_or("summaryProductId") or next(iter(used), "")
    products = offer.nodes("products")
    named = (each for each in products if each.text_or("id") == wanted)
    return next(named, products[0] if products else Node({}))


def _coverage(offer: Node, admissions: tuple[Node, ...]) -> tuple[str | None, str | None]:
    """The trips out and back: said of the offer, or of its parts."""
    carriers = (offer, *admissions)
    out, back = (
        next((each.node(name).text("coveredTripId") for each in carriers if each.has(name)), None)
        for name in ("tripCoverage", "inboundTripCoverage")
    )
    return out, back


def _kind(product: Node, admissions: tuple[Node, ...], *, bound: bool, has_trip: bool) -> OfferKind:
    """The standard has no word for an excursion: it is one price for all, without a trip."""
    if bound:
        return OfferKind.SUPERSAVER
    if has_trip:
        return OfferKind.REGULAR
    collective = any(each.text_or("offerMode") == "COLLECTIVE" for each in admissions)
    passes = product.text_or("type") == "ADMISSION_PASS"
    return OfferKind.PASS if passes and not collective else OfferKind.EXCURSION


def _travel_class(offer: Node, product: Node) -> TravelClass:
    summary = offer.node("offerSummary")
    said = summary.text_or("overallTravelClass") or product.text_or("travelClass")
    service = summary.node("overallServiceClass").text_or("type")
    fallback = TravelClass.FIRST if service in _FIRST_CLASS_SERVICE else TravelClass.SECOND
    return _CLASSES.get(said, fallback)


def _flexibility(offer: Node, product: Node) -> Flexibility:
    said = offer.node("offerSummary").text_or("overallFlexibility")
    return _FLEXIBILITIES.get(said or product.text_or("flexibility"), Flexibility.NONE)


def _conditions(product: Node) -> Iterator[str]:
    for each in product.nodes("conditions"):
        text = each.text_or("description") or each.text_or("shortDescription")
        if text:
            yield text


def _fee_steps(admissions: tuple[Node, ...]) -> tuple[FeeStep, ...]:
    """The refund line of the dearest part: the fee is meant per request, not once for each part."""
    dearest = max(admissions, key=lambda each: each.price("price").amount)
    price = dearest.price("price")
    # Offer parts say "afterSales", booking parts "afterSale"; providers mix them up.
    conditions = dearest.nodes("afterSalesConditions") or dearest.nodes("afterSaleConditions")
    steps = [
        FeeStep(
            each.moment_or_none("validFrom"),
            each.moment_or_none("validUntil"),
            _fee(each, price),
        )
        for each in conditions
        if each.text_or("condition") == "REFUND"
    ]
    if not steps and dearest.text_or("refundable") == "NO":
        return (FeeStep(None, None, None),)
    return tuple(sorted(steps, key=lambda step: (step.valid_from is not None, step.valid_from)))


def _fee(condition: Node, price: Money) -> Money | None:
    """None when nothing would come back."""
    if not condition.has("afterSaleFee"):
        return None
    fee = condition.price("afterSaleFee")
    return fee if fee.amount < price.amount or fee.amount == 0 else None


def _remaining(admissions: tuple[Node, ...]) -> int | None:
    told = [each.number("numericAvailability") for each in admissions]
    return min((each for each in told if each is not None), default=None)


def _required(admissions: tuple[Node, ...]) -> tuple[str, ...]:
    wanted = {
        name for each in admissions for name in required(each.text_or("requestedInformation"))
    }
    return tuple(name for name in EVERYTHING if name in wanted)


def _is_placed(warning: Problem) -> bool:
    """Whether `sold_out` says it already, where it belongs."""
    return warning.code == "FULLY_BOOKED" and bool(warning.response_pointers)


def _sold_out(
    warnings: tuple[Problem, ...], trip_ids: list[str]
) -> Iterator[tuple[str, TravelClass]]:
    """Warnings point at the trip in the answer ("/trips/2") and name the class in the detail."""
    for warning in warnings:
        if warning.code != "FULLY_BOOKED":
            continue
        for pointer, detail in warning.response_pointers:
            found = _TRIP_POINTER.fullmatch(pointer)
            if found and int(found[1]) < len(trip_ids) and detail in _CLASSES:
                yield trip_ids[int(found[1])], _CLASSES[detail]
