"""An order with all its parts as one frozen value, in a handful of queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agenturclient.kernel.money import Money, total
from agenturclient.sales import rules
from agenturclient.sales.details import (
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
from agenturclient.sales.dossier_rows import OrderRows, fetch_rows
from agenturclient.sales.models.journal import OperationKind
from agenturclient.sales.ports import (
    Card,
    Offer,
    OfferKind,
    RefundReason,
    TravellerKind,
    Trip,
)
from agenturclient.sales.snapshots import thaw
from agenturclient.sales.states import (
    LIVE_SALES,
    REFUNDS_IN_DOUBT,
    SALES_IN_DOUBT,
    UNSETTLED_REFUNDS,
    UNSETTLED_SALES,
    OrderState,
    RefundState,
    SaleState,
)
from agenturclient.settlement import ledger
from agenturclient.settlement.rules import Account

if TYPE_CHECKING:
    from datetime import datetime

    from agenturclient.sales.models import (
        Event,
        Item,
        Order,
        Refund,
        Sale,
    )


def detail_of(order: Order, *, now: datetime) -> OrderDetail:
    """Everything that the page shows of an order."""
    rows = fetch_rows(order, now)
    lines = rows.lines
    currency = rows.order.currency
    items = tuple(_item(rows, item) for item in rows.items)
    refunds = tuple(_refund(rows, refund) for refund in rows.refunds)
    states = {sale.state for sale in rows.sales.values()}
    refund_states = {refund.state for refund in refunds}
    selling = rows.order.state == OrderState.SELLING
    in_doubt = bool(
        states & set(SALES_IN_DOUBT) or refund_states & set(REFUNDS_IN_DOUBT)
    ) or _is_flagged(rows)
    return OrderDetail(
        number=rows.order.number,
        key=rows.order.key,
        state=OrderState(rows.order.state),
        in_doubt=in_doubt,
        unsettled=selling
        or bool(states & set(UNSETTLED_SALES) or refund_states & set(UNSETTLED_REFUNDS)),
        customer_reference=rows.order.customer_reference,
        cost_centre=rows.order.cost_centre,
        agency=Party(rows.order.agency.code, rows.order.agency.name),
        branch=Party(rows.order.branch.code, rows.order.branch.name) if rows.order.branch else None,
        agent=rows.order.agent.full_name,
        created_at=rows.order.created_at,
        sold_at=rows.order.sold_at,
        total=Money(rows.order.total_amount, currency),
        refunded=Money(rows.order.refunded_amount, currency),
        commission=ledger.balance(lines, Account.COMMISSION, currency)
        if lines
        else total((item.commission for item in items), currency),
        fee=-ledger.balance(lines, Account.OPERATOR_FEE, currency) if lines else _fee(rows),
        travellers=_travellers(rows),
        items=items,
        refunds=refunds,
        events=tuple(_event(rows, event) for event in rows.events),
        entries=tuple(
            EntryDetail(line.at, line.account, line.kind, line.ticket, line.amount)
            for line in lines
        ),
    )


def _is_flagged(rows: OrderRows) -> bool:
    return any(
        operation.flagged_at and operation.kind != OperationKind.DOCUMENTS
        for operation in rows.operations.values()
    )


def _fee(rows: OrderRows) -> Money:
    count = sum(len(item.travellers) for item in rows.items)
    return Money(rows.terms.fee.amount * count, rows.terms.fee.currency)


def _travellers(rows: OrderRows) -> tuple[TravellerDetail, ...]:
    locked = {
        ref
        for item in rows.items
        if item.pk in rows.sales and rows.sales[item.pk].state in LIVE_SALES
        for ref in item.travellers.values()
    }
    return tuple(
        TravellerDetail(
            ref=row.ref,
            kind=TravellerKind(row.kind),
            age=row.age,
            birth_date=row.birth_date,
            cards=tuple(Card(card) for card in row.cards),
            first_name=row.first_name,
            last_name=row.last_name,
            email=row.email,
            phone=row.phone,
            locked=row.ref in locked,
        )
        for row in rows.travellers
    )


def _item(rows: OrderRows, item: Item) -> ItemDetail:
    offer = thaw(item.offer, Offer)
    price = Money(item.price_amount, rows.order.currency)
    sale = rows.sales.get(item.pk)
    return ItemDetail(
        position=item.position,
        kind=OfferKind(item.kind),
        title=offer.title,
        product=offer.product,
        travel_class=offer.travel_class,
        flexibility=offer.flexibility,
        train_bound=offer.train_bound,
        price=price,
        commission=ledger.expected_commission(price, item.kind, rows.terms),
        trip=thaw(item.trip, Trip) if item.trip else None,
        return_trip=thaw(item.return_trip, Trip) if item.return_trip else None,
        valid_from=offer.valid_from,
        valid_until=offer.valid_until,
        conditions=offer.conditions,
        fee_steps=offer.fee_steps,
        required=offer.required,
        travellers=tuple(item.travellers.values()),
        offer_expires_at=offer.bookable_until,
        sale=_sale(rows, item, sale) if sale else None,
    )


def _sale(rows: OrderRows, item: Item, sale: Sale) -> SaleDetail:
    operation = rows.operations.get(f"sale:{sale.pk}")
    price = Money(sale.price_amount, rows.order.currency) if sale.price_amount is not None else None
    return SaleDetail(
        id=sale.pk,
        reference=sale.reference,
        attempt=sale.attempt,
        state=SaleState(sale.state),
        booking_code=sale.booking_code,
        hold_until=sale.hold_until,
        price=price,
        price_changed=price is not None and price.amount != item.price_amount,
        problem=Problem(sale.problem_code, sale.problem_facts) if sale.problem_code else None,
        in_doubt_since=operation.sent_at if operation and sale.state in SALES_IN_DOUBT else None,
        last_look_at=operation.last_look_at if operation else None,
        next_look_at=operation.next_at if operation else None,
        flagged=bool(operation and operation.flagged_at),
        documents_complete=sale.documents_complete,
        tickets=_tickets(rows, sale),
        documents=tuple(
            DocumentDetail(
                id=row.pk,
                name=row.name,
                media_type=row.media_type,
                size=row.size,
                travellers=tuple(row.travellers),
                current=row.current,
            )
            for row in rows.documents.get(sale.pk, ())
        ),
    )


def _tickets(rows: OrderRows, sale: Sale) -> tuple[TicketDetail, ...]:
    tickets = rows.tickets.get(sale.pk, [])
    groups = rules.together({row.pk: row.parts for row in tickets if not row.refunded})
    return tuple(
        TicketDetail(
            id=row.pk,
            traveller=row.traveller,
            traveller_name=row.traveller_name,
            kind=TravellerKind(row.kind),
            price=Money(row.price_amount, rows.order.currency),
            state="refunded" if row.refunded else "refunding" if row.refund_id else "valid",
            together=groups.get(row.pk, (row.pk,)),
        )
        for row in tickets
    )


def _refund(rows: OrderRows, refund: Refund) -> RefundDetail:
    operation = rows.operations.get(f"refund:{refund.pk}")
    currency = rows.order.currency

    def money(amount: int | None) -> Money | None:
        return None if amount is None else Money(amount, currency)

    return RefundDetail(
        id=refund.pk,
        key=refund.key,
        sale=refund.sale_id,
        tickets=tuple(rows.refund_tickets.get(refund.pk, ())),
        state=RefundState(refund.state),
        fee=money(refund.fee_amount),
        amount=money(refund.amount),
        confirmed_amount=money(refund.confirmed_amount),
        valid_until=refund.valid_until,
        reason=RefundReason(refund.reason) if refund.reason else None,
        problem=Problem(refund.problem_code, refund.problem_facts) if refund.problem_code else None,
        in_doubt_since=operation.sent_at
        if operation and refund.state in REFUNDS_IN_DOUBT
        else None,
        last_look_at=operation.last_look_at if operation else None,
        next_look_at=operation.next_at if operation else None,
        blocked_until=refund.blocked_until,
        created_at=refund.created_at,
        agent=refund.agent.full_name,
    )


def _event(rows: OrderRows, event: Event) -> EventDetail:
    reference = ""
    if event.subject == "sale" and event.sale_id:
        reference = rows.references[event.sale_id]
    elif event.subject == "refund" and event.refund_id:
        reference = str(event.refund_id)
    return EventDetail(
        at=event.at,
        who=event.user.full_name if event.user else None,
        subject=event.subject,
        reference=reference,
        from_state=event.from_state,
        to_state=event.to_state,
        facts=event.facts,
    )
