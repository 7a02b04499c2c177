import type { Place } from '@/api/types'
import { recall, remember } from '@/lib/storage'

const NAME = 'recent-places'
const MOST = 6

const isPlace = (value: unknown): value is Place =>
  typeof value === 'object' && value !== null && 'id' in value && 'name' in value

/** Stations used here before, the latest first. */
export function recentPlaces(): Place[] {
  const stored = recall(NAME)
  return Array.isArray(stored) ? stored.filter(isPlace) : []
}

export function noteRecent(...places: (Place | null)[]): void {
  const fresh = places.filter((place) => place !== null)
  const older = recentPlaces().filter((known) => fresh.every((place) => place.id !== known.id))
  remember(NAME, [...fresh, ...older].slice(0, MOST))
}
