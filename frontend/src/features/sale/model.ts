import { isAsking, isInDoubt } from '@/api/settling'
import type { Item, Money, Order, Traveller } from '@/api/types'
import { sameMoney } from '@/lib/money'
import { secondsUntil } from '@/lib/now'

/** What the basket is at the moment. */
export type Phase = 'empty' | 'draft' | 'asking' | 'sold'

export function phaseOf(order: Order | null): Phase {
  if (!order || (order.items.length === 0 && order.state === 'draft')) return 'empty'
  if (order.state === 'sold') return 'sold'
  return order.state === 'selling' || order.items.some((item) => isAsking(item.sale)) ? 'asking' : 'draft'
}

/** What has become of one item, in the words of the counter. */
export type ItemStatus =
  | 'open'
  | 'holding'
  | 'held'
  | 'over'
  | 'selling'
  | 'clarifying'
  | 'sold'
  | 'refused'
  | 'releasing'

export function statusOf(item: Item, now: number): ItemStatus {
  const sale = item.sale
  if (!sale || sale.state === 'released') return 'open'
  if (sale.state !== 'holding' && isInDoubt(sale)) return 'clarifying'
  switch (sale.state) {
    case 'held':
      return sale.hold_until !== null && secondsUntil(sale.hold_until, now) <= 0 ? 'over' : 'held'
    case 'holding':
      return 'holding'
    case 'issuing':
      return 'selling'
    case 'issued':
      return 'sold'
    case 'lapsed':
      return 'over'
    case 'releasing':
      return 'releasing'
    case 'cleaning':
      return 'clarifying'
    default:
      return 'refused'
  }
}

/** What an item shows while the page itself waits for the answer to a click. */
export function whileAsking(status: ItemStatus, asking: '' | 'sell' | 'hold'): ItemStatus {
  if (asking === '' || !['open', 'over', 'refused', 'held'].includes(status)) return status
  if (asking === 'sell') return status === 'held' ? 'selling' : 'holding'
  return status === 'held' ? status : 'holding'
}

/** Items that must be held (again) before they can be sold. */
export const needsHold = (order: Order, now: number): boolean =>
  order.items.some((item) => ['open', 'over', 'refused'].includes(statusOf(item, now)))

/** Something can be sold as it stands: it is held, and nothing is being asked. */
export const isSellable = (order: Order, now: number): boolean =>
  order.items.some((item) => statusOf(item, now) === 'held') &&
  order.items.every((item) => ['held', 'sold'].includes(statusOf(item, now)))

/** The hold that ends first: seconds left, and how long it was in all; null when nothing is held. */
export function holdLeft(order: Order, now: number): { left: number; total: number } | null {
  const left = order.items
    .filter((item) => statusOf(item, now) === 'held')
    .flatMap((item) => (item.sale?.hold_until ? [secondsUntil(item.sale.hold_until, now)] : []))
  return left.length === 0 ? null : { left: Math.min(...left), total: Math.max(1800, ...left) }
}

/** The old price of an item whose hold costs another one. */
export function formerPrice(item: Item): Money | null {
  const held = item.sale?.price
  return held && item.sale?.state !== 'released' && !sameMoney(held, item.price) ? item.price : null
}

export const priceOf = (item: Item): Money =>
  item.sale?.price && item.sale.state !== 'released' ? item.sale.price : item.price

export interface Gap {
  readonly ref: string
  readonly field: 'first_name' | 'last_name' | 'birth_date' | 'email' | 'phone'
}

/** What a traveller needs beyond a name, by the items that carry this person. */
export function requiredOf(order: Order, ref: string): ('email' | 'phone')[] {
  const required = new Set(
    order.items.filter((item) => item.travellers.includes(ref)).flatMap((item) => item.required),
  )
  return (['email', 'phone'] as const).filter((field) => required.has(field))
}

/** Travellers that some item of the order carries: the others of the search need no name. */
export const travelling = (order: Order): Traveller[] =>
  order.travellers.filter((traveller) => order.items.some((item) => item.travellers.includes(traveller.ref)))

const isBlank = (value: string | null): boolean => value === null || value.trim() === ''

/** What is still missing before the order can be held, in the order of the fields. */
export function gapsOf(order: Order, travellers: readonly Traveller[]): Gap[] {
  return travellers
    .filter((traveller) => traveller.kind === 'person' && !traveller.locked)
    .flatMap((traveller) => {
      const fields = ['first_name', 'last_name', 'birth_date', ...requiredOf(order, traveller.ref)] as const
      return fields
        .filter((field) => isBlank(traveller[field]))
        .map((field) => ({ ref: traveller.ref, field }))
    })
}
