"""The books: what a ticket sold or refunded means in money. `_post` is the only writer of postings
and entries.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, Q

from agenturclient.kernel.money import Money
from agenturclient.settlement.models import Entry, Posting, Terms
from agenturclient.settlement.rules import (
    Account,
    Entries,
    PostingKind,
    TermsOfSale,
    commission_of,
    is_balanced,
    refund_entries,
    sale_entries,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


class Unbalanced(RuntimeError):
    """A programming error: entries that do not add up to zero."""


@dataclass(frozen=True)
class TicketMoney:
    """A ticket as the books need it: `price` in the carrier's terms, `kind` the product kind."""

    ticket: int
    order_number: str
    agency: int
    kind: str
    price: Money


@dataclass(frozen=True)
class BookLine:
    """An entry as readers see it."""

    at: datetime
    account: Account
    kind: PostingKind
    ticket: int
    amount: Money


def terms_at(agency: int, moment: datetime) -> TermsOfSale:
    """The newest terms that hold for an agency: its own, else those for all.

    Raises LookupError without any.
    """
    return _terms_of_sale(_terms_row(agency, moment))


def expected_commission(price: Money, kind: str, terms: TermsOfSale) -> Money:
    """What an offer would earn the agency."""
    return commission_of(price, kind, terms)


def post_sale(ticket: TicketMoney, *, at: datetime) -> None:
    """Post a sold ticket, in the caller's transaction.

    Raises IntegrityError when it has been posted.
    """
    row = _terms_row(ticket.agency, at)
    entries = sale_entries(ticket.price, ticket.kind, _terms_of_sale(row))
    _post(f"ticket:{ticket.ticket}:sale", PostingKind.SALE, ticket, row, entries, at=at)


def post_refund(ticket: TicketMoney, amount: Money, *, refund: int, at: datetime) -> None:
    """Post what was paid back for a ticket, under the terms that it was sold under, in the caller's
    transaction.

    Raises IntegrityError when it has been posted, Posting.DoesNotExist when the sale never was.
    """
    row = Posting.objects.select_related("terms").get(subject=f"ticket:{ticket.ticket}:sale").terms
    entries = refund_entries(ticket.price, amount, ticket.kind, _terms_of_sale(row))
    subject = f"ticket:{ticket.ticket}:refund:{refund}"
    _post(subject, PostingKind.REFUND, ticket, row, entries, at=at)


def lines_of(order_number: str) -> tuple[BookLine, ...]:
    """All entries of an order, oldest first."""
    rows = (
        Entry.objects.filter(posting__order_number=order_number)
        .select_related("posting")
        .order_by("posting_id", "pk")
    )
    return tuple(
        BookLine(
            row.posting.at,
            Account(row.account),
            PostingKind(row.posting.kind),
            row.posting.ticket,
            Money(row.amount, row.currency),
        )
        for row in rows
    )


def balance(lines: Iterable[BookLine], account: Account, currency: str) -> Money:
    """What the lines come to on one account."""
    return Money(sum(line.amount.amount for line in lines if line.account == account), currency)


def _post(
    subject: str,
    kind: PostingKind,
    ticket: TicketMoney,
    terms: Terms,
    entries: Entries,
    *,
    at: datetime,
) -> None:
    if not is_balanced(entries):
        raise Unbalanced(subject)
    posting = Posting.objects.create(
        subject=subject,
        kind=kind,
        agency_id=ticket.agency,
        order_number=ticket.order_number,
        ticket=ticket.ticket,
        product_kind=ticket.kind,
        terms=terms,
        at=at,
    )
    Entry.objects.bulk_create(
        Entry(posting=posting, account=account, amount=money.amount, currency=money.currency)
        for account, money in entries
    )


def _terms_row(agency: int, moment: datetime) -> Terms:
    held = Terms.objects.filter(Q(agency=agency) | Q(agency=None), valid_from__lte=moment)
    # Its own before those for all, of each the newest.
    row = held.order_by(F("agency").asc(nulls_last=True), "-valid_from").first()
    if row is None:
        raise LookupError("no terms of sale hold")
    return row


def _terms_of_sale(row: Terms) -> TermsOfSale:
    return TermsOfSale(row.version, row.commission, Money(row.fee_amount, row.currency))
