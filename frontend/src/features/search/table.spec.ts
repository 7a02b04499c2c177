import { describe, expect, it } from 'vitest'
import type { FoundTrip, Offer, Search } from '@/api/types'
import { changePlaces, changePoints, tableOf } from './table'

const stop = (name: string, at: string) => ({ name, arrival: at, departure: at, platform: '1' })
const day = '2026-12-12T'

function trip(number: number, from: string, change: string, to: string): FoundTrip {
  const leg = {
    line: 'IC 1',
    category: 'IC',
    number: '1',
    operator: '',
    direction: '',
    stops: [],
  }
  return {
    number,
    origin: 'Bern',
    destination: 'Zürich HB',
    departure: `${day}${from}:00+01:00`,
    arrival: `${day}${to}:00+01:00`,
    duration: 60,
    changes: 1,
    legs: [
      {
        ...leg,
        origin: stop('Bern', `${day}${from}:00+01:00`),
        destination: stop('Olten', `${day}${change}:00+01:00`),
      },
      {
        ...leg,
        origin: stop('Olten', `${day}${change}:00+01:00`),
        destination: stop('Zürich HB', `${day}${to}:00+01:00`),
      },
    ],
  }
}

function offer(number: number, fields: Partial<Offer>): Offer {
  const money = (amount: number) => ({ amount, currency: 'CHF' })
  return {
    number,
    kind: 'regular',
    title: '',
    product: '',
    travel_class: 'second',
    flexibility: 'full',
    train_bound: false,
    price: money(5200),
    trip: 1,
    return_trip: null,
    bookable_until: '',
    valid_from: '',
    valid_until: null,
    conditions: [],
    fee_steps: [],
    remaining: null,
    required: [],
    commission: money(130),
    ...fields,
  }
}

function search(offers: Offer[], more: Partial<Search> = {}): Search {
  return {
    id: 's',
    kind: 'trip',
    expires_at: '',
    query: {
      origin: null,
      destination: null,
      via: [],
      when: null,
      arrive_by: false,
      return_when: null,
      day: null,
      travellers: [],
      travel_class: null,
    },
    trips: [trip(1, '08:02', '08:32', '09:02'), trip(2, '08:32', '08:47', '09:32')],
    offers,
    sold_out: [],
    notices: [],
    ...more,
  }
}

const money = (amount: number) => ({ amount, currency: 'CHF' })
const both = [
  offer(1, { trip: 1 }),
  offer(2, { trip: 1, kind: 'supersaver', price: money(2600) }),
  offer(3, { trip: 2 }),
  offer(4, { trip: 1, travel_class: 'first', price: money(9100) }),
  offer(5, { trip: 1, travel_class: 'first', kind: 'supersaver', price: money(4100) }),
]

describe('the table of prices', () => {
  it('puts each kind of ticket into its column', () => {
    const table = tableOf(search(both), 'second', null)
    expect(table.columns).toEqual(['flexible', 'saver', 'other-class'])
    expect(table.rows.map((row) => row.cells.map((cell) => cell.offer?.number ?? null))).toEqual([
      [1, 2, 5],
      [3, null, null],
    ])
  })
  it('turns over with the class', () => {
    const table = tableOf(search(both), 'first', null)
    expect(table.rows[0]?.cells.map((cell) => cell.offer?.number)).toEqual([4, 5, 2])
  })
  it('marks the cheapest of the class that was asked for', () => {
    const cells = tableOf(search(both), 'second', null).rows.flatMap((row) => row.cells)
    expect(cells.filter((cell) => cell.cheapest).map((cell) => cell.offer?.number)).toEqual([2])
  })
  it('marks nothing when all cost the same', () => {
    const cells = tableOf(search([offer(1, {}), offer(2, { trip: 2 })]), 'second', null).rows
    expect(cells.flatMap((row) => row.cells).some((cell) => cell.cheapest)).toBe(false)
  })
  it('leaves out a column without content', () => {
    expect(tableOf(search([offer(1, {})]), 'second', null).columns).toEqual(['flexible'])
  })
  it('shows where the savers are sold out', () => {
    const table = tableOf(
      search([offer(1, {})], { sold_out: [{ trip: 2, travel_class: 'second' }] }),
      'second',
      null,
    )
    expect(table.columns).toEqual(['flexible', 'saver'])
    expect(table.rows[1]?.cells[1]?.soldOut).toBe(true)
    expect(table.rows[0]?.cells[1]?.soldOut).toBe(false)
  })
  it('shows offers of the connection back that was chosen', () => {
    const trips = [trip(1, '08:02', '08:32', '09:02'), trip(2, '17:02', '17:32', '18:02'), trip(3, '18:02', '18:32', '19:02')]
    const offers = [offer(1, { return_trip: 2 }), offer(2, { return_trip: 3, price: money(9000) })]
    const table = tableOf(search(offers, { trips }), 'second', null)
    expect(table.returns.map((back) => back.number)).toEqual([2, 3])
    expect(table.rows.map((row) => row.trip.number)).toEqual([1])
    expect(table.rows[0]?.cells[0]?.offer?.number).toBe(1)
    expect(tableOf(search(offers, { trips }), 'second', 3).rows[0]?.cells[0]?.offer?.number).toBe(2)
  })
})

describe('a connection', () => {
  it('shows its changes to scale and by name', () => {
    expect(changePoints(trip(1, '08:02', '08:32', '09:02'))).toEqual([0.5])
    expect(changePlaces(trip(1, '08:02', '08:32', '09:02'))).toEqual(['Olten'])
  })
})
