"""Lists of orders, what is being clarified, and the content of files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from agenturclient.kernel.money import Money
    from agenturclient.sales.states import OrderState


@dataclass(frozen=True)
class OrderRow:
    """A line of the order list."""

    number: str
    state: OrderState
    in_doubt: bool
    flagged: bool
    travellers: tuple[str, ...]
    traveller_count: int
    route: str
    travel_at: datetime | None
    created_at: datetime
    sold_at: datetime | None
    agent: str
    customer_reference: str
    total: Money
    refunded: Money


@dataclass(frozen=True)
class OrderPage:
    """A page of orders, newest first; `next` is the cursor of the following page."""

    results: tuple[OrderRow, ...]
    next: str | None


@dataclass(frozen=True)
class ClarificationRow:
    """Something whose outcome is not known yet."""

    number: str
    subject: str
    state: str
    since: datetime
    flagged: bool


@dataclass(frozen=True)
class Clarifications:
    """All that is being clarified; `rows` shows the oldest hundred."""

    count: int
    rows: tuple[ClarificationRow, ...]


@dataclass(frozen=True)
class DocumentContent:
    """A stored file with its content."""

    name: str
    media_type: str
    content: bytes = field(repr=False)
