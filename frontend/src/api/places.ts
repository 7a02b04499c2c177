import { send } from './client'
import type { Place } from './types'

export async function findPlaces(text: string, signal?: AbortSignal): Promise<Place[]> {
  const { data } = await send<{ places: Place[] }>('GET', '/places', {
    query: { q: text, limit: 8 },
    signal,
  })
  return data.places
}
