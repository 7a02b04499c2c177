import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, watch, type ComputedRef, type Ref } from 'vue'
import { intentKey, settleIntent } from '@/lib/intents'
import { bodyOfSuccess, client } from './client'
import { isSettled, toProblem, type ApiProblem } from './problem'
import type { Case, Decision, Difference, Run } from './types'

const OFTEN = 2000
const NOW_AND_THEN = 15_000

const worklistKeys = {
  all: ['worklist'] as const,
  counts: ['worklist', 'counts'] as const,
  cases: (open: boolean) => ['worklist', 'cases', open] as const,
  differences: (open: boolean) => ['worklist', 'differences', open] as const,
  runs: ['worklist', 'runs'] as const,
}

interface Page<Row> {
  readonly results: Row[]
  readonly next: string | null
}

/** A list that grows a page at a time and is read again by itself. */
export interface Growing<Row> {
  readonly rows: ComputedRef<Row[]>
  readonly pending: Ref<boolean>
  readonly problem: ComputedRef<ApiProblem | null>
  readonly more: Ref<boolean>
  readonly growing: Ref<boolean>
  readonly grow: () => Promise<unknown>
}

function useGrowing<Row>(key: readonly unknown[], read: (cursor: string) => Promise<Page<Row>>): Growing<Row> {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: NOW_AND_THEN,
    staleTime: 0,
  })
  return {
    rows: computed(() => query.data.value?.pages.flatMap((page) => page.results) ?? []),
    pending: query.isPending,
    problem: computed(() => (query.error.value ? toProblem(query.error.value) : null)),
    more: query.hasNextPage,
    growing: query.isFetchingNextPage,
    grow: () => query.fetchNextPage(),
  }
}

const pageOf = (open: boolean, cursor: string): { open: boolean; cursor?: string } => ({
  open,
  ...(cursor === '' ? {} : { cursor }),
})

async function readCases(open: boolean, cursor = ''): Promise<Page<Case> & { count: number }> {
  return bodyOfSuccess(await client.GET('/api/v1/worklist', { params: { query: pageOf(open, cursor) } }))
}

async function readDifferences(open: boolean, cursor = ''): Promise<Page<Difference> & { count: number }> {
  return bodyOfSuccess(await client.GET('/api/v1/differences', { params: { query: pageOf(open, cursor) } }))
}

/** Operations of all agencies that wait for a person, or that did. */
export const useCases = (open: boolean): Growing<Case> =>
  useGrowing(worklistKeys.cases(open), (cursor) => readCases(open, cursor))

/** What our books and the distributor's say differently, or did. */
export const useDifferences = (open: boolean): Growing<Difference> =>
  useGrowing(worklistKeys.differences(open), (cursor) => readDifferences(open, cursor))

/** How many cases and differences are open; zero for who may not see them. */
export function useWorklistCounts(enabled: Ref<boolean>): ComputedRef<{ cases: number; differences: number }> {
  const { data } = useQuery({
    queryKey: worklistKeys.counts,
    queryFn: async () => {
      const [cases, differences] = await Promise.all([readCases(true), readDifferences(true)])
      return { cases: cases.count, differences: differences.count }
    },
    enabled,
    refetchInterval: NOW_AND_THEN,
    retry: false,
  })
  return computed(() => data.value ?? { cases: 0, differences: 0 })
}

/** The newest comparison of the books, null when there was none, and "compare now". */
export function useRuns(): {
  latest: ComputedRef<Run | null>
  known: ComputedRef<boolean>
  problem: ComputedRef<ApiProblem | null>
  ask: () => Promise<void>
} {
  const cache = useQueryClient()
  const query = useQuery({
    queryKey: worklistKeys.runs,
    queryFn: async () => bodyOfSuccess(await client.GET('/api/v1/reconciliations')).results,
    refetchInterval: ({ state }) => (state.data?.[0]?.ended_at === null ? OFTEN : NOW_AND_THEN),
    staleTime: 0,
  })
  const latest = computed(() => query.data.value?.[0] ?? null)
  // What a comparison has found is shown when it ends, not a quarter of a minute later.
  watch(
    () => latest.value?.ended_at,
    () => void cache.invalidateQueries({ queryKey: worklistKeys.all, predicate: isList }),
  )
  return {
    latest,
    known: computed(() => query.data.value !== undefined),
    problem: computed(() => (query.error.value ? toProblem(query.error.value) : null)),
    ask: async () => {
      const run = bodyOfSuccess(await client.POST('/api/v1/reconciliations'))
      cache.setQueryData(worklistKeys.runs, (runs: Run[] | undefined) => [run, ...(runs ?? [])])
    },
  }
}

const isList = (query: { readonly queryKey: readonly unknown[] }): boolean =>
  query.queryKey[1] !== worklistKeys.runs[1]

/** A person's word on a case or a difference. Both lists are read again afterwards, also after a refusal. */
export function useVerdicts(): {
  decide: (operation: number, decision: Decision) => Promise<Case>
  resolve: (difference: number, reason: string) => Promise<Difference>
} {
  const cache = useQueryClient()
  const reread = (): void => {
    void cache.invalidateQueries({ queryKey: worklistKeys.all })
    void cache.invalidateQueries({ queryKey: ['orders'] })
    void cache.invalidateQueries({ queryKey: ['clarifications'] })
  }
  return {
    decide: async (operation, decision) => {
      const intent = `decision:${String(operation)}:${JSON.stringify(decision)}`
      try {
        const answer = await client.POST('/api/v1/worklist/{case}/decision', {
          params: { path: { case: String(operation) }, header: { 'Idempotency-Key': intentKey(intent) } },
          body: decision,
        })
        settleIntent(intent)
        return bodyOfSuccess(answer)
      } catch (error) {
        if (isSettled(toProblem(error))) settleIntent(intent)
        throw error
      } finally {
        reread()
      }
    },
    resolve: async (difference, reason) => {
      try {
        return bodyOfSuccess(
          await client.POST('/api/v1/differences/{difference}/resolution', {
            params: { path: { difference: String(difference) } },
            body: { reason },
          }),
        )
      } finally {
        reread()
      }
    },
  }
}
