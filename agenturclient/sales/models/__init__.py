"""The tables of this package.

Only it reads and writes them; the rest of the program sees frozen values.
"""

from agenturclient.sales.models.differences import Difference
from agenturclient.sales.models.documents import Document, StoredFile
from agenturclient.sales.models.journal import Event, Operation
from agenturclient.sales.models.orders import Item, Order, Search, Traveller
from agenturclient.sales.models.reconciliation import ReconciliationRun
from agenturclient.sales.models.refunds import Refund, RefundTicket
from agenturclient.sales.models.sales import Fulfillment, Sale, Ticket

__all__ = [
    "Difference",
    "Document",
    "Event",
    "Fulfillment",
    "Item",
    "Operation",
    "Order",
    "ReconciliationRun",
    "Refund",
    "RefundTicket",
    "Sale",
    "Search",
    "StoredFile",
    "Ticket",
    "Traveller",
]
