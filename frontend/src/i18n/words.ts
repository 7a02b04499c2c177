import { useI18n } from 'vue-i18n'
import type { Document, Item, Order, Traveller } from '@/api/types'
import { formatDay, formatMoment, isoDay } from '@/lib/dates'

/** More names than this make a link longer than a line. */
const MOST_NAMES = 3

/** A dot never begins a line. */
export const BETWEEN = '\u00a0· '

/** "PDF" of "application/pdf". */
const formatOf = (mediaType: string): string => (mediaType.split('/').at(-1) ?? '').toUpperCase()

/** "Anna Meier, Paul Meier, Luca Rossi +2". */
export function fewNames(names: readonly string[]): string {
  const more = names.length - MOST_NAMES
  return names.slice(0, MOST_NAMES).join(', ') + (more > 0 ? ` +${String(more)}` : '')
}

export interface Words {
  /** "Bern – Lugano"; what a touristic item is called. */
  readonly route: (item: Item) => string
  /** "Sat 12 Dec 08:02"; a day alone for what has no train. */
  readonly when: (item: Item) => string
  /** "back Sun 13 Dec 17:02", or nothing. */
  readonly back: (item: Item) => string
  /** "IC 8, IC 2"; nothing for what has no train. */
  readonly lines: (item: Item) => string
  /** "Supersaver · train-bound · 2nd class": never the distributor's code. */
  readonly product: (item: Item) => string
  /** "Ticket Anna Meier (PDF)": whom a document is for; its file name says nothing at the counter. */
  readonly document: (order: Order, item: Item, file: Document) => string
}

/** Items, tickets and documents in the words of the counter, the same on every screen. */
export function useWords(): Words {
  const { t, locale } = useI18n()

  const nameOf = (traveller: Traveller): string =>
    traveller.kind === 'person'
      ? `${traveller.first_name} ${traveller.last_name}`
      : t(traveller.kind === 'dog' ? 'search.dog' : 'search.bicycle')

  function holders(order: Order, item: Item, file: Document): string[] {
    const refs = new Set(file.travellers.length > 0 ? file.travellers : item.travellers)
    return order.travellers.filter((traveller) => refs.has(traveller.ref)).map(nameOf)
  }

  return {
    route: (item) => (item.trip ? `${item.trip.origin} – ${item.trip.destination}` : item.title),
    when: (item) =>
      item.trip
        ? formatMoment(item.trip.departure, locale.value)
        : formatDay(isoDay(new Date(item.valid_from)), locale.value),
    back: (item) =>
      item.return_trip ? t('sale.back', { moment: formatMoment(item.return_trip.departure, locale.value) }) : '',
    lines: (item) => (item.trip?.legs ?? []).map((leg) => leg.line).join(', '),
    product: (item) =>
      [
        t(`product.${item.kind}`),
        item.train_bound ? t('search.trainBound') : '',
        item.travel_class === 'first' ? t('search.firstLong') : t('search.secondLong'),
      ]
        .filter(Boolean)
        .join(BETWEEN),
    document: (order, item, file) => {
      const names = holders(order, item, file)
      return t('sale.document', { names: fewNames(names), format: formatOf(file.media_type) }, names.length)
    },
  }
}
