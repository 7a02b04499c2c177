"""What use cases take beside identifiers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from agenturclient.sales.states import OrderState


@dataclass(frozen=True)
class TravellerChange:
    """Details of one traveller, as far as a booking needs them; None leaves one as it is."""

    ref: str
    first_name: str
    last_name: str
    birth_date: date | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True)
class OrderChange:
    """What to change of a draft; None leaves it."""

    customer_reference: str | None = None
    cost_centre: str | None = None
    travellers: tuple[TravellerChange, ...] = ()


@dataclass(frozen=True)
class OrderCriteria:
    """What to look for in orders. `text` matches names, numbers, booking codes, references and
    dates.
    """

    text: str = ""
    state: OrderState | None = None
    in_doubt: bool = False
    travel_from: date | None = None
    travel_to: date | None = None
    cursor: str = ""
    page_size: int = 50
