"""What all shapes are made of."""

from __future__ import annotations

from datetime import UTC
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar
from zoneinfo import ZoneInfo

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from agenturclient.kernel.money import Money

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

T = TypeVar("T")
E = TypeVar("E", bound=Enum)

SWISS_TIME: Final = ZoneInfo("Europe/Zurich")
_STRANGERS_TOLD: Final = 20
_YEARS: Final = range(1900, 2200)
_MOST_MINOR_UNITS: Final = 100_000_000


class In(serializers.Serializer[Any], Generic[T]):
    """A shape that is read into a value of the trade; a field that it does not know is refused."""

    @classmethod
    def read(cls, data: Any) -> T:
        """The value that the data describes. Raises ValidationError (`invalid-field`)."""
        shape = cls(data=data)
        shape.is_valid(raise_exception=True)
        value: T = shape.validated_data
        return value

    def to_internal_value(self, data: Any) -> Any:
        """Check the fields, then build the value."""
        if isinstance(data, dict):
            strangers = [name for name in data if name not in self.fields][:_STRANGERS_TOLD]
            if strangers:
                why = [ErrorDetail("There is no such field.", code="unknown")]
                raise serializers.ValidationError({str(name)[:50]: why for name in strangers})
        return self.build(super().to_internal_value(data))

    def build(self, values: Mapping[str, Any]) -> Any:
        """The value of the trade from fields that are checked; as they are unless overridden."""
        return dict(values)


class Out(serializers.Serializer[Any]):
    """A shape that is rendered."""

    @classmethod
    def render(cls, value: object) -> dict[str, Any]:
        """The value in plain JSON types."""
        rendered: dict[str, Any] = cls(value).data
        return rendered


class Moment(serializers.DateTimeField):
    """A moment that keeps the offset it has: a train leaves by the clock of its station."""

    def to_representation(self, value: datetime) -> str:
        """ISO 8601 with offset."""
        return value.isoformat().replace("+00:00", "Z")


class Day(serializers.DateField):
    """A day that calendars and databases can still do sums with."""

    default_error_messages = {"out_of_range": "Expected a day from 1900 to 2199."}

    def to_internal_value(self, data: Any) -> date:
        """The day."""
        day = super().to_internal_value(data)
        if day.year not in _YEARS:
            self.fail("out_of_range")
        return day


class SwissMoment(serializers.DateTimeField):
    """A moment as an agent types it: without an offset it is Swiss local time."""

    default_error_messages = {"out_of_range": "Expected a moment from 1900 to 2199."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=SWISS_TIME, **kwargs)

    def to_internal_value(self, data: Any) -> datetime:
        """The moment, in Swiss time; one that the clocks leave out is an hour later."""
        if isinstance(data, str) and "T" not in data:
            self.fail("invalid", format="YYYY-MM-DDThh:mm")
        moment = super().to_internal_value(data)
        if moment.year not in _YEARS:
            self.fail("out_of_range")
        return moment.astimezone(UTC).astimezone(SWISS_TIME)


class Choice(serializers.ChoiceField, Generic[E]):
    """A member of an enumeration, told by its value."""

    def __init__(self, kind: type[E], **kwargs: Any) -> None:
        self._kind = kind
        super().__init__(choices=[(member.value, member.name) for member in kind], **kwargs)

    def to_internal_value(self, data: Any) -> E:  # type: ignore[override]  # a member, not its text
        """The member with that value."""
        return self._kind(super().to_internal_value(data))

    def to_representation(self, value: Any) -> str:
        """The value of the member."""
        return str(self._kind(value).value)


class MoneyIn(In[Money]):
    """An amount in minor units (Rappen, cents) and its ISO 4217 currency."""

    amount = serializers.IntegerField(min_value=0, max_value=_MOST_MINOR_UNITS)
    currency = serializers.RegexField(r"^[A-Z]{3}$")

    def build(self, values: Mapping[str, Any]) -> Money:
        """The amount."""
        return Money(values["amount"], values["currency"])


class MoneyOut(Out):
    """An amount in minor units (Rappen, cents) and its ISO 4217 currency."""

    amount = serializers.IntegerField()
    currency = serializers.CharField()


class PartyOut(Out):
    """An agency or a branch."""

    code = serializers.CharField()
    name = serializers.CharField()


class ProblemFieldOut(Out):
    """A field of the request that is wrong: `travellers.0.age`, `required`."""

    field = serializers.CharField()
    code = serializers.CharField()


class ProblemOut(Out):
    """Why a request did not do what it asked (RFC 9457); `code` is what the page translates."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    facts = serializers.DictField()
    request_id = serializers.CharField()
    fields = ProblemFieldOut(many=True, required=False)  # type: ignore[assignment]  # RFC name
