import { isInDoubt } from '@/api/settling'
import type { Item, Order, OrderEvent, OrderRow, Ticket } from '@/api/types'
import type { Tone } from '@/ui/tone'

/** The state of an order as a list shows it: what the agent has to know first. */
export type OrderBadge = 'in-doubt' | 'draft' | 'selling' | 'sold' | 'refunded' | 'partly-refunded'

export function badgeOf(row: Pick<OrderRow, 'state' | 'in_doubt' | 'total' | 'refunded'>): OrderBadge {
  if (row.in_doubt) return 'in-doubt'
  if (row.state !== 'sold') return row.state
  if (row.refunded.amount === 0) return 'sold'
  return row.refunded.amount >= row.total.amount ? 'refunded' : 'partly-refunded'
}

export const TONES: Readonly<Record<OrderBadge, Tone>> = {
  'in-doubt': 'unknown',
  draft: 'neutral',
  selling: 'accent',
  sold: 'done',
  refunded: 'neutral',
  'partly-refunded': 'neutral',
}

export const TICKET_TONES: Readonly<Record<Ticket['state'], Tone>> = {
  valid: 'done',
  refunding: 'unknown',
  refunded: 'neutral',
}

/** Items that were sold, with their tickets. */
export const soldItems = (order: Order): Item[] =>
  order.items.filter((item) => (item.sale?.tickets.length ?? 0) > 0)

export const ticketsOf = (order: Order): Ticket[] => order.items.flatMap((item) => item.sale?.tickets ?? [])

export const canRefund = (order: Order): boolean =>
  order.items.some((item) => item.sale?.tickets.some((ticket) => ticket.state === 'valid'))

/** The rows of an order whose outcome is not known: sales first, then refunds. */
export const doubts = (order: Order): { since: string | null; last: string | null; next: string | null; refund: boolean }[] =>
  [
    ...order.items.map((item) => ({ row: item.sale, refund: false })),
    ...order.refunds.map((row) => ({ row, refund: true })),
  ].flatMap(({ row, refund }) =>
    row && isInDoubt(row)
      ? [{ since: row.in_doubt_since, last: row.last_look_at, next: row.next_look_at, refund }]
      : [],
  )

const ASKED = /ing$/

/** The story, the latest first. Steps that only say "we asked" are left out unless all are wanted. */
export function storyOf(order: Order, all: boolean): OrderEvent[] {
  const events = order.events.toReversed().toSorted((one, other) => other.at.localeCompare(one.at))
  return all ? events : events.filter((event) => !ASKED.test(event.to_state))
}
