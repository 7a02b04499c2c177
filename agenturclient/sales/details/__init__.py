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
from agenturclient.sales.details.reconciliation import RunDetail
from agenturclient.sales.details.searches import (
    OfferDetail,
    SearchDetail,
    SearchQuery,
    SoldOut,
    TripDetail,
)
from agenturclient.sales.details.worklist import (
    CaseDetail,
    CaseKind,
    CasePage,
    DecidedDetail,
    Decision,
    DifferenceCause,
    DifferenceDetail,
    DifferenceKind,
    DifferencePage,
    Proposal,
    Question,
    SeenDetail,
)

__all__ = [
    "CaseDetail",
    "CaseKind",
    "CasePage",
    "ClarificationRow",
    "Clarifications",
    "DecidedDetail",
    "Decision",
    "DifferenceCause",
    "DifferenceDetail",
    "DifferenceKind",
    "DifferencePage",
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
    "Proposal",
    "Question",
    "RefundDetail",
    "RunDetail",
    "SaleDetail",
    "SearchDetail",
    "SearchQuery",
    "SeenDetail",
    "SoldOut",
    "TicketDetail",
    "TravellerChange",
    "TravellerDetail",
    "TripDetail",
]
