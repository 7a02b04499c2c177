"""The states of orders, sales and refunds, and the one table of allowed moves.

An -ing state says that we asked and do not know; a past participle is a fact.
"""

from __future__ import annotations

from enum import StrEnum


class OrderState(StrEnum):
    """State of a dossier."""

    DRAFT = "draft"
    SELLING = "selling"
    SOLD = "sold"


class SaleState(StrEnum):
    """State of one attempt to get an item."""

    HOLDING = "holding"
    HELD = "held"
    ISSUING = "issuing"
    ISSUED = "issued"
    RELEASING = "releasing"
    RELEASED = "released"
    CLEANING = "cleaning"
    FAILED = "failed"
    REFUSED = "refused"
    LAPSED = "lapsed"


class RefundState(StrEnum):
    """State of a refund."""

    QUOTING = "quoting"
    QUOTED = "quoted"
    ACCEPTING = "accepting"
    REFUNDED = "refunded"
    DROPPING = "dropping"
    DROPPED = "dropped"
    DECLINED = "declined"
    LAPSED = "lapsed"


_ORDER_MOVES = {
    OrderState.DRAFT: {OrderState.SELLING, OrderState.SOLD},
    OrderState.SELLING: {OrderState.DRAFT, OrderState.SOLD},
    OrderState.SOLD: set[OrderState](),
}

_SALE_MOVES = {
    SaleState.HOLDING: {SaleState.HELD, SaleState.REFUSED, SaleState.LAPSED},
    SaleState.HELD: {SaleState.ISSUING, SaleState.RELEASING, SaleState.LAPSED},
    SaleState.ISSUING: {
        SaleState.ISSUED,
        SaleState.HELD,
        SaleState.CLEANING,
        SaleState.REFUSED,
        SaleState.LAPSED,
    },
    SaleState.RELEASING: {SaleState.RELEASED, SaleState.HELD, SaleState.LAPSED, SaleState.ISSUED},
    SaleState.CLEANING: {SaleState.FAILED, SaleState.ISSUED},
    SaleState.ISSUED: set[SaleState](),
    SaleState.RELEASED: set[SaleState](),
    SaleState.FAILED: set[SaleState](),
    SaleState.REFUSED: set[SaleState](),
    SaleState.LAPSED: set[SaleState](),
}

_REFUND_MOVES = {
    RefundState.QUOTING: {RefundState.QUOTED, RefundState.DECLINED, RefundState.LAPSED},
    RefundState.QUOTED: {RefundState.ACCEPTING, RefundState.DROPPING, RefundState.LAPSED},
    RefundState.ACCEPTING: {
        RefundState.REFUNDED,
        RefundState.QUOTED,
        RefundState.DECLINED,
        RefundState.LAPSED,
    },
    RefundState.DROPPING: {RefundState.DROPPED, RefundState.QUOTED, RefundState.REFUNDED},
    RefundState.REFUNDED: set[RefundState](),
    RefundState.DROPPED: set[RefundState](),
    RefundState.DECLINED: set[RefundState](),
    RefundState.LAPSED: set[RefundState](),
}

# The sales that stand for an item: as long as one of them exists, the item is not tried again.
LIVE_SALES = (
    SaleState.HOLDING,
    SaleState.HELD,
    SaleState.ISSUING,
    SaleState.ISSUED,
    SaleState.RELEASING,
    SaleState.CLEANING,
)
# Money may have moved and we do not know: shown as "being clarified, do not sell again".
SALES_IN_DOUBT = (SaleState.ISSUING, SaleState.CLEANING)
REFUNDS_IN_DOUBT = (RefundState.ACCEPTING,)
# Somebody asked and the answer is outstanding: the page asks again.
UNSETTLED_SALES = (
    SaleState.HOLDING,
    SaleState.ISSUING,
    SaleState.RELEASING,
    SaleState.CLEANING,
)
UNSETTLED_REFUNDS = (RefundState.QUOTING, RefundState.ACCEPTING, RefundState.DROPPING)
# A refund that keeps its tickets from being refunded by another one.
OPEN_REFUNDS = (
    RefundState.QUOTING,
    RefundState.QUOTED,
    RefundState.ACCEPTING,
    RefundState.DROPPING,
)


class MoveNotAllowed(RuntimeError):
    """A programming error: the table has no such move."""


def check_order_move(old: OrderState, new: OrderState) -> None:
    """Raise MoveNotAllowed unless an order may go from `old` to `new`."""
    _check(new in _ORDER_MOVES[old], old, new)


def check_sale_move(old: SaleState, new: SaleState) -> None:
    """Raise MoveNotAllowed unless a sale may go from `old` to `new`."""
    _check(new in _SALE_MOVES[old], old, new)


def check_refund_move(old: RefundState, new: RefundState) -> None:
    """Raise MoveNotAllowed unless a refund may go from `old` to `new`."""
    _check(new in _REFUND_MOVES[old], old, new)


def _check(allowed: bool, old: StrEnum, new: StrEnum) -> None:  # noqa: FBT001 - a private assertion
    if not allowed:
        raise MoveNotAllowed(f"{old} -> {new}")
