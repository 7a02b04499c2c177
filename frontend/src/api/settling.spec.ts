import { describe, expect, it } from 'vitest'
import { isInDoubt, isUnsettled, pollAfter } from './settling'
import type { Order } from './types'

const NOW = Date.parse('2026-11-21T10:00:00Z')
const sale = (fields: object): unknown => ({
  state: 'held',
  in_doubt_since: null,
  documents_complete: true,
  ...fields,
})
const order = (sales: unknown[], fields: object = {}): Order =>
  ({
    state: 'draft',
    in_doubt: false,
    items: sales.map((its) => ({ sale: its })),
    refunds: [],
    events: [],
    ...fields,
  }) as unknown as Order

describe('an order', () => {
  it('is unsettled while anything of it is asked for', () => {
    expect(isUnsettled(order([sale({})]))).toBe(false)
    expect(isUnsettled(order([sale({ state: 'issuing' })]))).toBe(true)
    expect(isUnsettled(order([null], { state: 'selling' }))).toBe(true)
    expect(isUnsettled(order([], { refunds: [{ state: 'accepting' }] }))).toBe(true)
  })
  it('is asked for again every 2 seconds, then less and less often', () => {
    const since = (at: string): Order => order([sale({ state: 'issuing', in_doubt_since: at })])
    expect(pollAfter(order([sale({ state: 'issuing' })]), NOW)).toBe(2000)
    expect(pollAfter(since('2026-11-21T09:59:30Z'), NOW)).toBe(2000)
    expect(pollAfter(since('2026-11-21T09:58:00Z'), NOW)).toBe(5000)
    expect(pollAfter(since('2026-11-21T09:40:00Z'), NOW)).toBe(15_000)
  })
  it('is left alone when nothing is open, and asked for while documents are late', () => {
    expect(pollAfter(order([sale({})]), NOW)).toBe(false)
    expect(pollAfter(order([sale({ state: 'issued' })]), NOW)).toBe(false)
    const late = (at: string): Order =>
      order([sale({ state: 'issued', documents_complete: false })], { events: [{ at }] })
    expect(pollAfter(late('2026-11-21T09:59:58Z'), NOW)).toBe(2000)
    expect(pollAfter(late('2026-11-21T09:58:00Z'), NOW)).toBe(5000)
    expect(pollAfter(late('2026-11-20T10:00:00Z'), NOW)).toBe(15_000)
  })
  it('is in doubt only while it is asked for', () => {
    const row = (state: string) => sale({ state, in_doubt_since: '2026-11-21T09:59:30Z' }) as Parameters<typeof isInDoubt>[0]
    expect(isInDoubt(row('issuing'))).toBe(true)
    expect(isInDoubt(row('issued'))).toBe(false)
    expect(isInDoubt(null)).toBe(false)
  })
})
