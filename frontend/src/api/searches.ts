import { send } from './client'
import type { Search, TripSearchIn } from './types'

export const searchKeys = { detail: (id: string) => ['search', id] as const }

export async function searchTrips(query: TripSearchIn, signal?: AbortSignal): Promise<Search> {
  return (await send<Search>('POST', '/searches', { body: query, signal })).data
}

export async function readSearch(id: string): Promise<Search> {
  return (await send<Search>('GET', `/searches/${id}`)).data
}
