import { describe, expect, it } from 'vitest'
import type { Order, OrderEvent } from '@/api/types'
import { badgeOf, storyOf } from './model'

const money = (amount: number) => ({ amount, currency: 'CHF' })

describe('the badge of an order', () => {
  const sold = { state: 'sold' as const, in_doubt: false, total: money(5200), refunded: money(0) }
  it('says first what is not known', () => {
    expect(badgeOf({ ...sold, in_doubt: true })).toBe('in-doubt')
    expect(badgeOf({ ...sold, state: 'selling' })).toBe('selling')
  })
  it('tells a part from the whole', () => {
    expect(badgeOf(sold)).toBe('sold')
    expect(badgeOf({ ...sold, refunded: money(2600) })).toBe('partly-refunded')
    expect(badgeOf({ ...sold, refunded: money(5200) })).toBe('refunded')
  })
})

describe('the story', () => {
  const event = (at: string, to: string): OrderEvent => ({
    at,
    who: null,
    subject: 'sale',
    reference: '',
    from_state: '',
    to_state: to,
    facts: {},
  })
  it('folds the remote steps and starts with the latest', () => {
    const events = [event('1', 'holding'), event('2', 'held'), event('3', 'issuing'), event('4', 'issued')]
    const order = { events } as unknown as Order
    expect(storyOf(order, false).map((step) => step.to_state)).toEqual(['issued', 'held'])
    expect(storyOf(order, true)).toHaveLength(4)
  })
})
