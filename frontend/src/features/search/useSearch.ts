import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, ref, type ComputedRef, type Ref } from 'vue'
import { toProblem, type ApiProblem } from '@/api/problem'
import { readSearch, searchKeys, searchTrips } from '@/api/searches'
import type { Search, TripSearchIn } from '@/api/types'
import { clock, isoDay } from '@/lib/dates'

export interface SearchState {
  readonly search: ComputedRef<Search | null>
  readonly pending: ComputedRef<boolean>
  readonly problem: Ref<ApiProblem | null>
  readonly ask: (query: TripSearchIn) => Promise<void>
  readonly turn: (page: 'earlier' | 'later', language: TripSearchIn['language']) => Promise<void>
  readonly forget: () => void
}

/** The same question again, around the connections that are shown. */
export function nextQuery(
  search: Search,
  page: 'earlier' | 'later',
  language: TripSearchIn['language'],
): TripSearchIn | null {
  const { origin, destination, via, return_when, travellers, travel_class } = search.query
  const edge = page === 'earlier' ? search.trips[0] : search.trips.at(-1)
  if (!origin || !destination || !edge) return null
  const at = new Date(edge.departure)
  return {
    origin: origin.id,
    destination: destination.id,
    via: via.map((place) => place.id),
    when: `${isoDay(at)}T${clock(at)}`,
    arrive_by: false,
    page,
    return_when: return_when === null ? null : return_when.slice(0, 16),
    travellers,
    travel_class,
    language,
  }
}

/**
 * The search that the page shows. `id` stands in the address, so a reload shows the same prices without asking the
 * distributor again.
 */
export function useSearch(id: Ref<string | null>): SearchState {
  const client = useQueryClient()
  const asking = ref<AbortController | null>(null)
  const problem = ref<ApiProblem | null>(null)
  const kept = useQuery({
    queryKey: computed(() => searchKeys.detail(id.value ?? '')),
    queryFn: () => readSearch(id.value ?? ''),
    enabled: computed(() => id.value !== null),
    staleTime: Infinity,
  })

  async function ask(query: TripSearchIn): Promise<void> {
    asking.value?.abort()
    const mine = new AbortController()
    asking.value = mine
    problem.value = null
    try {
      const search = await searchTrips(query, mine.signal)
      client.setQueryData(searchKeys.detail(search.id), search)
      id.value = search.id
    } catch (error) {
      if (!mine.signal.aborted) problem.value = toProblem(error)
    } finally {
      if (asking.value === mine) asking.value = null
    }
  }

  return {
    search: computed(() => (id.value === null ? null : (kept.data.value ?? null))),
    pending: computed(() => asking.value !== null || kept.isFetching.value),
    problem,
    ask,
    turn: async (page, language) => {
      const query = kept.data.value ? nextQuery(kept.data.value, page, language) : null
      if (query) await ask(query)
    },
    forget: () => {
      asking.value?.abort()
      problem.value = null
      id.value = null
    },
  }
}
