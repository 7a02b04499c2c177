import type { Card, Place, TravelClass, TravellerKind, TravellerSpec, TripSearchIn } from '@/api/types'
import { clock, isoDay } from '@/lib/dates'

/** What stands in the form. It survives a reload; a day that has gone by meanwhile becomes today. */
export interface SearchForm {
  origin: Place | null
  destination: Place | null
  via: (Place | null)[]
  day: string
  time: string
  arriveBy: boolean
  back: { day: string; time: string } | null
  travellers: TravellerSpec[]
  travelClass: TravelClass
}

export const MOST_PERSONS = 9
export const MOST_VIA = 3
const ADULT_AGE = 35
const CHILD_AGE = 10
const ADULT_FROM = 16

export const isChild = (traveller: TravellerSpec): boolean =>
  traveller.kind === 'person' && (traveller.age ?? ADULT_AGE) < ADULT_FROM

export const persons = (travellers: readonly TravellerSpec[]): number =>
  travellers.filter((traveller) => traveller.kind === 'person').length

function nextRef(travellers: readonly TravellerSpec[]): string {
  const taken = travellers.map((traveller) => Number(traveller.ref.replace(/\D/g, '')) || 0)
  return `t${String(Math.max(0, ...taken) + 1)}`
}

export type TravellerChoice = 'adult' | 'child' | Exclude<TravellerKind, 'person'>

/** The travellers with one more; unchanged when nobody more may come along. */
export function withTraveller(
  travellers: readonly TravellerSpec[],
  choice: TravellerChoice,
): TravellerSpec[] {
  const isPerson = choice === 'adult' || choice === 'child'
  if (isPerson && persons(travellers) >= MOST_PERSONS) return [...travellers]
  const kind: TravellerKind = isPerson ? 'person' : choice
  const ages = { adult: ADULT_AGE, child: CHILD_AGE, dog: null, bicycle: null }
  return [
    ...travellers,
    { ref: nextRef(travellers), kind, age: ages[choice], birth_date: null, cards: [] },
  ]
}

/** Cards that someone of this age can have. */
export const cardsFor = (traveller: TravellerSpec): Card[] =>
  isChild(traveller) ? ['junior', 'child-co-travel', 'half-fare'] : ['half-fare', 'ga-2nd', 'ga-1st']

/** An empty form for the next customer, at the moment given. */
export function emptyForm(now: Date): SearchForm {
  return {
    origin: null,
    destination: null,
    via: [],
    day: isoDay(now),
    time: clock(now),
    arriveBy: false,
    back: null,
    travellers: withTraveller([], 'adult'),
    travelClass: 'second',
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/** The stored form, or an empty one when there is none or an older release wrote it. */
export function readForm(stored: unknown, now: Date): SearchForm {
  const empty = emptyForm(now)
  if (!isRecord(stored) || !Array.isArray(stored['travellers'])) return empty
  const form = { ...empty, ...(stored as Partial<SearchForm>) }
  if (form.day < empty.day) return { ...form, day: empty.day, time: empty.time, back: null }
  return form
}

export type FormError = 'origin' | 'destination' | 'same-place' | 'back'

/** What is missing or cannot be, in the order of the fields. */
export function formErrors(form: SearchForm): FormError[] {
  const errors: FormError[] = []
  if (!form.origin) errors.push('origin')
  if (!form.destination) errors.push('destination')
  if (form.origin && form.origin.id === form.destination?.id) errors.push('same-place')
  if (form.back && `${form.back.day}T${form.back.time}` < `${form.day}T${form.time}`) errors.push('back')
  return errors
}

/** The question for the server, or null while a station is missing. Both classes are asked for: the page compares them. */
export function queryOf(form: SearchForm, language: TripSearchIn['language']): TripSearchIn | null {
  if (!form.origin || !form.destination) return null
  return {
    origin: form.origin.id,
    destination: form.destination.id,
    via: form.via.flatMap((place) => (place ? [place.id] : [])),
    when: `${form.day}T${form.time}`,
    arrive_by: form.arriveBy,
    page: 'at',
    return_when: form.back ? `${form.back.day}T${form.back.time}` : null,
    travellers: form.travellers,
    travel_class: null,
    language,
  }
}

export interface Summary {
  adults: number
  children: number
  dogs: number
  bicycles: number
  cards: Card[]
}

/** Counts for "2 adults, 1 child · half-fare". */
export function summaryOf(travellers: readonly TravellerSpec[]): Summary {
  const children = travellers.filter(isChild).length
  return {
    adults: persons(travellers) - children,
    children,
    dogs: travellers.filter((traveller) => traveller.kind === 'dog').length,
    bicycles: travellers.filter((traveller) => traveller.kind === 'bicycle').length,
    cards: [...new Set(travellers.flatMap((traveller) => traveller.cards))],
  }
}
