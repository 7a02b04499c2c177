"""What an agent asks to be done with orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rest_framework import serializers

from agenturclient.api.shapes.base import Choice, Day, In, MoneyIn
from agenturclient.api.shapes.journeys import REF
from agenturclient.kernel.money import Money
from agenturclient.sales.details import OrderChange, OrderCriteria, TravellerChange
from agenturclient.sales.ports import RefundReason
from agenturclient.sales.states import OrderState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

_MOST_TRAVELLERS: Final = 40
_MOST_TICKETS: Final = 200
_LARGEST_ID: Final = 2**31 - 1


def _words(length: int, **kwargs: Any) -> serializers.CharField:
    return serializers.CharField(max_length=length, allow_blank=True, **kwargs)


class StartOrderIn(In["dict[str, str]"]):
    """A new draft."""

    customer_reference = _words(100, default="")
    cost_centre = _words(50, default="")


class TravellerIn(In[TravellerChange]):
    """Who travels; the booking needs it."""

    ref = serializers.RegexField(REF)
    first_name = _words(60)
    last_name = _words(60)
    birth_date = Day(allow_null=True, default=None)
    email = serializers.EmailField(max_length=100, allow_blank=True, required=False)
    phone = serializers.RegexField(r"^[0-9+()/. -]{0,30}$", allow_blank=True, required=False)

    def build(self, values: Mapping[str, Any]) -> TravellerChange:
        """The change."""
        return TravellerChange(**values)


class OrderChangeIn(In[OrderChange]):
    """What to change of a draft; what is left out stays."""

    customer_reference = _words(100, required=False)
    cost_centre = _words(50, required=False)
    travellers: serializers.BaseSerializer[Any] = serializers.ListSerializer(
        child=TravellerIn(), required=False, max_length=_MOST_TRAVELLERS
    )

    def build(self, values: Mapping[str, Any]) -> OrderChange:
        """The change."""
        return OrderChange(**{**values, "travellers": tuple(values.get("travellers", ()))})


class AddItemIn(In["tuple[UUID, int]"]):
    """An offer of a search, to be put into the order."""

    search = serializers.UUIDField()
    offer = serializers.IntegerField(min_value=0, max_value=10_000)

    def build(self, values: Mapping[str, Any]) -> tuple[UUID, int]:
        """Search and number of the offer."""
        return values["search"], values["offer"]


class NothingIn(In["dict[str, str]"]):
    """A request that needs no words."""


class SaleIn(In[Money]):
    """Sell what is held, for the total that the agent saw."""

    total = MoneyIn()

    def build(self, values: Mapping[str, Any]) -> Money:
        """The total."""
        total: Money = values["total"]
        return total


class RefundIn(In["tuple[tuple[int, ...], RefundReason | None]"]):
    """Ask what giving tickets back would bring."""

    tickets = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=_LARGEST_ID),
        allow_empty=False,
        max_length=_MOST_TICKETS,
    )
    reason = Choice(RefundReason, allow_null=True, default=None)

    def build(self, values: Mapping[str, Any]) -> tuple[tuple[int, ...], RefundReason | None]:
        """The tickets, each once, and the reason."""
        return tuple(dict.fromkeys(values["tickets"])), values["reason"]


class AcceptanceIn(In[Money]):
    """Refund, for the amount that the agent saw."""

    amount = MoneyIn()

    def build(self, values: Mapping[str, Any]) -> Money:
        """The amount."""
        amount: Money = values["amount"]
        return amount


class OrderCriteriaIn(In[OrderCriteria]):
    """What to look for in orders."""

    q = _words(100, default="", source="text")
    state = Choice(OrderState, required=False)
    in_doubt = serializers.BooleanField(default=False)
    travel_from = Day(required=False)
    travel_to = Day(required=False)
    cursor = serializers.RegexField(r"^[A-Za-z0-9_-]{0,18}$", allow_blank=True, default="")
    page_size = serializers.IntegerField(min_value=1, max_value=100, default=50)

    def build(self, values: Mapping[str, Any]) -> OrderCriteria:
        """The criteria."""
        return OrderCriteria(**values)
