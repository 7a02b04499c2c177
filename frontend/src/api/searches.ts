import { bodyOfSuccess, client } from './client'
import type { Search, TripSearchIn } from './types'

export const searchKeys = { detail: (id: string) => ['search', id] as const }

export async function searchTrips(query: TripSearchIn, signal: AbortSignal): Promise<Search> {
  return bodyOfSuccess(await client.POST('/api/v1/searches', { body: query, signal }))
}

export async function readSearch(id: string): Promise<Search> {
  return bodyOfSuccess(
    await client.GET('/api/v1/searches/{search_id}', { params: { path: { search_id: id } } }),
  )
}
