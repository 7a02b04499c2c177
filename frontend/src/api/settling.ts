import type { Item, Order, Refund, Sale } from './types'

const SALE_ASKED = new Set(['holding', 'issuing', 'releasing', 'cleaning'])
const REFUND_ASKED = new Set(['quoting', 'accepting', 'dropping'])

/** Something was asked of the distributor and there is no answer yet. */
export const isAsking = (sale: Sale | null): boolean => sale !== null && SALE_ASKED.has(sale.state)

export const isRefundAsking = (refund: Refund): boolean => REFUND_ASKED.has(refund.state)

/** The answer is overdue: being clarified, not to be sold again. A lost hold is not money and only delays. */
export const isInDoubt = (row: Sale | Refund | null): boolean =>
  row !== null && row.in_doubt_since !== null && (REFUND_ASKED.has(row.state) || SALE_ASKED.has(row.state))

export const isUnsettled = (order: Order): boolean =>
  order.state === 'selling' ||
  order.items.some((item) => isAsking(item.sale)) ||
  order.refunds.some(isRefundAsking)

const awaitsDocuments = (item: Item): boolean =>
  item.sale?.state === 'issued' && !item.sale.documents_complete

function oldestDoubt(order: Order): number {
  const since = [...order.items.map((item) => item.sale), ...order.refunds]
    .map((row) => Date.parse(row?.in_doubt_since ?? ''))
    .filter((moment) => !Number.isNaN(moment))
  return since.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...since)
}

/**
 * Milliseconds until the page asks for the order again, or false when there is nothing to wait for.
 *
 * Every 2 s at first; a row in doubt for a minute every 5 s, for ten minutes every 15 s.
 */
export function pollAfter(order: Order, now: number): number | false {
  if (!isUnsettled(order) && !order.in_doubt) return order.items.some(awaitsDocuments) ? 2000 : false
  const age = now - oldestDoubt(order)
  if (age > 600_000) return 15_000
  return age > 60_000 ? 5000 : 2000
}
