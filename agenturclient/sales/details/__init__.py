"""What reads return and use cases take: frozen values in the agency's words, free of tables and of
HTTP.
"""

from agenturclient.sales.details.changes import (
    OrderChange,
    OrderCriteria,
    TravellerChange,
)
from agenturclient.sales.details.lists import (
    ClarificationRow,
    Clarifications,
    DocumentContent,
    OrderPage,
    OrderRow,
)
from agenturclient.sales.details.orders import (
    DocumentDetail,
    EntryDetail,
    EventDetail,
    ItemDetail,
    OrderDetail,
    Party,
    Problem,
    RefundDetail,
    SaleDetail,
    TicketDetail,
    TravellerDetail,
)
from agenturclient.sales.details.searches import (
    OfferDetail,
    SearchDetail,
    SearchQuery,
    SoldOut,
    TripDetail,
)

__all__ = [
    "ClarificationRow",
    "Clarifications",
    "DocumentContent",
    "DocumentDetail",
    "EntryDetail",
    "EventDetail",
    "ItemDetail",
    "OfferDetail",
    "OrderChange",
    "OrderCriteria",
    "OrderDetail",
    "OrderPage",
    "OrderRow",
    "Party",
    "Problem",
    "RefundDetail",
    "SaleDetail",
    "SearchDetail",
    "SearchQuery",
    "SoldOut",
    "TicketDetail",
    "TravellerChange",
    "TravellerDetail",
    "TripDetail",
]
