import type { FoundTrip, Offer, Search, TravelClass, Trip } from '@/api/types'

/** The columns of prices: the same kind of ticket stands under the same head in every row. */
export type Column = 'flexible' | 'saver' | 'other-class'

export interface Cell {
  readonly column: Column
  readonly offer: Offer | null
  readonly soldOut: boolean
  /** The lowest price on the page, and there are dearer ones. */
  readonly cheapest: boolean
}

export interface Row {
  readonly trip: FoundTrip
  readonly cells: readonly Cell[]
}

export interface Table {
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  /** Connections back that can be chosen, when a return was asked for. */
  readonly returns: readonly FoundTrip[]
}

const COLUMNS: readonly Column[] = ['flexible', 'saver', 'other-class']

const byPrice = (one: Offer, other: Offer): number => one.price.amount - other.price.amount

function columnOf(offer: Offer, travelClass: TravelClass): Column {
  if (offer.travel_class !== travelClass) return 'other-class'
  return offer.kind === 'supersaver' ? 'saver' : 'flexible'
}

export function returnTrips(search: Search): FoundTrip[] {
  const numbers = new Set(search.offers.flatMap((offer) => offer.return_trip ?? []))
  return search.trips.filter((trip) => numbers.has(trip.number))
}

function isOutward(trip: FoundTrip, search: Search, returns: readonly FoundTrip[]): boolean {
  if (!returns.some((back) => back.number === trip.number)) return true
  return search.offers.some((offer) => offer.trip === trip.number)
}

/** The offers of a search as rows and columns, for one class; the cheapest of the other class stands in a column of its own. */
export function tableOf(search: Search, travelClass: TravelClass, back: number | null): Table {
  const returns = returnTrips(search)
  const chosen = back ?? returns[0]?.number ?? null
  const fitting = search.offers.filter((offer) => offer.return_trip === null || offer.return_trip === chosen)
  const isSoldOut = (trip: FoundTrip, column: Column): boolean =>
    column === 'saver' &&
    search.sold_out.some((entry) => entry.trip === trip.number && entry.travel_class === travelClass)
  const cellOf = (trip: FoundTrip, column: Column): Omit<Cell, 'cheapest'> => {
    const offers = fitting.filter(
      (offer) => offer.trip === trip.number && columnOf(offer, travelClass) === column,
    )
    const offer = offers.toSorted(byPrice)[0] ?? null
    return { column, offer, soldOut: offer === null && isSoldOut(trip, column) }
  }
  const rows = search.trips
    .filter((trip) => isOutward(trip, search, returns))
    .map((trip) => ({ trip, cells: COLUMNS.map((column) => cellOf(trip, column)) }))
  const columns = COLUMNS.filter((column) =>
    rows.some(({ cells }) => cells.some((cell) => cell.column === column && (cell.offer ?? cell.soldOut))),
  )
  return { columns, returns, rows: withCheapest(rows, columns) }
}

function withCheapest(
  rows: readonly { trip: FoundTrip; cells: Omit<Cell, 'cheapest'>[] }[],
  columns: readonly Column[],
): Row[] {
  const prices = rows.flatMap(({ cells }) =>
    cells.flatMap((cell) => (cell.offer && cell.column !== 'other-class' ? [cell.offer.price.amount] : [])),
  )
  const lowest = Math.min(...prices)
  const differ = prices.some((price) => price > lowest)
  return rows.map(({ trip, cells }) => ({
    trip,
    cells: cells
      .filter((cell) => columns.includes(cell.column))
      .map((cell) => ({
        ...cell,
        cheapest: differ && cell.column !== 'other-class' && cell.offer?.price.amount === lowest,
      })),
  }))
}

/** Where on the way one changes trains, as shares of the journey's time (0 to 1). */
export function changePoints(trip: Trip): number[] {
  const start = Date.parse(trip.departure)
  const length = Date.parse(trip.arrival) - start
  return trip.legs
    .slice(0, -1)
    .map((leg) => (Date.parse(leg.destination.arrival ?? trip.departure) - start) / length)
}

/** Stations where one changes trains. */
export const changePlaces = (trip: Trip): string[] =>
  trip.legs.slice(0, -1).map((leg) => leg.destination.name)
