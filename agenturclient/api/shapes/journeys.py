"""Places, travellers and connections: shapes that searches and orders share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework import serializers

from agenturclient.api.shapes.base import Choice, Day, In, Moment, MoneyOut, Out
from agenturclient.sales.ports import Card, TravellerKind, TravellerSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

REF = r"^[A-Za-z0-9_-]{1,20}$"


class TravellerSpecIn(In[TravellerSpec]):
    """Someone or something that travels, as far as a price needs to know."""

    ref = serializers.RegexField(REF)
    kind = Choice(TravellerKind, default=TravellerKind.PERSON)
    age = serializers.IntegerField(min_value=0, max_value=120, allow_null=True, default=None)
    birth_date = Day(allow_null=True, default=None)
    cards = serializers.ListField(child=Choice(Card), max_length=5, default=list)

    def build(self, values: Mapping[str, Any]) -> TravellerSpec:
        """The traveller."""
        return TravellerSpec(**{**values, "cards": tuple(values["cards"])})


class TravellerSpecOut(Out):
    """Someone or something that travels, as far as a price needed to know."""

    ref = serializers.CharField()
    kind = Choice(TravellerKind)
    age = serializers.IntegerField(allow_null=True)
    birth_date = serializers.DateField(allow_null=True)
    cards = serializers.ListField(child=Choice(Card))


class PlaceOut(Out):
    """A station; `code` is the abbreviation that agents know."""

    id = serializers.CharField()
    name = serializers.CharField()
    code = serializers.CharField(allow_null=True)


class PlacesOut(Out):
    """Stations that match, the best first."""

    places = PlaceOut(many=True)


class StopOut(Out):
    """A stop of a train, in local time."""

    name = serializers.CharField()
    arrival = Moment(allow_null=True)
    departure = Moment(allow_null=True)
    platform = serializers.CharField()


class LegOut(Out):
    """One ride on one train; `stops` are those in between."""

    line = serializers.CharField()
    category = serializers.CharField()
    number = serializers.CharField()
    operator = serializers.CharField()
    direction = serializers.CharField()
    origin = StopOut()
    destination = StopOut()
    stops = StopOut(many=True)


class TripOut(Out):
    """A connection; `duration` in minutes."""

    origin = serializers.CharField()
    destination = serializers.CharField()
    departure = Moment()
    arrival = Moment()
    duration = serializers.IntegerField()
    changes = serializers.IntegerField()
    legs = LegOut(many=True)


class FeeStepOut(Out):
    """What giving back costs in a window of time; `fee` null: the whole price is kept."""

    valid_from = Moment(allow_null=True)
    valid_until = Moment(allow_null=True)
    fee = MoneyOut(allow_null=True)
    proof = serializers.BooleanField()
