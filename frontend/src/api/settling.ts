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

/** Sold, and the distributor's documents are on their way: some send them seconds later. */
export const awaitsDocuments = (item: Item): boolean =>
  item.sale?.state === 'issued' && !item.sale.documents_complete

function oldestDoubt(order: Order): number {
  const since = [...order.items.map((item) => item.sale), ...order.refunds]
    .map((row) => Date.parse(row?.in_doubt_since ?? ''))
    .filter((moment) => !Number.isNaN(moment))
  return since.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...since)
}

const lastMove = (order: Order): number =>
  Math.max(0, ...order.events.map((event) => Date.parse(event.at)))

/** Every 2 s at first; after a minute every 5 s, after ten minutes every 15 s. */
function pauseAt(age: number): number {
  if (age > 600_000) return 15_000
  return age > 60_000 ? 5000 : 2000
}

/**
 * Milliseconds until the page asks for the order again, or false when there is nothing to wait for: the more seldom
 * the longer a row is in doubt, or documents are late.
 */
export function pollAfter(order: Order, now: number): number | false {
  if (isUnsettled(order) || order.in_doubt) return pauseAt(now - oldestDoubt(order))
  return order.items.some(awaitsDocuments) && pauseAt(now - lastMove(order))
}
