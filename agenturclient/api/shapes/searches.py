"""Searches and what they find."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from rest_framework import serializers

from agenturclient.api.shapes.base import Choice, Day, In, Moment, MoneyOut, Out, SwissMoment
from agenturclient.api.shapes.journeys import (
    FeeStepOut,
    PlaceOut,
    TravellerSpecIn,
    TravellerSpecOut,
    TripOut,
)
from agenturclient.sales.ports import (
    Flexibility,
    OfferKind,
    Page,
    TouristicQuery,
    TravelClass,
    TripQuery,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agenturclient.sales.details import TripDetail

# More than a sale can take: that ten persons are too many is a rule of the trade.
_MOST_TRAVELLERS: Final = 40


class Language(StrEnum):
    """Languages of the page, and of what the distributor prints."""

    DE = "de"
    FR = "fr"
    IT = "it"
    EN = "en"


class SearchKind(StrEnum):
    """What was searched for."""

    TRIP = "trip"
    TOURISTIC = "touristic"


def _place(**kwargs: Any) -> serializers.CharField:
    return serializers.CharField(max_length=100, **kwargs)


def _travellers() -> serializers.BaseSerializer[Any]:
    return serializers.ListSerializer(child=TravellerSpecIn(), max_length=_MOST_TRAVELLERS)


def _frozen(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with tuples for lists."""
    return {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}


class PlaceQueryIn(In["dict[str, Any]"]):
    """What to look for in stations."""

    q = serializers.CharField(max_length=100)
    limit = serializers.IntegerField(min_value=1, max_value=50, default=10)
    language = Choice(Language, default=Language.DE)


class TripSearchIn(In[TripQuery]):
    """Connections and their offers; `when` is Swiss local time."""

    origin = _place()
    destination = _place()
    via = serializers.ListField(child=_place(), max_length=5, default=list)
    when = SwissMoment()
    arrive_by = serializers.BooleanField(default=False)
    page = Choice(Page, default=Page.AT)
    return_when = SwissMoment(allow_null=True, default=None)
    travellers = _travellers()
    travel_class = Choice(TravelClass, allow_null=True, default=None)
    language = Choice(Language, default=Language.DE)

    def build(self, values: Mapping[str, Any]) -> TripQuery:
        """The query."""
        return TripQuery(**_frozen(values))


class TouristicSearchIn(In[TouristicQuery]):
    """Passes and excursions that are valid from a day."""

    day = Day()
    travellers = _travellers()
    language = Choice(Language, default=Language.DE)

    def build(self, values: Mapping[str, Any]) -> TouristicQuery:
        """The query."""
        return TouristicQuery(**_frozen(values))


class SearchQueryOut(Out):
    """What was asked."""

    origin = PlaceOut(allow_null=True)
    destination = PlaceOut(allow_null=True)
    via = PlaceOut(many=True)
    when = Moment(allow_null=True)
    arrive_by = serializers.BooleanField()
    return_when = Moment(allow_null=True)
    day = serializers.DateField(allow_null=True)
    travellers = TravellerSpecOut(many=True)
    travel_class = Choice(TravelClass, allow_null=True)


class FoundTripOut(TripOut):
    """A connection under its number in the search."""

    number = serializers.IntegerField()

    def to_representation(self, instance: TripDetail) -> dict[str, Any]:
        """The connection and its number."""
        return {"number": instance.number, **TripOut.render(instance.trip)}


class OfferOut(Out):
    """An offer under its number in the search; `commission` is what the agency would earn."""

    number = serializers.IntegerField()
    kind = Choice(OfferKind)
    title = serializers.CharField()
    product = serializers.CharField()
    travel_class = Choice(TravelClass)
    flexibility = Choice(Flexibility)
    train_bound = serializers.BooleanField()
    price = MoneyOut()
    trip = serializers.IntegerField(allow_null=True)
    return_trip = serializers.IntegerField(allow_null=True)
    bookable_until = Moment()
    valid_from = Moment()
    valid_until = Moment(allow_null=True)
    conditions = serializers.ListField(child=serializers.CharField())
    fee_steps = FeeStepOut(many=True)
    remaining = serializers.IntegerField(allow_null=True)
    required = serializers.ListField(  # type: ignore[assignment]  # a field, not the flag
        child=serializers.CharField()
    )
    commission = MoneyOut()


class SoldOutOut(Out):
    """A connection whose supersaver quota of a class is exhausted."""

    trip = serializers.IntegerField()
    travel_class = Choice(TravelClass)


class SearchOut(Out):
    """The answer to a search; its offers can be put into an order until `expires_at`."""

    id = serializers.UUIDField()
    kind = Choice(SearchKind)
    expires_at = Moment()
    query = SearchQueryOut()
    trips = FoundTripOut(many=True)
    offers = OfferOut(many=True)
    sold_out = SoldOutOut(many=True)
    notices = serializers.ListField(child=serializers.CharField())
