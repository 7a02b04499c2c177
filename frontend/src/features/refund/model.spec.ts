import { describe, expect, it } from 'vitest'
import type { Order, Refund, Ticket } from '@/api/types'
import { currentRefund, firstChoice, listed, refundPhase, toggled } from './model'

const NOW = Date.parse('2026-11-21T10:00:00+01:00')
const money = (amount: number) => ({ amount, currency: 'CHF' })

const ticket = (id: number, together: number[] = [id], state: Ticket['state'] = 'valid'): Ticket => ({
  id,
  traveller: `t${String(id)}`,
  traveller_name: '',
  kind: 'person',
  price: money(2600),
  state,
  together,
})
const orderOf = (...sales: Ticket[][]): Order =>
  ({
    items: sales.map((tickets, index) => ({ position: index + 1, sale: { tickets } })),
    refunds: [],
  }) as unknown as Order

const refund = (fields: Partial<Refund>): Refund =>
  ({
    id: 1,
    state: 'quoted',
    amount: money(4200),
    fee: money(1000),
    valid_until: '2026-11-21T10:20:00+01:00',
    in_doubt_since: null,
    ...fields,
  }) as Refund

describe('ticking tickets', () => {
  it('takes together what is refunded only together', () => {
    const order = orderOf([ticket(1, [1, 2]), ticket(2, [1, 2]), ticket(3)])
    expect([...toggled(order, new Set(), 1)]).toEqual([1, 2])
    expect([...toggled(order, new Set([1, 2, 3]), 2)]).toEqual([3])
  })
  it('keeps to one sale', () => {
    const order = orderOf([ticket(1)], [ticket(2)])
    expect([...toggled(order, new Set([1]), 2)]).toEqual([2])
  })
  it('starts with the whole first sale and leaves out what was refunded', () => {
    expect([...firstChoice(orderOf([ticket(1, [1], 'refunded')], [ticket(2), ticket(3)]))]).toEqual([2, 3])
  })
})

describe('the list of tickets', () => {
  it('has all that can be given back while one chooses, then only what is being given back', () => {
    const order = orderOf([ticket(1, [1], 'refunding'), ticket(2, [2], 'refunded')], [ticket(3)])
    const ids = (ticked: number[], choosing: boolean): number[][] =>
      listed(order, new Set(ticked), choosing).map(({ tickets }) => tickets.map(({ id }) => id))
    expect(ids([1], true)).toEqual([[1], [3]])
    expect(ids([], true)).toEqual([[3]])
    expect(ids([1], false)).toEqual([[1]])
  })
})

describe('a refund', () => {
  it('goes from the choice to the money', () => {
    expect(refundPhase(null, NOW)).toBe('choosing')
    expect(refundPhase(refund({ state: 'quoting' }), NOW)).toBe('asking')
    expect(refundPhase(refund({}), NOW)).toBe('quoted')
    expect(refundPhase(refund({ state: 'accepting' }), NOW)).toBe('accepting')
    expect(refundPhase(refund({ state: 'refunded' }), NOW)).toBe('done')
    expect(refundPhase(refund({ state: 'dropped' }), NOW)).toBe('choosing')
  })
  it('says when there is nothing to pay back and when the quote is over', () => {
    expect(refundPhase(refund({ amount: money(0) }), NOW)).toBe('nothing')
    expect(refundPhase(refund({ valid_until: '2026-11-21T09:59:00+01:00' }), NOW)).toBe('over')
    expect(refundPhase(refund({ state: 'lapsed' }), NOW)).toBe('over')
    expect(refundPhase(refund({ state: 'declined' }), NOW)).toBe('declined')
  })
  it('is being clarified when the answer is overdue', () => {
    const since = '2026-11-21T09:59:00+01:00'
    expect(refundPhase(refund({ state: 'accepting', in_doubt_since: since }), NOW)).toBe('clarifying')
  })
  it('is found again after a reload as long as it is open', () => {
    const order = { refunds: [refund({ id: 1, state: 'dropped' }), refund({ id: 2 })] } as unknown as Order
    expect(currentRefund(order, null)?.id).toBe(2)
    expect(currentRefund(order, 1)?.id).toBe(1)
  })
})
