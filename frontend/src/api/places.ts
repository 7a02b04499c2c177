import { bodyOfSuccess, client } from './client'
import type { Place } from './types'

const MOST = 8

/** Stations whose name or abbreviation matches, the best first. */
export async function findPlaces(text: string, signal: AbortSignal): Promise<Place[]> {
  const answer = await client.GET('/api/v1/places', {
    params: { query: { q: text, limit: MOST } },
    signal,
  })
  return bodyOfSuccess(answer).places
}
