import { isInDoubt, isRefundAsking } from '@/api/settling'
import type { Item, Order, Refund, Ticket } from '@/api/types'
import { secondsUntil } from '@/lib/now'

const ticketsOf = (item: Item): Ticket[] => item.sale?.tickets ?? []

/** Sold items that still have a ticket which can be given back. */
export const refundable = (order: Order): Item[] =>
  order.items.filter((item) => item.sale?.tickets.some((ticket) => ticket.state === 'valid'))

/** What the sheet lists: the ticked tickets, and while one chooses (`choosing`) all that can be given back. */
export const listed = (
  order: Order,
  ticked: ReadonlySet<number>,
  choosing: boolean,
): { item: Item; tickets: Ticket[] }[] =>
  order.items
    .map((item) => ({
      item,
      tickets: ticketsOf(item).filter(
        (ticket) => ticked.has(ticket.id) || (choosing && ticket.state === 'valid'),
      ),
    }))
    .filter(({ tickets }) => tickets.length > 0)

/**
 * The tickets that are ticked after one of them was pressed.
 *
 * Tickets that the distributor refunds only together go together, and a refund is of one sale: a ticket of another one
 * starts a new choice.
 */
export function toggled(order: Order, chosen: ReadonlySet<number>, pressed: number): Set<number> {
  const item = order.items.find((candidate) => ticketsOf(candidate).some((ticket) => ticket.id === pressed))
  if (!item) return new Set(chosen)
  const own = ticketsOf(item)
  const valid = new Set(own.filter((ticket) => ticket.state === 'valid').map((ticket) => ticket.id))
  const group = (own.find((ticket) => ticket.id === pressed)?.together ?? [pressed]).filter((id) => valid.has(id))
  const kept = new Set([...chosen].filter((id) => valid.has(id)))
  const isOff = kept.has(pressed)
  for (const id of group) {
    if (isOff) kept.delete(id)
    else kept.add(id)
  }
  return kept
}

/** All tickets of the first sale that can be given back: what an agent wants most often. */
export function firstChoice(order: Order): Set<number> {
  const [first] = refundable(order)
  const valid = first ? ticketsOf(first).filter((ticket) => ticket.state === 'valid') : []
  return new Set(valid.map((ticket) => ticket.id))
}

export type RefundPhase = 'choosing' | 'asking' | 'quoted' | 'nothing' | 'over' | 'accepting' | 'clarifying' | 'done' | 'declined'

const OPEN = new Set<Refund['state']>(['quoting', 'quoted', 'accepting', 'dropping'])

/** The refund that the sheet is about: the open one, or the one that was just begun in it. */
export function currentRefund(order: Order, begun: number | null): Refund | null {
  const mine = order.refunds.find((refund) => refund.id === begun)
  return mine ?? order.refunds.findLast((refund) => OPEN.has(refund.state)) ?? null
}

export function refundPhase(refund: Refund | null, now: number): RefundPhase {
  if (!refund) return 'choosing'
  if (isRefundAsking(refund) && isInDoubt(refund)) return 'clarifying'
  switch (refund.state) {
    case 'quoting':
    case 'dropping':
      return 'asking'
    case 'accepting':
      return 'accepting'
    case 'refunded':
      return 'done'
    case 'quoted':
      if (refund.valid_until !== null && secondsUntil(refund.valid_until, now) <= 0) return 'over'
      return refund.amount === null || refund.amount.amount <= 0 ? 'nothing' : 'quoted'
    case 'lapsed':
      return 'over'
    case 'declined':
      return 'declined'
    default:
      return 'choosing'
  }
}
