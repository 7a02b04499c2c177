import { useQuery } from '@tanstack/vue-query'
import { computed, type ComputedRef, type Ref } from 'vue'
import { bodyOfSuccess, client } from './client'

/** What of the agency is being clarified; asked for every 15 seconds. */
export function useClarifications(enabled: Ref<boolean>): { count: ComputedRef<number> } {
  const { data } = useQuery({
    queryKey: ['clarifications'],
    queryFn: async () => bodyOfSuccess(await client.GET('/api/v1/clarifications')),
    enabled,
    refetchInterval: 15_000,
    retry: false,
  })
  return { count: computed(() => data.value?.count ?? 0) }
}
