import { describe, expect, it } from 'vitest'
import type { Item, Order, Sale, SaleState, Traveller } from '@/api/types'
import { formerPrice, gapsOf, holdLeft, isSellable, needsHold, phaseOf, statusOf, whileAsking } from './model'

const NOW = Date.parse('2026-11-21T10:00:00+01:00')
const money = (amount: number) => ({ amount, currency: 'CHF' })

function sale(state: SaleState, fields: Partial<Sale> = {}): Sale {
  return {
    id: 1,
    reference: 'AC0000001-1-1',
    attempt: 1,
    state,
    booking_code: '',
    hold_until: '2026-11-21T10:14:52+01:00',
    price: money(2600),
    price_changed: false,
    problem: null,
    in_doubt_since: null,
    last_look_at: null,
    next_look_at: null,
    flagged: false,
    documents_complete: false,
    tickets: [],
    documents: [],
    ...fields,
  }
}

function item(itsSale: Sale | null, fields: Partial<Item> = {}): Item {
  return {
    position: 1,
    kind: 'supersaver',
    title: '',
    product: '',
    travel_class: 'second',
    flexibility: 'none',
    train_bound: true,
    price: money(2600),
    commission: money(65),
    trip: null,
    return_trip: null,
    valid_from: '',
    valid_until: null,
    conditions: [],
    fee_steps: [],
    required: [],
    travellers: ['t1'],
    offer_expires_at: '',
    sale: itsSale,
    ...fields,
  }
}

function order(items: Item[], fields: Partial<Order> = {}): Order {
  return {
    number: 'AC0000001',
    key: '',
    state: 'draft',
    in_doubt: false,
    customer_reference: '',
    cost_centre: '',
    agency: { code: 'a', name: 'A' },
    branch: null,
    agent: '',
    created_at: '',
    sold_at: null,
    total: money(2600),
    refunded: money(0),
    commission: money(65),
    fee: money(0),
    travellers: [],
    items,
    refunds: [],
    events: [],
    entries: [],
    ...fields,
  }
}

const anna: Traveller = {
  ref: 't1',
  kind: 'person',
  age: 35,
  birth_date: null,
  cards: [],
  first_name: 'Anna',
  last_name: '',
  email: '',
  phone: '',
  locked: false,
}

describe('an item', () => {
  it('says where it stands', () => {
    expect(statusOf(item(null), NOW)).toBe('open')
    expect(statusOf(item(sale('released')), NOW)).toBe('open')
    expect(statusOf(item(sale('held')), NOW)).toBe('held')
    expect(statusOf(item(sale('issuing')), NOW)).toBe('selling')
    expect(statusOf(item(sale('issued')), NOW)).toBe('sold')
    expect(statusOf(item(sale('refused')), NOW)).toBe('refused')
    expect(statusOf(item(sale('cleaning')), NOW)).toBe('clarifying')
  })
  it('is no longer held when its time is over, whatever the server has noticed', () => {
    const late = Date.parse('2026-11-21T10:15:00+01:00')
    expect(statusOf(item(sale('held')), late)).toBe('over')
    expect(statusOf(item(sale('lapsed')), NOW)).toBe('over')
  })
  it('is being clarified once its answer is overdue; a lost hold is only late', () => {
    const since = { in_doubt_since: '2026-11-21T09:59:00+01:00' }
    expect(statusOf(item(sale('issuing', since)), NOW)).toBe('clarifying')
    expect(statusOf(item(sale('holding', since)), NOW)).toBe('holding')
    expect(statusOf(item(sale('issued', since)), NOW)).toBe('sold')
  })
  it('moves as soon as somebody clicks', () => {
    expect(whileAsking('open', 'sell')).toBe('holding')
    expect(whileAsking('held', 'sell')).toBe('selling')
    expect(whileAsking('held', 'hold')).toBe('held')
    expect(whileAsking('sold', 'sell')).toBe('sold')
    expect(whileAsking('open', '')).toBe('open')
  })
  it('shows the old price beside another one that is held', () => {
    expect(formerPrice(item(sale('held', { price: money(2900) })))).toEqual(money(2600))
    expect(formerPrice(item(sale('held')))).toBeNull()
    expect(formerPrice(item(null))).toBeNull()
  })
})

describe('a basket', () => {
  it('goes from empty to sold', () => {
    expect(phaseOf(null)).toBe('empty')
    expect(phaseOf(order([]))).toBe('empty')
    expect(phaseOf(order([item(null)]))).toBe('draft')
    expect(phaseOf(order([item(sale('holding'))]))).toBe('asking')
    expect(phaseOf(order([item(sale('issuing'))], { state: 'selling' }))).toBe('asking')
    expect(phaseOf(order([item(sale('issued'))], { state: 'sold' }))).toBe('sold')
  })
  it('is held before it is sold', () => {
    expect(needsHold(order([item(sale('held')), item(null)]), NOW)).toBe(true)
    expect(needsHold(order([item(sale('held')), item(sale('issued'))]), NOW)).toBe(false)
    expect(isSellable(order([item(sale('held')), item(sale('issued'))]), NOW)).toBe(true)
    expect(isSellable(order([item(sale('held')), item(sale('issuing'))]), NOW)).toBe(false)
    expect(isSellable(order([item(sale('issued'))]), NOW)).toBe(false)
  })
  it('counts down to the hold that ends first', () => {
    const sooner = sale('held', { hold_until: '2026-11-21T10:05:00+01:00' })
    expect(holdLeft(order([item(sale('held')), item(sooner)]), NOW)).toEqual({ left: 300, total: 1800 })
    expect(holdLeft(order([item(null)]), NOW)).toBeNull()
  })
  it('names what is missing of its travellers', () => {
    const mine = order([item(null, { required: ['email'] })])
    expect(gapsOf(mine, [anna])).toEqual([
      { ref: 't1', field: 'last_name' },
      { ref: 't1', field: 'birth_date' },
      { ref: 't1', field: 'email' },
    ])
    expect(gapsOf(mine, [{ ...anna, kind: 'dog' }])).toEqual([])
    expect(gapsOf(mine, [{ ...anna, locked: true }])).toEqual([])
  })
})
